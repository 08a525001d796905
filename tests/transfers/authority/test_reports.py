"""The report of an order contains no typed text, so rare characters in names and addresses are no problem."""

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from PIL import Image

from icpportal.gateways.miit.documents import versions
from icpportal.gateways.miit.documents.gbk import unencodable
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.outgoing import file_builder
from icpportal.gateways.miit.types import Attachment, Owner, Purpose
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_order,
    make_ready_document,
    subject_answers,
    type_answers,
    website_answers,
)
from tests.transfers.desk import fill_papers
from tests.transfers.outside import as_sent, errors, look, reload, send
from transfers.authority.reports import picture, report_of

pytestmark = pytest.mark.django_db
RARE = "𠮷㛃"  # in people's names, but not in GBK


def rare_answers(order: Any) -> dict[str, Any]:
    """Every text of an order with a character that GBK lacks."""
    pages = {
        "type": type_answers(domain=order.domain),
        "subject": subject_answers(),
        "website": website_answers(order.domain),
        "administrator": administrator_answers(),
    }
    texts = (
        "name",
        "id_address",
        "post_address",
        "investor",
        "remark",
        "lead_name",
        "site_name",
        "site_remark",
        "admin_name",
    )
    return {
        page: {name: f"{value}{RARE}" if name in texts else value for name, value in answers.items()}
        for page, answers in pages.items()
    }


def test_a_report_contains_no_typed_text() -> None:
    order = make_order(state=states.HANDING_OVER, domain="example.com")
    order.answers |= rare_answers(order)
    assert unencodable(RARE) == RARE

    xml = versions.version().build(report_of(order, 1), isp_id=1, own_id=1, pictures=lambda _: b"").decode("gbk")

    assert order.site_number in xml
    assert not any(text in xml for text in ("林示范", "陈样例", "示例", "example", "1390000"))


@pytest.mark.parametrize("field", ["lead_name", "id_address", "post_address", "remark"])
def test_a_rare_character_in_a_field_that_is_not_sent_causes_no_warning_and_is_kept(client: Client, field: str) -> None:
    order = make_order(state=states.DRAFT)
    changed = (field, "investor") if field == "lead_name" else (field,)  # these two must agree here
    typed = subject_answers(**{name: f"{subject_answers()[name]}{RARE}" for name in changed})

    answer = send(client, order, "subject", as_sent(typed))

    assert answer.status_code == 302, errors(answer)
    assert reload(order).answer("subject")[field] == typed[field]
    page = look(client, order, "subject")
    assert RARE in page
    assert ("GBK" in page, "cannot be sent" in page) == (False, False)


# slot and side of the picture → the ministry's names for its purposes, each with the number of its owner
LEAD, ADMINISTRATOR, SUBJECT = "lead_certificate", "administrator_certificate", "subject_certificate"
TWO_PEOPLE = {
    ("lead_id", 1): [(LEAD, "subject")],
    ("lead_id", 2): [(LEAD, "subject")],
    ("admin_id", 1): [(ADMINISTRATOR, "site")],
    ("admin_id", 2): [(ADMINISTRATOR, "site")],
    ("subject_id", 1): [(SUBJECT, "subject")],
    ("statement", 1): [("statement", "site")],
}
BOTH_ROLES = [(LEAD, "subject"), (ADMINISTRATOR, "site")]
ONE_PERSON = {
    **{key: found for key, found in TWO_PEOPLE.items() if key[0] in ("subject_id", "statement")},
    ("lead_id", 1): BOTH_ROLES,
    ("lead_id", 2): BOTH_ROLES,
}
INDIVIDUAL = {
    ("statement", 1): [("statement", "site")],
    ("lead_id", 1): [(SUBJECT, "subject"), *BOTH_ROLES],
    ("lead_id", 2): [(SUBJECT, "subject"), *BOTH_ROLES],
}
PERSON = {"nature": "individual", "id_type": "2", "id_number": "649999199009090009", "name": "赵样本"}


@pytest.mark.parametrize(
    ("kind", "same", "sent"),
    [({}, "no", TWO_PEOPLE), ({}, "yes", ONE_PERSON), (PERSON, "yes", INDIVIDUAL)],
    ids=["two people", "one person", "individual"],
)
def test_a_picture_of_a_person_in_several_roles_is_sent_for_each_of_them(
    kind: dict[str, str], same: str, sent: dict[Any, Any]
) -> None:
    answers = {"type": type_answers(**kind), "administrator": administrator_answers(same_person=same)}
    order = make_order(state=states.HANDING_OVER, answers=answers)
    fill_papers(order)
    slots = {str(paper.document_id): (paper.slot, paper.side) for paper in order.papers.all()}
    owners = {order.subject_number: "subject", order.site_number: "site"}

    found: dict[Any, list[Any]] = {}
    for each in report_of(order, 1).attachments:
        found.setdefault(slots[each.document], []).append((each.purpose.name.lower(), owners[each.owner_number]))

    assert {key: sorted(purposes) for key, purposes in found.items()} == {
        key: sorted(purposes) for key, purposes in sent.items()
    }


def test_a_picture_stored_as_png_reaches_the_ministry_as_jpeg() -> None:
    order = make_order(state=states.HANDING_OVER, domain="example.com")
    paper = make_ready_document(order, "statement")
    page = Image.new("1", (900, 700), 1)
    target = io.BytesIO()
    page.save(target, "PNG")
    paper.stored_name = storages["documents"].save("statement.png", ContentFile(target.getvalue()))
    paper.save()

    sent = picture(str(paper.pk))

    opened = Image.open(io.BytesIO(sent))
    assert (opened.format, opened.mode, opened.size) == ("JPEG", "RGB", (900, 700))
    assert opened.getpixel((450, 350)) == (255, 255, 255)


def test_a_stored_picture_that_does_not_open_is_not_tried_for_ever() -> None:
    order = make_order(state=states.HANDING_OVER, domain="example.com")
    paper = make_ready_document(order, "statement")
    paper.stored_name = storages["documents"].save("statement.png", ContentFile(b"\x89PNG\r\n\x1a\n, and no picture"))
    paper.save()

    with pytest.raises(NotEncodable) as unfit:
        file_builder.picture(Attachment(Purpose.STATEMENT, Owner.SITE, "1", str(paper.pk)))

    assert (unfit.value.field, unfit.value.code) == ("Fj (attachment statement)", "5010")
