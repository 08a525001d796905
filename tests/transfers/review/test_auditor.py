"""What an auditor sees: who looked and who did what, and nothing that an applicant entered."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models.signals import post_init
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from lxml import html

from filings.models import LegacyRecord
from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS, REVIEWER
from icpportal.accounts.roles import ensure as ensure_roles
from icpportal.approvals.models import ApprovalRequest
from icpportal.desk.event_lines import log_change
from icpportal.outbox.models import Message
from icpportal.privacy.actions import note_access
from tests.filings.legacy_import.dumps import load_rows, personal
from tests.filings.legacy_import.test_admin import case_of as case_of_claim
from tests.filings.legacy_import.test_admin import send_claim
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reviewer,
    make_user,
    sign_in,
    type_answers,
)
from tests.transfers.cancels import make_website
from tests.transfers.outside import cost
from tests.transfers.review.desk import case_of, english, press
from transfers.calls import actions as calls
from transfers.cancellation import cause as for_cause
from transfers.models import Decision, Order, ParkedAnswer
from transfers.orders import actions
from transfers.review import actions as review
from transfers.review import decisions, leases
from transfers.review.home.audit_rows import MOST
from verification.backdrops import actions as backdrops

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
PERSON = {"nature": "individual", "id_type": "2", "id_number": "649999198502140009", "name": "林示范"}


def auditor() -> User:
    ensure_roles()
    return make_user(held_roles=(AUDITOR,))


def set_name(user: User, name: str) -> User:
    user.name = name
    user.save(update_fields=["name"])
    return user


def every_address() -> list[str]:
    """Every list, form and row of the desk, for any role."""
    found = [INDEX, reverse("admin:registers"), reverse("admin:desk_figures"), reverse("admin:desk_export")]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found += [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        first = model._default_manager.first()
        with suppress(NoReverseMatch):  # a list whose rows have no page
            found += [reverse(f"{name}_{page}", args=[first.pk]) for page in ("change", "history")] if first else []
    return found


def values_of(order: Order) -> set[str]:
    said = [value for step in order.answers.values() for value in step.values() if isinstance(value, str)]
    personal = ("_name", "_id_number", "_phone1", "_phone2", "_emergency", "_email", "_address")
    named = {v for step in order.answers.values() for k, v in step.items() if k.endswith(personal) and v}
    return {value for value in said if value in named} | {PERSON["name"], PERSON["id_number"]}


def test_no_page_that_an_auditor_can_open_contains_an_applicants_entries(client: Client) -> None:
    order = make_order(state=states.SUBMITTED, answers={"type": type_answers(**PERSON)})
    paper = make_ready_document(order, "subject_id")
    owner = set_name(make_user("lin@example.com", mobile="13911110001"), "林有名")
    site = make_website(owner)
    for_cause.request_cancellation(site, cause="shell_site", words="林示范说不是他的", actor=make_reviewer())
    ParkedAnswer.objects.create(kind="result", report_key="A.1", code="1", words="林示范", reason="unknown")
    actions.object_to(owner=owner, domain=order.domain, subject_key="", words="域名是林示范的")
    calls.ask(order, make_reviewer(), role="subject_lead", about="林示范 13900000002")
    secrets = values_of(order) | {site.subject.name, "13911110001", "lin@example.com", "林有名", "l***@example.com"}
    client = english(client, auditor())

    pages = {address: client.get(address) for address in every_address()}
    cases = [client.get(case_of(order, page)).status_code for page in ("case", "more", "accept", "return")]
    orders = reverse("admin:transfers_order_changelist")
    lists = [client.get(orders).status_code, client.get(orders, {"q": order.reference}).status_code]
    search = reverse("admin:transfers_order_search")
    searched = client.post(search, {"find": PERSON["id_number"]}).content.decode()

    opened = {address for address, page in pages.items() if page.status_code == 200}
    assert len(secrets) > 10
    assert {
        (address, secret) for address in opened for secret in secrets if secret in pages[address].content.decode()
    } == set()
    assert order.reference in searched
    assert {secret for secret in secrets if secret in searched} == {PERSON["id_number"]}  # the typed value
    assert [*cases, *lists] == [403] * 6
    assert client.post(case_of(order), {"move": "call", "words": "x"}).status_code == 403
    assert client.get(reverse("document", args=[paper.reference])).status_code == 404
    log = reverse("admin:privacy_accessnote_changelist")
    of = {address.split("/")[2] for address in opened} - {""}
    assert (log in opened, of) == (True, {"audit", "privacy", "outbox", "codes", "registers"})
    assert Message.objects.exists(), "there was something to be read"


def rows_of(client: Client, **asked: str | int) -> str:
    page = client.get(INDEX, asked).content.decode()
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_looks_and_actions_are_in_one_log_and_can_be_filtered(client: Client) -> None:
    order, other = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    gao, wu = set_name(make_reviewer(), "Gao Yang"), set_name(make_reviewer(), "Wu Yangben")
    note_access(actor=gao, what="order", reference=order.reference, reason="review", client="10.1.2.3")
    note_access(actor=wu, what="order", reference=other.reference, reason="customer called", client="")
    calls.ask(order, gao, role="subject_lead", about="林示范 13900000002")
    english(client, auditor())

    everything = rows_of(client)

    for words in ("Gao Yang", "Wu Yangben", order.reference, "10.1.2.3", "customer called", "Asked for a call"):
        assert words in everything
    assert "林示范" not in everything
    assert "Asked for a call" not in rows_of(client, sort="looks")
    assert "customer called" not in rows_of(client, sort="acts")
    assert [other.reference in rows_of(client, reference=order.reference), "Wu" in rows_of(client, who=gao.pk)] == [
        False
    ] * 2
    assert "Gao Yang" in rows_of(client, days="7")
    assert "Gao Yang" in rows_of(client, who="nobody", days="x"), "what cannot be chosen asks for nothing"


def test_an_undone_decision_and_orders_handed_on_or_taken_over_are_in_the_log_of_each_person_and_order(
    client: Client, settings: Any
) -> None:
    settings.DECISION_OPEN_FOR = timedelta(seconds=60)
    gao, wu = set_name(make_reviewer(), "Gao Yang"), set_name(make_lead_reviewer(), "Wu Yangben")
    order, other = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    decisions.decide(order, gao, review.accept, {"fine": []})
    decisions.take_back(order, gao)
    leases.hand_on(order, gao, wu, "林示范 asked")
    press(english(Client(), gao), other, "claim")
    press(english(Client(), wu), other, "take_over")
    english(client, auditor())

    log = " ".join(" ".join(html.fromstring(rows_of(client)).itertext()).split())

    assert f"Gao Yang {order.reference} undid a decision: Accepted" in log
    assert f"Gao Yang {order.reference} handed the order to Wu Yangben" in log
    assert f"Wu Yangben {other.reference} took the order over" in log
    assert "林示范" not in log, "without the words"
    said = ("undid a decision", "handed the order", "took the order over")
    for asked, shown in (
        ({"who": str(gao.pk)}, [True, True, False]),
        ({"who": str(wu.pk), "days": "1"}, [False, False, True]),
        ({"reference": order.reference.lower()}, [True, True, False]),
        ({"sort": "acts"}, [True] * 3),
        ({"sort": "looks"}, [False] * 3),
        ({"before": (timezone.now() - timedelta(days=1)).isoformat()}, [False] * 3),
    ):
        found = rows_of(client, **asked)
        assert [words in found for words in said] == shown, asked


def test_the_log_reads_as_often_for_many_undone_decisions_and_orders_handed_on_as_for_one(client: Client) -> None:
    gao, wu = make_reviewer(), make_reviewer()
    reader = english(client, auditor())

    def hand_on_and_undo() -> None:
        order = make_order(state=states.SUBMITTED)
        leases.hand_on(order, gao, wu)
        now = timezone.now()
        columns = {"final_at": now, "ended_at": now, "outcome": decisions.TAKEN_BACK}
        Decision.objects.create(order=order, move="accept", reviewer=gao, version=0, **columns)

    hand_on_and_undo()
    reader.get(INDEX)
    once = cost(lambda: reader.get(INDEX))
    for _time in range(4):
        hand_on_and_undo()

    assert cost(lambda: reader.get(INDEX)) == once
    assert rows_of(reader).count("undid a decision") == 5


@pytest.mark.parametrize(("act", "done"), [("accept", "accepted"), ("decline", "declined")])
def test_a_claim_that_one_person_decided_is_in_the_log_without_the_words(
    client: Client, act: str, done: str, tmp_path: Path
) -> None:
    load_rows(tmp_path / "dump.json", personal())
    claim = send_claim(make_user(), LegacyRecord.objects.get(domain="example.cn"))
    gao, wu = set_name(make_reviewer(), "Gao Yang"), make_reviewer()
    typed = {"move": act, "words": "照片看不清"} if act == "decline" else {"move": act}
    english(Client(), gao).post(case_of_claim(claim), typed)
    english(client, auditor())

    log = " ".join(" ".join(html.fromstring(rows_of(client, sort="acts")).itertext()).split())

    assert f"Gao Yang {claim.reference} {done.capitalize()} the claim of an old filing" in log
    assert "照片看不清" not in log
    for asked, is_shown in (
        ({"reference": claim.reference}, True),
        ({"who": gao.pk}, True),
        ({"who": wu.pk}, False),
        ({"sort": "looks"}, False),
        ({"sort": "changes"}, False),
    ):
        assert ("the claim of an old filing" in rows_of(client, **asked)) == is_shown, asked


def test_changes_by_staff_of_accounts_and_lists_are_in_the_log_without_the_old_values(client: Client) -> None:
    reader = auditor()
    chen, customer = set_name(make_user(held_roles=(OPERATIONS,)), "Chen Gang"), set_name(make_user(), "林示范")
    operations = english(Client(), chen)
    day = {"date": "2026-10-01", "is_workday": "", "source": "国办发明电"}
    operations.post(reverse("admin:workdays_workcalendarday_add"), day)
    changed = {"name": "林新名", "is_active": "on"}
    operations.post(reverse("admin:accounts_user_change", args=[customer.pk]), changed)
    english(client, reader)

    log = rows_of(client)

    assert ["added: " in log, "2026-10-01" in log, "Chen Gang" in log] == [True, True, True]
    assert "changed: " in log
    assert ["林示范" in log, "林新名" in log, "国办发明电" in log] == [False] * 3
    for sort, shown in (("acts", True), ("changes", True), ("looks", False), ("flagged", False)):
        assert ("2026-10-01" in rows_of(client, sort=sort)) is shown, sort
    assert ["2026-10-01" in rows_of(client, who=each.pk, days="1") for each in (chen, reader)] == [True, False]


def test_the_log_names_requests_about_accounts_by_their_person_and_other_requests_by_their_number(
    client: Client,
) -> None:
    asker, zhao = set_name(make_user(held_roles=(OPERATIONS,)), "Chen Gang"), set_name(make_reviewer(), "Zhao Li")
    customer = make_user()
    parts = {str(user.pk)[:8]: user for user in (zhao, customer)}
    for part, user in parts.items():
        ApprovalRequest.objects.create(kind="role", key=user.pk, reference=part, owner=user, asked_by=asker)
    ApprovalRequest.objects.create(kind="refuse", key="7", reference="TVNA-2XT0", owner=customer, asked_by=asker)
    english(client, auditor())

    everything = rows_of(client)

    for name in ("Zhao Li", customer.masked_email, "TVNA-2XT0"):
        assert name in everything
    assert [part in everything for part in parts] == [False, False]
    assert [zhao.name in rows_of(client, reference=typed) for typed in ("Zhao Li", "TVNA-2XT0")] == [True, False]
    assert "Zhao Li" in rows_of(client, reference=str(zhao.pk)[:8])


def test_the_log_reads_the_account_of_no_owner_of_an_order_that_a_second_person_was_asked_about(client: Client) -> None:
    asker, owner, colleague = make_lead_reviewer(), make_user(), make_reviewer()
    for kind, person in (("submit", owner), ("role", colleague)):
        ApprovalRequest.objects.create(
            kind=kind, key=person.pk, reference=str(person.pk)[:8], owner=person, asked_by=asker
        )
    english(client, auditor())
    read = []

    def note(instance: User, **_kwargs: object) -> None:
        read.append(instance.pk)

    post_init.connect(note, sender=User)
    try:
        rows_of(client)
    finally:
        post_init.disconnect(note, sender=User)

    assert (colleague.pk in read, owner.pk in read) == (True, False)


def test_a_change_to_the_account_of_a_customer_without_a_name_is_shown_with_the_masked_address(client: Client) -> None:
    customer = make_user()
    operations = english(Client(), set_name(make_user(held_roles=(OPERATIONS,)), "Chen Gang"))
    operations.post(reverse("admin:accounts_user_change", args=[customer.pk]), {"name": ""})
    english(client, auditor())

    log = rows_of(client)

    assert [customer.masked_email in log, customer.email in log] == [True, False]


def test_a_changed_stock_of_backdrops_is_in_words_on_its_page_and_in_the_log(client: Client) -> None:
    stock = reverse("admin:verification_backdropstock_change", args=[backdrops.stock().pk])
    history = reverse("admin:verification_backdropstock_history", args=[backdrops.stock().pk])
    desk, reader = english(Client(), make_reviewer()), auditor()

    said = desk.post(stock, {"count": "12", "expected_on": "2026-12-05"}, follow=True).content.decode()
    log = rows_of(english(client, reader))

    assert "Saved: 12 backdrops in stock" in said
    from_to = "In stock: from 0 to 12, More expected on: from – to Sat 5 Dec"
    assert [from_to in desk.get(history).content.decode(), from_to in log] == [True, True]
    assert ["changed: stock of backdrops" in log, "<td>12</td>" in log] == [True, False]
    client.cookies["django_language"] = "zh-hans"
    in_chinese = rows_of(client)
    assert ["库存：" in in_chinese, "、预计到货：" in in_chinese, "12月5日（周六）" in in_chinese] == [True] * 3


def test_the_log_continues_on_the_next_page(client: Client) -> None:
    gao, now = make_reviewer(), timezone.now()

    def look(number: int, at: datetime) -> None:
        note_access(actor=gao, what="order", reference=f"REF-{number:03}", now=at, client="")

    for number in range(MOST + 5):
        look(number, now - timedelta(minutes=number))
    page = english(client, auditor()).get(INDEX).content.decode()
    address = page.partition('<p><a href="')[2].partition('"')[0].replace("&amp;", "&")

    first, second = page, client.get(address).content.decode()

    assert [f"REF-{n:03}" in first for n in (0, MOST - 1, MOST)] == [True, True, False]
    assert [f"REF-{n:03}" in second for n in (MOST - 1, MOST, MOST + 4)] == [False, True, True]


def test_a_case_opened_again_today_is_listed_today_with_its_first_and_latest_look(client: Client) -> None:
    wu, gao, now = set_name(make_reviewer(), "Wu Yangben"), make_reviewer(), timezone.now()
    first = now - timedelta(days=3)
    for at in (first, now):
        note_access(actor=wu, what="order", reference="TVNA-2XT0", reason="customer called", client="", now=at)
    note_access(actor=gao, what="order", reference="TVNA-2XT1", reason="lease", client="", now=first)
    english(client, auditor())

    today = " ".join(html.fromstring(rows_of(client, days="1")).text_content().split())
    everything = rows_of(client)

    shown = [f"{timezone.localtime(at):%-d %b %H:%M}" for at in (now, first)]
    assert f"{shown[0]} first look {shown[1]}" in today
    assert ["TVNA-2XT1" in today, "TVNA-2XT1" in everything, everything.count("first look")] == [False, True, 1]
    assert everything.index("TVNA-2XT0") < everything.index("TVNA-2XT1")
    assert "opened 1 case without having it" in side(client, "Cases opened without having them, today")


def test_no_other_role_reads_the_log(client: Client) -> None:
    sign_in(client, make_reviewer())

    assert client.get(reverse("admin:privacy_accessnote_changelist")).status_code == 403
    assert "Who looked at what" not in client.get(INDEX).content.decode()


def side(client: Client, heading: str) -> str:
    """The text of one list beside the log."""
    found = html.fromstring(client.get(INDEX).content.decode()).xpath(f"//section[header/h2='{heading}']")
    return " ".join(found[0].text_content().split())


def test_looks_without_the_case_accounts_of_two_duties_and_role_changes_are_lists_beside_the_log(
    client: Client,
) -> None:
    gao, wu, zhao = (set_name(make_reviewer(), name) for name in ("Gao Yang", "Wu Yangben", "Zhao Li"))
    for n in range(2):
        note_access(actor=wu, what="order", reference=f"TVNA-2XT{n}", reason="customer called", client="")
    note_access(actor=gao, what="order", reference="TVNA-2XT0", reason="review", client="")
    set_name(make_user(held_roles=(REVIEWER,)), "Two Duties").groups.add(
        Group.objects.get_or_create(name=OPERATIONS)[0]
    )
    asked = ApprovalRequest.objects.create(
        kind="role", key="x", reference="x", owner=zhao, asked_by=gao, answered_by=wu, outcome="allowed",
        ended_at=timezone.now(), said={"before": ["reviewer"], "after": ["lead reviewer"]},
    )  # fmt: skip
    english(client, auditor())

    looks, duties, given = (
        side(client, heading)
        for heading in (
            "Cases opened without having them, today",
            "Accounts with two duties",
            "Roles that take two people, 30 days",
        )
    )

    assert ["Wu Yangben" in looks, "opened 2 cases without having them" in looks, "Gao" in looks] == [True, True, False]
    assert ["Two Duties" in duties, "Reviewer" in duties, "Gao" in duties] == [True, True, False]
    assert "Zhao Li" in given
    assert "Gao Yang, agreed by Wu Yangben · Roles: from Reviewer to Lead reviewer" in given
    ApprovalRequest.objects.filter(pk=asked.pk).update(ended_at=timezone.now() - timedelta(days=31))
    assert "Zhao Li" not in side(client, "Roles that take two people, 30 days")


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "…: returned, phones not verified in time (order …) · Email"),
        ("zh-hans", "… 已退回：短信核验超时（订单 …） · 邮件"),
    ],
)
def test_the_log_names_a_message_in_words(client: Client, language: str, name: str) -> None:
    message = Message.objects.create(channel="email", template="order_lapsed", key="order_lapsed:1:account:email")
    log_change(message, make_reviewer(), lambda: "sent again")
    sign_in(client, auditor()).cookies["django_language"] = language

    page = " ".join(html.fromstring(client.get(INDEX).content).text_content().split())

    assert name in page
    assert "order_lapsed" not in page
