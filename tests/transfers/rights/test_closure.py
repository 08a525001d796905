"""Closing an account: who cannot sign in, what is found nowhere, what the law keeps, and what prevents it."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core import mail, serializers
from django.core.files.storage import storages
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from icpportal.accounts.actions import EMAIL, MOBILE, tell_changed
from icpportal.accounts.models import User
from icpportal.audit.models import AuditEntry
from icpportal.outbox import delivery
from icpportal.outbox.models import Message
from icpportal.privacy.fields import EncryptedTextField
from icpportal.privacy.holds import set_hold
from icpportal.privacy.models import LegalHold
from tests.transfers import states
from tests.transfers.builders import PASSWORD, make_lead_reviewer, make_order, make_reviewer, make_user, sign_in
from tests.transfers.cancels import prove_again
from tests.transfers.desk import fill_papers, prove_phones
from tests.transfers.outside import reload
from tests.transfers.retention import quarters
from transfers.duties import actions as duties
from transfers.models import Order
from transfers.retention.erasure import erase
from transfers.review.search.forms import SearchForm
from transfers.rights import closure
from transfers.rights.models import Closure
from verification.models import Document, ServiceCode
from verification.service_codes import handovers

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
URL = reverse("data-close")
SURE = {"sure": "on"}
TABLES = apps.get_models()
# where the law keeps data of a closed account, and until when: a row of RETENTION, or a reason of its own
OF_A_FILING = dict.fromkeys(
    (
        "transfers.Call", "transfers.CallAttempt", "transfers.Decision", "transfers.FieldVerdict", "transfers.Order",
        "transfers.OrderEvent", "transfers.ReviewRound", "verification.Document",
    ),
    "filed_details",
)  # fmt: skip
KEPT = {
    **OF_A_FILING,
    "admin.LogEntry": "staff_log",
    "approvals.ApprovalRequest": "staff_log",
    "audit.AuditEntry": "audit",
    "filings.LegacyRecord": "the ministry's old list of filings",
    "filings.Person": "what is on file with the ministry",
    "filings.Subject": "what is on file with the ministry",
    "miit.Report": "reports",
    "miit.UploadFile": "reports",
    "privacy.LegalHold": "staff_log",
    "transfers.CauseCancellation": "staff_log",
    "transfers.ListExport": "exports",
    "transfers.ParkedAnswer": "staff_log",
}
PERSONAL = ("林示范", "649999198502140009", "13900000001", "lin@example.com", "陈样例", "宁夏示例纸业")


def with_papers(owner: User, state: str, **columns: Any) -> Order:
    order = make_order(owner, state=state, **columns)
    fill_papers(order)
    prove_phones(order)
    order.events.create(move="call", from_state=state, to_state=state, by="reviewer", words="林示范 sagt, er ruft an")
    return order


def pictures(order: Order) -> list[str]:
    names = Document.objects.filter(holder=order.reference).values_list("stored_name", flat=True)
    return [name for name in names if name and storages["documents"].exists(name)]


def read(client: Client, url: str) -> str:
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == 200, (url, answer.status_code)
    return re.sub(r"\s+", " ", answer.content.decode())


def tables_with(words: tuple[str, ...]) -> dict[str, set[str]]:
    """The tables that contain any of these words, with everything sealed opened."""
    lying = {model._meta.label: "\n".join(_opened(row) for row in model._base_manager.all()) for model in TABLES}
    held = {label: {word for word in words if word in text} for label, text in lying.items()}
    return {label: holds for label, holds in held.items() if holds}


def _opened(row: Model) -> str:
    sealed = [field.attname for field in row._meta.fields if isinstance(field, EncryptedTextField)]
    opened = json.dumps([getattr(row, name) for name in sealed], ensure_ascii=False)
    return serializers.serialize("json", [row], ensure_ascii=False) + opened


def close(client: Client, user: User) -> Any:
    return prove_again(client, user).post(URL, SURE)


def test_an_erased_person_is_found_only_where_the_law_keeps_their_data(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    people = quarters.cast(make_user("gone@example.com", mobile="13812345678"))
    user, words = people.owner, (*PERSONAL, "gone@example.com", "13812345678")
    quarters.leave(people)  # ended and approved orders, claims, objections, records about them
    code = ServiceCode.objects.create(instance_id="i-1", slot=1, product="ecs", account=user.customer)
    handovers.offer(code, user, make_user())
    ended = [with_papers(user, state) for state in (states.DRAFT, states.SUBMITTED, states.WITHDRAWN, states.RETURNED)]
    approved = Order.objects.get(owner=user, state=states.APPROVED)
    before, lay_there = tables_with(words), set(Document.objects.values_list("stored_name", flat=True))
    elsewhere = Client()
    elsewhere.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    session = elsewhere.session.session_key

    with django_capture_on_commit_callbacks(execute=True):
        answer = close(client, user)
        assert answer.url == reverse("data-closed")
        assert closure.sweep() == 1

    mails = Message.objects.filter(template="account_closed")
    assert [message.payload["to"] for message in mails] == ["gone@example.com"]
    mails.delete()
    assert set().union(*before.values()) == set(words)
    assert set(tables_with(words)) == set(KEPT)
    assert [(reload(order).is_ended, reload(order).answers, reload(order).domain) for order in ended] == [
        (True, {}, "")
    ] * 4
    left = {name for name in lay_there if name and storages["documents"].exists(name)}
    assert left == set(Document.objects.filter(holder=approved.reference).values_list("stored_name", flat=True))
    erase(approved)
    assert set(tables_with(words)) == set(KEPT) - set(OF_A_FILING), "of no other order something was left"
    assert elsewhere.get(reverse("dashboard")).status_code == 302
    assert not Session.objects.filter(session_key=session).exists()
    assert AuditEntry.objects.filter(act="erase", reference=str(user.pk)).count() == 1


def test_a_free_code_handed_to_a_closed_account_returns_to_its_giver(client: Client) -> None:
    """It stayed theirs for ever, and its server had one code less."""
    giver, user = make_user(), make_user()
    codes = [
        ServiceCode.objects.create(instance_id="i-1", slot=n, product="ecs", account=giver.customer) for n in (1, 2)
    ]
    for code in codes:
        handovers.accept(handovers.offer(code, giver, user))
    ServiceCode.objects.filter(pk=codes[1].pk).update(state="used", holder="order-1")

    close(client, user)
    closure.sweep()

    assert [ServiceCode.objects.get(pk=code.pk).keeper == giver.customer for code in codes] == [True, False]
    assert ServiceCode.objects.get(pk=codes[1].pk).keeper == f"account:{user.pk}"


def test_no_message_of_a_closed_account_is_left_not_even_the_last_one(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    user = make_user("gone@example.com", mobile="13812345678")
    tell_changed(user, MOBILE, to="13712345678", channel="sms")
    tell_changed(user, EMAIL, to="before@example.com")

    with django_capture_on_commit_callbacks(execute=True):
        close(client, user)
        closure.sweep()
    delivery.deliver()

    assert [message.to for message in mail.outbox] == [["gone@example.com"]]
    assert tables_with(("gone@example.com", "before@example.com", "13712345678", "13812345678")) == {}


def test_nobody_can_sign_in_any_more_and_the_address_can_be_used_again(client: Client) -> None:
    user = make_user("gone@example.com", mobile="13812345678")
    close(client, user)
    closure.sweep()

    for login in ("gone@example.com", "13812345678"):
        Client().post(reverse("account_login"), {"login": login, "password": PASSWORD})
    signed_in = Client().post(reverse("account_login"), {"login": "gone@example.com", "password": PASSWORD})

    assert "_auth_user_id" not in signed_in.client.session
    assert make_user("gone@example.com", mobile="13812345678").pk != user.pk


def test_an_approved_order_keeps_what_the_law_requires_and_the_desk_finds_only_that(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    user = make_user(mobile="13812345678")
    approved, draft = with_papers(user, states.APPROVED), with_papers(user, states.SUBMITTED)

    for order in (approved, draft):
        order.submitted_at = timezone.now()
        order.save()  # creates its search keys

    with django_capture_on_commit_callbacks(execute=True):
        close(client, user)
        closure.sweep()

    assert (reload(approved).answers["subject"]["lead_name"], bool(pictures(approved))) == ("林示范", True)
    assert (reload(draft).answers, pictures(draft)) == ({}, [])
    desk = sign_in(Client(), make_lead_reviewer())
    for typed, found in ((approved.domain, True), (draft.domain, False), (user.mobile, False)):
        hits = desk.post(reverse("admin:transfers_order_search"), {SearchForm.WORDS: typed}, headers=ENGLISH)
        assert (approved.reference in hits.content.decode()) is found
        assert draft.reference not in hits.content.decode()
    for order in (draft, approved):
        case = desk.get(reverse("admin:transfers_order_case", args=[order.pk]), headers=ENGLISH)
        assert case.status_code == 200
        assert ("Entries and documents were erased" in case.content.decode()) is (order == draft)
    assert desk.get(reverse("admin:transfers_order_changelist"), {"tab": "all"}).status_code == 200


def test_while_the_authority_has_an_order_the_request_waits_and_can_be_withdrawn(client: Client) -> None:
    user = make_user()
    order = with_papers(user, states.AUTHORITY_REVIEW)
    prove_again(client, user)
    assert "cannot be called back" in read(client, URL)

    assert client.post(URL, SURE).url == URL

    asked = "You asked us to close the account"
    assert [asked in read(client, url) for url in (URL, reverse("your-data"))] == [True, True]
    assert (closure.sweep(), reload(order).state) == (0, states.AUTHORITY_REVIEW)
    client.post(URL, {"keep": "1"})
    assert not Closure.objects.exists()
    assert asked not in read(client, reverse("your-data"))
    client.post(URL, SURE)
    Order.objects.filter(pk=order.pk).update(state=states.REFUSED)
    assert closure.sweep() == 1
    user.refresh_from_db()
    assert (user.is_active, user.email, reload(order).answers) == (False, f"closed-{user.pk}@closed.invalid", {})
    assert client.get(URL).status_code == 302


def test_whose_request_must_wait_reads_that_it_can_be_taken_back_and_once_asked_is_not_told_to_ask(
    client: Client,
) -> None:
    """The box said that nobody can undo it, where "Keep the account" does; the page went on offering to ask."""
    user = make_user()
    with_papers(user, states.AUTHORITY_REVIEW)
    prove_again(client, user)
    before = read(client, URL)
    client.post(URL, SURE)
    after = read(client, URL)

    final, waits, offer = (
        "Nobody can undo this",
        "Until it is closed I can take this back",
        "You can tell us now, and take it back",
    )
    assert [final in before, waits in before, offer in before, offer in after] == [False, True, True, False]
    assert "Until the order ends we use your data for that order only; then we close the account." in after
    other = make_user()
    prove_again(client, other)
    assert [words in read(client, URL) for words in (final, waits)] == [True, False]


def test_the_button_says_whether_it_closes_the_account_or_asks_for_it(client: Client) -> None:
    busy, free = make_user(), make_user()
    with_papers(busy, states.AUTHORITY_REVIEW)

    buttons = []
    for user in (busy, free):
        prove_again(client, user)
        (button,) = html.fromstring(read(client, URL)).xpath("//form[@id='page-form']//button")
        buttons.append(button.text_content().strip())

    assert buttons == ["Ask to close the account", "Close the account"]


def test_an_account_stays_open_when_its_owner_takes_the_request_back_while_a_worker_comes_to_it(
    client: Client,
) -> None:
    user = make_user()
    order = with_papers(user, states.AUTHORITY_REVIEW)
    close(client, user)
    read_by_the_worker = Closure.objects.select_related("user").get()
    Order.objects.filter(pk=order.pk).update(state=states.REFUSED)
    client.post(URL, {"keep": "1"})

    assert closure.carry_out(read_by_the_worker) is False

    user.refresh_from_db()
    assert (user.is_active, user.check_password(PASSWORD)) == (True, True)
    assert (user.email, bool(reload(order).answers)) == (read_by_the_worker.user.email, True)
    assert not Message.objects.filter(template__in=(closure.LAST_WORD, closure.WITH_DUTIES)).exists()


def test_a_hold_keeps_everything_until_it_ends(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    with_papers(user, states.DRAFT)
    with monkeypatch.context() as held:
        held.setattr(closure, "is_held", lambda one: one == user)
        assert close(client, user).url == URL
        assert "we must not erase it now" in read(client, URL)
        assert closure.sweep() == 0
        assert User.objects.get(pk=user.pk).is_active

    assert closure.sweep() == 1


def test_without_the_box_without_proof_of_identity_or_as_staff_nothing_is_closed(client: Client) -> None:
    user, reviewer = make_user(), make_reviewer()
    unticked = prove_again(client, user).post(URL, follow=True).content.decode()
    assert "Tick the box to close the account" in unticked
    sign_in(Client(), user).post(URL, SURE)
    close(Client(), reviewer)

    assert not Closure.objects.exists()
    assert {User.objects.get(pk=each.pk).is_active for each in (user, reviewer)} == {True}


def test_a_killed_worker_is_continued_where_it_was(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user = make_user()
    orders = [with_papers(user, states.DRAFT), with_papers(user, states.SUBMITTED)]
    close(client, user)
    real, seen = closure.erase_order, []

    def killed(order: Order, **options: Any) -> None:
        seen.append(order)
        if len(seen) > 1:
            raise OSError("killed")
        real(order, **options)

    with monkeypatch.context() as dying:
        dying.setattr(closure, "erase_order", killed)
        with pytest.raises(OSError, match="killed"):
            closure.carry_out(Closure.objects.get())
    assert [reload(order).answers == {} for order in orders] == [True, False]

    assert closure.sweep() == 1
    assert [reload(order).answers for order in orders] == [{}, {}]


def test_who_closes_the_account_is_not_told_that_somebody_withdrew_a_consent(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = make_user("gone@example.com", mobile="13812345678")
    with_papers(user, states.SUBMITTED)
    close(client, user)
    monkeypatch.setattr(closure, "erase_order", lambda order, **options: delivery.deliver())  # quicker than the erasing

    closure.carry_out(Closure.objects.get())

    assert [message.subject for message in mail.outbox] == ["Your account is closed"]


def test_what_the_authority_took_in_at_the_last_moment_is_erased_after_its_answer(client: Client) -> None:
    user = make_user()
    order = with_papers(user, states.SUBMITTED)
    close(client, user)
    Order.objects.filter(pk=order.pk).update(state=states.HANDING_OVER)

    assert closure.sweep() == 0
    Order.objects.filter(pk=order.pk).update(state=states.AUTHORITY_RETURNED)
    assert closure.sweep() == 1
    assert reload(order).answers == {}


@pytest.mark.parametrize("state", [states.DRAFT, states.COOLING_OFF])
def test_a_cancellation_that_can_still_be_stopped_is_abandoned_with_the_account(client: Client, state: str) -> None:
    order = make_order(state=state, kind=states.CANCELLATION, due_at=timezone.now() + timedelta(hours=2))

    close(client, order.owner)

    assert closure.sweep() == 1
    assert (reload(order).state, reload(order).answers) == (states.ABANDONED, {})


def test_the_people_who_were_warned_of_a_cancellation_hear_that_it_was_stopped(client: Client) -> None:
    """Its message was erased with the account, and they went on believing that the transfer was being cancelled."""
    user = make_user("gone@example.com", mobile="13812345678")
    order = make_order(user, state=states.COOLING_OFF, kind=states.CANCELLATION, due_at=timezone.now() + timedelta(1))
    people = {order.answers["administrator"]["admin_email"], order.answers["subject"]["lead_email"]}

    close(client, user)
    closure.sweep()
    delivery.deliver()

    told = [message for message in mail.outbox if message.subject != "Your account is closed"]
    assert {message.to[0] for message in told} == people
    assert {"已撤回" in message.subject for message in told} == {True}
    assert {message.is_erased for message in Message.objects.filter(template="cancel_stopped")} == {True}


@pytest.mark.parametrize(
    ("language", "sentence", "title"),
    [
        ("en", "public-security filing: x.example.com (宁ICP备1号-1), by", "What is still your duty"),
        ("zh-hans", "x.example.com（宁ICP备1号-1）：办理公安备案", "仍由您负责办理的事项"),
    ],
)
def test_who_closes_the_account_after_an_approval_reads_what_is_left_to_do(
    client: Client, language: str, sentence: str, title: str
) -> None:
    user = make_user("gone@example.com", language=language)
    order = with_papers(user, states.APPROVED, domain="x.example.com", site_number="宁ICP备1号-1")
    duties.begin(order, timezone.now())
    prove_again(client, user).cookies["django_language"] = language
    page = client.get(URL).content.decode()
    assert title in page
    assert "x.example.com" in page

    client.post(URL, SURE)
    closure.sweep()
    delivery.deliver()

    assert sentence in " ".join(mail.outbox[-1].body.split())


def test_the_last_mail_names_no_duty_where_none_is_left(client: Client) -> None:
    user = make_user("gone@example.com")
    close(client, user)
    delivery.deliver()

    assert "your duty" not in mail.outbox[-1].body


def test_a_hold_set_after_the_account_was_closed_keeps_what_still_exists() -> None:
    user, lead = make_user(), make_lead_reviewer()
    order = with_papers(user, states.WITHDRAWN)
    closure.ask(user)
    set_hold(hold := LegalHold(reference=order.reference, owner=user, because="letter of the court"), actor=lead)

    closure.sweep()
    assert Order.objects.get(pk=order.pk).answers == order.answers
    LegalHold.objects.filter(pk=hold.pk).update(
        lifted_at=timezone.now(), lifted_by=make_lead_reviewer(), proposed_by=lead
    )
    closure.sweep()
    assert Order.objects.get(pk=order.pk).answers == {}
