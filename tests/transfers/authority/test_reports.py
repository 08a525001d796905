"""The report of an order contains no typed text, so rare characters in names and addresses are no problem."""

from typing import Any

import pytest
from django.test import Client

from icpportal.gateways.miit.documents import versions
from icpportal.gateways.miit.documents.gbk import unencodable
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, subject_answers, type_answers, website_answers
from tests.transfers.outside import as_sent, errors, look, reload, send
from transfers.authority.reports import report_of

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
