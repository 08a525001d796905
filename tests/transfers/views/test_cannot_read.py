"""Pages with an unreadable row: the others are shown, the row shows its reference, operations are told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from filings.models import Person, Subject
from icpportal.accounts.roles import OPERATIONS, REVIEWER
from icpportal.alarms.models import SetAside
from icpportal.outbox.actions import queue
from icpportal.outbox.models import Message
from tests.bad import WAYS, aside, causes, personal, spoil
from tests.transfers import states
from tests.transfers.builders import fire, make_lead_reviewer, make_order, make_user, sign_in
from tests.transfers.cancels import make_website
from transfers.dashboard.lists import KEYS
from transfers.models import Duty, Order

pytestmark = pytest.mark.django_db
SAYS = {"en": "We cannot read this order just now", "zh-hans": "暂时无法读取此订单"}


def page(client: Client, url: str, language: str = "en") -> tuple[int, str]:
    client.cookies["django_language"] = language
    answer = client.get(url)
    return answer.status_code, answer.content.decode()


def my_filings(client: Client) -> tuple[int, str]:
    """All tabs in turn, and the worst status."""
    pages = [page(client, f"{reverse('dashboard')}?tab={tab}") for tab in KEYS]
    return max(status for status, _body in pages), "".join(body for _status, body in pages)


@pytest.mark.parametrize("language", list(SAYS))
@pytest.mark.parametrize("way", WAYS)
def test_my_filings_shows_the_others_beside_an_unreadable_order(client: Client, way: str, language: str) -> None:
    owner = make_user()
    bad, good = make_order(owner), make_order(owner)
    spoil(bad, "answers", way)

    status, body = page(sign_in(client, owner), reverse("dashboard"), language)

    assert (status, body.count(SAYS[language])) == (200, 1)
    assert f'data-reference="{bad.reference}" data-cannot-read="yes"' in body
    assert f'data-reference="{good.reference}" data-state="draft"' in body
    assert (aside(), len(causes())) == ([("pages.orders", bad.reference)], 1)
    assert personal("林示范", "13900000001", bad.domain) == []


@pytest.mark.parametrize("state", [*states.ALL])
def test_in_any_state_of_an_unreadable_order_my_filings_and_its_own_page_open(client: Client, state: str) -> None:
    owner = make_user()
    bad, good = make_order(owner, state=state), make_order(owner)
    spoil(bad, "answers")
    sign_in(client, owner)

    listed, own = my_filings(client), page(client, bad.get_absolute_url())

    assert (listed[0], own[0]) == (200, 200)
    assert good.reference in listed[1]
    says = "We cannot read this order any more" if state in states.ENDED else SAYS["en"]
    assert (SAYS["en"] in listed[1], bad.reference in listed[1]) == (True, True)
    assert (says in own[1], bad.reference in own[1]) == (True, True)


def test_an_order_with_missing_rules_stops_no_list(client: Client) -> None:
    owner = make_user()
    bad, good = (make_order(owner, state=states.AUTHORITY_REVIEW) for _ in range(2))
    Order.objects.filter(pk=bad.pk).update(rule_profile="of 1999")

    status, body = my_filings(sign_in(client, owner))

    assert (status, bad.reference in body, good.reference in body) == (200, True, True)


def test_operations_are_told_once_in_a_while_and_not_on_every_visit(client: Client) -> None:
    order = make_order()
    spoil(order, "answers")
    sign_in(client, order.owner)

    for _ in range(3):
        page(client, reverse("dashboard"))

    assert SetAside.objects.get().tries == 1


def test_an_overdue_unreadable_draft_says_so_on_its_page(client: Client) -> None:
    order = make_order(due_at=timezone.now() - timedelta(hours=1))
    spoil(order, "answers")

    status, body = page(sign_in(client, order.owner), order.get_absolute_url())

    assert (status, SAYS["en"] in body) == (200, True)
    assert Order.objects.get(pk=order.pk).state == states.DRAFT


@pytest.mark.parametrize("name", ["people", "documents", "check"])
def test_the_other_pages_of_an_unreadable_order_say_whom_to_call(client: Client, name: str) -> None:
    order = make_order()
    spoil(order, "answers")

    status, body = page(sign_in(client, order.owner), reverse(name, args=[order.reference]))

    assert (status, order.reference in body) == (503, True)
    assert ("pages.other", order.reference) in aside()


@pytest.mark.parametrize("column", ["name", "id_number", "details"])
def test_an_unreadable_subject_stops_no_other_on_my_filings(client: Client, column: str) -> None:
    owner = make_user()
    make_website(owner, domain="one.com")
    spoil(Subject.objects.get(), column)
    good = make_order(owner)

    status, body = my_filings(sign_in(client, owner))

    assert (status, "one.com" in body, good.reference in body) == (200, True, True)


def test_unreadable_people_stop_no_other_on_my_filings(client: Client) -> None:
    owner = make_user()
    make_website(owner, domain="one.com")
    for person in Person.objects.all():
        spoil(person, "name")

    status, body = page(sign_in(client, owner), reverse("dashboard"))

    assert (status, "cannot be read" in body) == (200, True)
    assert {job for job, _reference in aside()} == {"pages.person"}


def test_an_unreadable_blocking_order_is_named(client: Client) -> None:
    owner = make_user()
    make_website(owner, domain="one.com")
    order = make_order(owner, subject_key=Subject.objects.get().subject_key)
    spoil(order, "answers")

    status, body = my_filings(sign_in(client, owner))

    assert (status, f"Order {order.reference} cannot be read just now" in body) == (200, True)


def test_a_duty_without_a_rule_is_left_out_and_the_others_are_shown(client: Client) -> None:
    order = fire(make_order(state=states.AUTHORITY_REVIEW), "grant", "authority")
    Duty.objects.create(order=order, key="gone", due_on=timezone.localdate(), remind_on=timezone.localdate())

    status, body = page(sign_in(client, order.owner), reverse("dashboard"))

    assert (status, body.count("data-duty=")) == (200, 1)
    assert aside() == [("pages.duties", order.reference)]


def test_a_reader_whose_own_mobile_is_unreadable_sees_the_filings(client: Client) -> None:
    order = make_order()
    spoil(order.owner, "mobile")

    status, body = page(sign_in(client, order.owner), reverse("dashboard"))

    assert (status, order.reference in body) == (200, True)


def test_an_unreadable_note_stops_no_other(client: Client) -> None:
    reader = make_user()
    for ref in ("T7Q4-M2KX", "T7Q4-M2KY"):
        said = {"template": "order_received", "reference": ref, "payload": {"context": {"ref": ref}, "to": "x"}}
        Message.objects.create(channel="site", user=reader, key=ref, **said)
    bad = Message.objects.earliest("created_at")
    spoil(bad, "payload")
    sign_in(client, reader)

    listed = page(client, reverse("notifications"))
    own = page(client, reverse("notification", args=[bad.pk]))

    assert (listed[0], own[0]) == (200, 200)
    said = strip_tags(listed[1])
    assert (f"A message about order {bad.reference}" in said, "T7Q4-M2KY" in said) == (True, True)


@pytest.mark.parametrize("way", WAYS)
def test_the_desk_s_queue_and_case_open_beside_an_unreadable_order(client: Client, settings: Any, way: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    bad, good = (make_order(state=states.SUBMITTED) for _ in range(2))
    spoil(bad, "answers", way)
    sign_in(client, make_lead_reviewer())

    queue = page(client, reverse("admin:transfers_order_changelist"))
    cases = [page(client, reverse("admin:transfers_order_case", args=[order.pk])) for order in (bad, good)]

    assert (queue[0], bad.reference in queue[1], good.reference in queue[1]) == (200, True, True)
    assert [status for status, _body in cases] == [200, 200]
    assert ["This order cannot be read" in body for _status, body in cases] == [True, False]
    assert aside() == [("pages.orders", bad.reference)]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("filings_subject", REVIEWER),
        ("filings_person", REVIEWER),
        ("filings_website", REVIEWER),
        ("accounts_user", OPERATIONS),
        ("outbox_message", OPERATIONS),
        ("alarms_setaside", OPERATIONS),
    ],
)
def test_the_desk_s_lists_open_beside_unreadable_rows(client: Client, settings: Any, name: str, role: str) -> None:
    settings.STAFF_SECOND_FACTOR = False
    owner = make_user()
    make_website(owner)
    queue(channel="sms", key="a", payload={"to": "1"}, reference="T")
    rows: list[tuple[Any, str]] = [(Subject.objects.get(), "name"), (Subject.objects.get(), "id_number")]
    rows += [(person, column) for person in Person.objects.all() for column in ("name", "mobile", "id_number")]
    rows += [(owner, "mobile"), (Message.objects.get(), "payload")]
    for row, column in rows:
        spoil(row, column)
    sign_in(client, make_user(held_roles=(role,)))

    assert page(client, reverse(f"admin:{name}_changelist"))[0] == 200
