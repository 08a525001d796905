"""Nothing is typed twice: the effort of a first transfer and another one, from the start page to Submitted."""

import sys
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from filings.models import Subject
from icpportal.accounts.models import User
from icpportal.outbox.models import Message
from tests.journeys.counted import Counted, drawn_paper
from tests.transfers import states
from tests.transfers.builders import make_user, sign_in
from tests.transfers.onfile import FURTHER, make_filed
from tests.transfers.outside import ALICE, PASSWORD, on_file, server
from transfers.models import Order
from verification.documents.examination import examine
from verification.models import Document

pytestmark = pytest.mark.django_db
UNTIL = f"{date.today().year + 9}-06-06"
LEAD = {"name": "林示范", "id_number": "649999198502140009", "id_until": UNTIL}
OTHER = {"name": "陈样例", "id_number": "649999198806060008", "id_until": UNTIL}
MOBILE, EMERGENCY = "13900007001", "13900007003"
COMPANY = {"nature": "enterprise", "id_type": "1", "id_number": "91649999000000019L", "name": "宁夏示例纸业有限公司"}
PERSON = {"nature": "individual", "id_type": "2", "id_number": LEAD["id_number"], "name": LEAD["name"]}


@pytest.fixture
def walk(client: Client, ministry: Any, servers: Any) -> Counted:
    """Alice, signed in, on the start page; the list has one server of hers."""
    servers[ALICE] = [server()]
    user = make_user(ALICE, mobile=MOBILE)
    client.cookies["django_language"] = "en"
    walk = Counted(sign_in(client, user))
    walk.begin(reverse("start"))
    return walk


def code_to() -> str:
    """The newest code that was texted."""
    found = Message.objects.filter(template="code_phone_proof").latest("created_at")
    return str(found.payload["context"]["code"])


def verify_type(walk: Counted, ministry: Any, subject: dict[str, str]) -> None:
    on_file(ministry, "example.com", id_type=int(subject["id_type"]), number=subject["id_number"])
    walk.follow("/transfers/new/")
    place = {"region_province": "64", "region_city": "640100", "region_county": "640106"}
    walk.set({**subject, **place, "domain": "example.com"})
    walk.send()
    pass_the_gates(walk)


def pass_the_gates(walk: Counted) -> None:
    walk.set({"instance": "i-example0001"})
    walk.set({"filing_password": PASSWORD})
    walk.follow("/subject/", "/website/")


def enter_the_subject(walk: Counted, **more: str) -> None:
    walk.to("/subject/")
    own = {f"lead_{name}": value for name, value in LEAD.items()}
    reached = {"lead_phone1": MOBILE, "lead_emergency": EMERGENCY, "lead_email": ALICE}
    address = {"id_address": "宁夏回族自治区银川市金凤区示例路1号", "post_region": "640106"}
    walk.set(
        {**own, **reached, **address, "post_same": "on", **more}, instead={"post_same": {"post_address": "示例路1号"}}
    )


def enter_the_website(walk: Counted, name: str, domain: str = "example.com") -> None:
    walk.to("/website/")
    walk.set(
        {
            "site_name": name,
            "home_url": f"https://www.{domain}/",
            "content": ["9"] if name == "林间小记" else ["8"],
            "languages": ["1"],
            "needs_approval": "no",
        }
    )


def enter_the_administrator(walk: Counted, **who: str) -> None:
    if not walk.has("//a[contains(@href, '/administrator/')]") and not walk.url.endswith("/administrator/"):
        return
    walk.to("/administrator/")
    walk.set(who)


def ask_the_administrator(walk: Counted) -> None:
    """The applicant texts the link; the other person opens it on another phone and agrees."""
    walk.to("/people/")
    walk.follow("/people/consent/")
    walk.send(button="send")
    text = Message.objects.filter(template="code_consent").latest("created_at")
    link = "/consent/" + str(text.payload["context"]["link"]).partition("/consent/")[2]
    Client().post(link, {"role": "on", "pictures": "on"})
    walk.reload()


def prove_the_phones(walk: Counted) -> None:
    """Tests the mobiles that are not tested yet."""
    walk.to("/people/")
    while walk.has("//main//button[@name='send']"):
        walk.send(button="send")
        walk.send({"code": code_to()})


def send_the_papers(walk: Counted, *slots: str) -> None:
    walk.to("/documents/")
    for slot in slots:
        walk.follow(f"/documents/{slot}/")
        if walk.has("//input[@name='agree']"):
            walk.send({"agree": "on"})
        if walk.has("//button[@name='again']"):
            walk.send(button="again")
        else:
            if slot == "statement":
                walk.download("/statement.pdf")
            for side in (1, 2) if slot.endswith("_id") and slot != "subject_id" else (1,):
                walk.upload(f"?side={side}", drawn_paper(walk.clicks))
        walk.to("/documents/")
    for document in Document.objects.filter(state="checking"):
        examine(document.pk)


def submit(walk: Counted) -> None:
    walk.follow("/check/")
    walk.send({"declared": "on"})
    assert Order.objects.latest("created_at").state == states.SUBMITTED, walk.text()


def report(walk: Counted, what: str) -> None:
    """The counts; `pytest -s` shows them."""
    sys.stdout.write(
        f"\n{what}: {walk.fields} fields, {walk.clicks} clicks (+{walk.ticks} ticks and choices), {walk.pages} pages\n"
    )


def test_a_first_transfer_of_an_individual(walk: Counted, ministry: Any) -> None:
    verify_type(walk, ministry, PERSON)
    enter_the_subject(walk)
    enter_the_website(walk, "林间小记")
    enter_the_administrator(walk)
    prove_the_phones(walk)
    send_the_papers(walk, "lead_id", "statement")
    submit(walk)

    report(walk, "a first transfer of an individual")
    assert walk.fields <= 24
    assert walk.clicks <= 45


def test_a_first_transfer_of_a_company_with_a_second_person(walk: Counted, ministry: Any) -> None:
    verify_type(walk, ministry, COMPANY)
    enter_the_subject(walk, is_legal_rep="yes", lead_phone2="0951-5550100")
    enter_the_website(walk, "示例纸业官网")
    own = {f"admin_{name}": value for name, value in OTHER.items()}
    reached = {"admin_phone1": "13900007002", "admin_emergency": "13900007004", "admin_email": "chen@example.com"}
    enter_the_administrator(walk, same_person="no", **own, **reached)
    ask_the_administrator(walk)
    prove_the_phones(walk)
    send_the_papers(walk, "lead_id", "admin_id", "subject_id", "statement")
    submit(walk)

    report(walk, "a first transfer of a company with a second person")
    assert walk.fields <= 36
    assert walk.clicks <= 55


def test_a_further_website(walk: Counted, ministry: Any) -> None:
    make_filed(User.objects.get(email=ALICE))
    on_file(ministry, FURTHER)

    walk.follow("/filings/")
    walk.follow(*(f"/another/{each.pk}/" for each in Subject.objects.all()))
    walk.send({"domain": FURTHER})
    walk.send({"again_lead_id": "on", "again_subject_id": "on", "agree": "on"})
    pass_the_gates(walk)
    enter_the_website(walk, "示例纸业商城", FURTHER)
    enter_the_administrator(walk, same_person="no")
    ask_the_administrator(walk)
    prove_the_phones(walk)
    send_the_papers(walk, "admin_id", "statement")
    submit(walk)

    report(walk, "a further website")
    assert walk.fields <= 12
    assert walk.clicks <= 25
