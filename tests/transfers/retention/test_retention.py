"""Data at the end of their retention are deleted: pictures, then answers; held data stay; pages still open."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as portal
from django.core.files.storage import storages
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from icpportal.alarms.models import SetAside
from icpportal.audit.models import AuditEntry
from icpportal.operations.retention import ELSEWHERE, JOBS, retain
from icpportal.outbox.models import Message
from icpportal.privacy import holds
from icpportal.privacy.models import FileKey, LegalHold
from tests.transfers import states
from tests.transfers.builders import fire, make_lead_reviewer, make_order, make_ready_document, make_reviewer, sign_in
from tests.transfers.review.desk import case_of, english, page
from tests.walk import pages
from transfers.models import Order, OrderDocument, OrderEvent, SearchKey
from transfers.retention.admin import LegalHoldAdmin
from transfers.retention.erasure import erase
from verification.models import Document, PhoneProof

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LIST = reverse("admin:privacy_legalhold_changelist")


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Any) -> Callable[..., dict[str, int]]:
    """Runs retention with its on-commit effects; returns what each job deleted."""

    def run(at: Any = None) -> dict[str, int]:
        with django_capture_on_commit_callbacks(execute=True):
            return retain(now=at).done

    return run


def over(state: str, ago: timedelta, **columns: Any) -> Order:
    """An order that ended this long ago, with a paper, a proved mobile, and words in its history."""
    order = make_order(state=state, **columns)
    make_ready_document(order, "statement")
    PhoneProof.objects.create(
        holder=order.reference, person_key="p", mobile="13800001234", mobile_index="i", asked_at=timezone.now()
    )
    OrderEvent.objects.create(
        order=order, move="call", from_state=state, to_state=state, by="reviewer", words="Mr Wang of Yinchuan"
    )
    Order.objects.filter(pk=order.pk).update(entered_at=timezone.now() - ago)
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("state", [states.WITHDRAWN, states.REFUSED, states.ABANDONED, states.EXPIRED])
def test_ninety_days_after_an_end_without_a_filing_papers_keys_and_answers_are_deleted(
    state: str, committed: Callable[..., dict[str, int]]
) -> None:
    order = over(state, 89 * DAY)
    name = Document.objects.get(holder=order.reference).stored_name

    assert committed()["papers"] == committed()["details"] == 0
    done = committed(timezone.now() + 2 * DAY)

    assert (done["papers"], done["details"]) == (1, 1)
    assert not storages["documents"].exists(name)
    assert not FileKey.objects.filter(name=name).exists()
    order.refresh_from_db()
    assert (order.answers, order.password_digest, order.state) == ({}, "", state)
    assert not PhoneProof.objects.exists()
    assert not SearchKey.objects.filter(order=order).exists()
    assert "Wang" not in str(list(OrderEvent.objects.values()))
    assert committed(timezone.now() + 3 * DAY)["details"] == 0, "a second time there is nothing to do"


def test_after_an_approval_papers_are_deleted_after_a_month_and_answers_after_three_years(
    committed: Callable[..., dict[str, int]],
) -> None:
    order = over(states.APPROVED, 31 * DAY)

    done = committed()
    assert (done["filed_papers"], done["filed_details"]) == (1, 0)
    assert Order.objects.get(pk=order.pk).answers["subject"]
    assert committed(timezone.now() + 1_096 * DAY)["filed_details"] == 1


@pytest.mark.parametrize("state", sorted(set(states.ALL) - set(states.ENDED)))
def test_nothing_of_an_open_order_is_deleted_however_old_it_is(
    state: str, committed: Callable[..., dict[str, int]]
) -> None:
    kind = states.CANCELLATION if state == states.COOLING_OFF else states.TRANSFER
    order = over(state, 2_000 * DAY, kind=kind)

    done = committed()

    assert [done[job] for job in ("papers", "filed_papers", "details", "filed_details")] == [0, 0, 0, 0]
    assert Document.objects.get(holder=order.reference).state == "ready"


def test_its_owner_and_staff_can_still_open_the_order_and_it_cannot_be_started_again(
    client: Client, settings: Any, committed: Callable[..., dict[str, int]]
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order = over(states.WITHDRAWN, 91 * DAY)
    Order.objects.filter(pk=order.pk).update(submitted_at=order.created_at)
    committed()

    sign_in(client, order.owner)
    client.cookies["django_language"] = "en"
    shown = page(client, reverse("order", args=[order.reference]))
    assert order.domain in shown
    assert "What you entered was deleted" in shown
    assert client.get(reverse("dashboard"), follow=True).status_code == 200
    again = client.post(reverse("order-move", args=[order.reference, "start_again"]), follow=True)
    assert Order.objects.count() == 1, again.status_code
    english(client, make_lead_reviewer())
    assert "What was entered was deleted" in page(client, case_of(order))
    assert order.domain in page(client, case_of(order, "more"))
    assert client.get(case_of(order, "accept")).url == case_of(order)


def test_a_held_order_stays_until_a_second_person_lifts_the_hold(committed: Callable[..., dict[str, int]]) -> None:
    order, one, other = over(states.WITHDRAWN, 200 * DAY), make_lead_reviewer(), make_lead_reviewer()
    hold = LegalHold(reference=order.reference, owner=order.owner, because="court case")
    holds.set_hold(hold, actor=one)

    assert committed()["details"] == 0
    assert holds.is_held(order.owner)
    LegalHold.objects.update(proposed_by=one, proposed_because="the case is over")
    holds.lift(LegalHold.objects.get(pk=hold.pk), actor=other)

    assert not holds.is_held(order.owner)
    assert committed()["details"] == 1


def test_leads_set_confirm_and_lift_a_hold_and_nobody_does_both(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order, one, other = make_order(), make_lead_reviewer(), make_lead_reviewer()

    english(client, one)
    assert "Two leads set a hold, and two lift it" in page(client, LIST)
    unknown = client.post(reverse("admin:privacy_legalhold_add"), {"reference": "T7Q4-ZZZZ", "because": "x"})
    assert "No order has this number" in unknown.content.decode()
    empty = client.post(reverse("admin:privacy_legalhold_add"), {"reference": order.reference}).content.decode()
    assert "Say why the order is held" in empty
    said = {"reference": order.reference.lower(), "because": "letter of the court"}
    answer = client.post(reverse("admin:privacy_legalhold_add"), said, follow=True)
    assert "Nothing of this order is deleted now" in answer.content.decode()
    hold = LegalHold.objects.get()

    def act(action: str, person: Any, **typed: str) -> str:
        english(client, person)
        chosen = {"action": action, "_selected_action": [hold.pk], **typed}
        text: str = client.post(LIST, chosen, follow=True).content.decode()
        hold.refresh_from_db()
        return text

    assert "a second person does" in act("confirm_them", one)
    act("confirm_them", other)
    assert hold.confirmed_by == other
    assert "Enter a reason" in act("propose_lifting", one)
    act("propose_lifting", one, reason="the case is over")
    assert "a second person does" in act("lift_them", one)
    assert hold.lifted_at is None
    act("lift_them", other)
    assert (hold.lifted_by, hold.lifted_at is not None) == (other, True)
    acts = list(AuditEntry.objects.filter(what="privacy.legalhold").order_by("pk").values_list("actor", flat=True))
    assert acts == [one.pk, other.pk, one.pk, other.pk]


def test_a_lead_reads_that_a_colleague_held_the_order_at_this_moment(
    client: Client, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order, colleague = make_order(), make_lead_reviewer()
    english(client, make_lead_reviewer())
    judged = LegalHoldAdmin.save_form

    def save_form(*args: Any, **options: Any) -> Any:
        LegalHold.objects.create(reference=order.reference, owner=order.owner, because="police", asked_by=colleague)
        return judged(*args, **options)

    monkeypatch.setattr(LegalHoldAdmin, "save_form", save_form)
    said = {"reference": order.reference, "because": "letter of the court"}

    answer = client.post(reverse("admin:privacy_legalhold_add"), said, follow=True).content.decode()

    assert "This order is held already" in answer
    assert "Nothing of this order is deleted now" not in answer


def test_reviewers_cannot_set_a_hold_and_strangers_find_none(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    order = make_order()
    sign_in(client, make_reviewer())
    assert client.get(LIST).status_code == 403
    sign_in(client, order.owner)

    assert client.post(reverse("admin:privacy_legalhold_add"), {"reference": order.reference}).status_code in (302, 404)
    assert not LegalHold.objects.exists()


def test_an_unsent_message_is_not_deleted(committed: Callable[..., dict[str, int]]) -> None:
    make_order(state=states.SUBMITTED)
    fire(Order.objects.get(), "send_back", "reviewer", actor=make_reviewer())
    owed = Message.objects.exclude(next_at=None).count()

    committed(timezone.now() + 2_000 * DAY)

    assert owed
    assert Message.objects.count() == owed


def test_one_failing_order_stops_no_other(
    monkeypatch: pytest.MonkeyPatch, committed: Callable[..., dict[str, int]]
) -> None:
    from transfers.retention import erasure  # noqa: PLC0415

    bad, _good = over(states.WITHDRAWN, 91 * DAY), over(states.WITHDRAWN, 91 * DAY)
    whole = erasure.erase_papers

    def breaking(order: Order, **options: Any) -> bool:
        if order.pk == bad.pk:
            raise OSError
        return whole(order, **options)

    monkeypatch.setattr(erasure, "erase_papers", breaking)

    assert committed()["papers"] == 1


def test_the_command_counts_first_and_reports_what_it_did() -> None:
    over(states.WITHDRAWN, 91 * DAY)

    def said(*arguments: str) -> str:
        out = StringIO()
        call_command("retention", *arguments, stdout=out)
        return out.getvalue()

    assert "papers: 1 would go, kept for 90 days\n" in said("--dry-run")
    counted = json.loads(said("--dry-run", "--json"))
    assert (counted["done"]["details"], counted["days"]["papers"], counted["dry_run"]) == (1, 90, True)
    assert "details: 1 gone, kept for 90 days\n" in said()
    assert "details: 0 gone, kept for 90 days\n" in said()


def test_the_privacy_page_lists_every_row_of_the_table(client: Client) -> None:
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        shown = client.get(reverse("privacy")).content.decode()

        assert [key for key, row in portal.RETENTION.items() if f">{row.days}</td>" not in shown] == []
        assert shown.count({"en": "PIPL 47", "zh-hans": "《个人信息保护法》第四十七条"}[language]) == 3


def test_every_row_of_the_table_has_a_job() -> None:
    assert set(portal.RETENTION) == set(JOBS) | ELSEWHERE


@pytest.mark.parametrize("state", [states.WITHDRAWN, states.APPROVED])
def test_every_page_of_an_emptied_order_opens(client: Client, state: str) -> None:
    order = over(state, 10 * DAY)
    erase(order)
    sign_in(client, order.owner)

    client.raise_request_exception = False
    answers = {}
    for name in pages.names():
        with suppress(NoReverseMatch):
            answers[name] = client.get(reverse(name, args=[order.reference])).status_code

    assert len(answers) > 20
    assert {name for name, status in answers.items() if status >= 500} == set()
    assert not SetAside.objects.exists()


def test_a_reused_paper_is_deleted_with_the_last_order_that_uses_it(
    committed: Callable[..., dict[str, int]],
) -> None:
    first, later = over(states.WITHDRAWN, 91 * DAY), make_order(state=states.SUBMITTED)
    document = Document.objects.get(holder=first.reference)
    OrderDocument.objects.create(order=later, slot="statement", side=1, document=document)

    committed()
    document.refresh_from_db()
    assert (document.state, storages["documents"].exists(document.stored_name)) == ("ready", True)

    Order.objects.filter(pk=later.pk).update(state=states.WITHDRAWN, entered_at=timezone.now() - 91 * DAY)
    committed()
    assert not storages["documents"].exists(document.stored_name)
