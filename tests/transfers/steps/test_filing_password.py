"""Step 3: the filing password is checked with the ministry once and never stored as typed."""

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from filings.models import Subject
from icpportal.gateways.miit import fake
from icpportal.gateways.miit.types import PasswordAnswer
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import PASSWORD, cost, errors, look, page_of, reload, send
from transfers.models import Objection, Order

pytestmark = pytest.mark.django_db
GATE = ("service_code",)
RIGHT_DIGEST = "1a64a010767f0725fb52111b0a9e9f84"  # the ministry's own example


def at(moment: str) -> time_machine.travel:
    """Sets the clock to this moment, in UTC."""
    return time_machine.travel(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False)


def draft(**changes: Any) -> Order:
    return make_order(steps=GATE, **changes)


def type_in(client: Client, order: Order, password: str = PASSWORD) -> Any:
    return send(client, order, "filing_password", {"filing_password": password})


def test_a_right_password_stores_its_digest_and_claims_subject_and_domain(client: Client, ministry: Any) -> None:
    order = draft()

    answer = type_in(client, order)

    after = reload(order)
    assert answer["Location"] == reverse("gates-passed", args=[order.reference])
    assert (after.password_digest, after.password_kept, after.claimed) == (RIGHT_DIGEST, True, True)
    assert after.answer("filing_password") == {"filing_number": "宁ICP备00000000号-1"}


def test_the_number_comes_from_the_filing_and_not_from_the_browser(client: Client, ministry: Any) -> None:
    order = draft()

    send(client, order, "filing_password", {"filing_password": PASSWORD, "filing_number": "京ICP备11111111号-1"})

    assert ("password", "宁ICP备00000000号") in ministry.asked
    assert reload(order).answer("filing_password") == {"filing_number": "宁ICP备00000000号-1"}


@pytest.mark.parametrize(("answer", "left"), [(PasswordAnswer.RIGHT, True), (PasswordAnswer.WRONG, False)])
def test_the_password_is_nowhere_afterwards(
    client: Client, ministry: Any, caplog: pytest.LogCaptureFixture, answer: PasswordAnswer, left: bool
) -> None:
    ministry.password_answer = answer
    fake.FakeAuthority.password_answer = answer
    order, secret = draft(), "Geheim9753"
    caplog.set_level(logging.DEBUG)

    page = type_in(client, order, secret)

    after = reload(order)
    assert after.password_kept is left
    assert secret not in page.content.decode()
    assert secret not in str(after.answers) + after.password_digest
    assert secret not in caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert not any(secret in str(session.get_decoded()) for session in Session.objects.all())


ANSWERS = [
    (PasswordAnswer.WRONG, {"filing_password": ["password_wrong"]}),
    (PasswordAnswer.LOCKED, {"filing_password": ["password_locked"]}),
    (PasswordAnswer.UNKNOWN_NUMBER, {"filing_password": ["number_unknown"]}),
    (PasswordAnswer.CANNOT_TELL, {"__all__": ["ministry_down"]}),
]


@pytest.mark.parametrize(("answer", "said"), ANSWERS)
def test_wrong_locked_unknown_and_unreachable_are_different_answers(
    client: Client, ministry: Any, answer: PasswordAnswer, said: dict[str, list[str]]
) -> None:
    ministry.password_answer = fake.FakeAuthority.password_answer = answer
    order = draft()

    page = type_in(client, order)

    assert errors(page) == said
    assert (reload(order).version, reload(order).claimed) == (order.version, False)


def test_the_attempts_count_down_the_last_one_warns_and_then_it_pauses(client: Client, ministry: Any) -> None:
    order = draft()

    said = [errors(type_in(client, order, f"Wrong{n}")) for n in range(6)]

    at_the_field = [{"filing_password": [code]} for code in (*["password_wrong"] * 3, "password_last")]
    assert said == [*at_the_field, *[{"__all__": ["password_paused"]}] * 2]
    assert len([1 for what, _number in ministry.asked if what == "password"]) == 5


def test_the_fifth_wrong_one_says_until_when_it_is_paused_and_closes_the_form(client: Client, ministry: Any) -> None:
    order = draft()
    with at("2026-11-27 07:20"):
        pages = [type_in(client, order, f"Wrong{n}").content.decode() for n in range(5)]

    until = "北京时间11月27日16:20（周五）"
    assert [(until in page, page.count('type="password"')) for page in pages] == [(False, 1)] * 4 + [(True, 0)]
    assert (pages[4].count(until), "验证密码</button>" in pages[4]) == (1, False)


def test_a_later_visit_shows_the_closed_form_until_the_pause_is_over(client: Client, ministry: Any) -> None:
    order = draft()
    with at("2026-11-27 07:20"):
        for n in range(5):
            type_in(client, order, f"Wrong{n}")
    with at("2026-11-27 08:19"):
        paused = look(client, order, "filing_password")
    with at("2026-11-27 08:20"):
        after = look(client, order, "filing_password")

    assert "Checking of this filing password is paused until Fri 27 Nov, 16:20 Beijing time" in paused
    assert ('type="password"' in paused, "Verify password" in paused) == (False, False)
    assert reverse("password-forgotten", args=[order.reference]) in paused
    assert ('type="password"' in after, "is paused" in after) == (True, False)


def test_the_attempts_left_are_the_accounts_if_it_has_fewer(client: Client, ministry: Any, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"filing_password_account": (10, 86400)}
    owner = make_user()
    first, second, third = (make_order(owner, steps=GATE, domain=f"{name}.com") for name in ("one", "two", "three"))
    for n in range(4):
        type_in(client, first, f"Wrong{n}")
        type_in(client, second, f"Other{n}")

    said = [errors(type_in(client, third, f"Third{n}")) for n in range(2)]

    assert said == [{"filing_password": ["password_last"]}, {"__all__": ["password_paused"]}]


def test_the_last_attempt_is_announced_above_the_form(client: Client, ministry: Any) -> None:
    order = draft()
    pages = [type_in(client, order, f"Wrong{n}").content.decode() for n in range(4)]

    assert [("建议先找回密码再试" in page) for page in pages] == [False, False, False, True]


@pytest.mark.parametrize("gateway", ["Down", "Refusing", "Stalling"])
def test_an_outage_costs_no_attempt(
    client: Client, ministry: Any, settings: Any, monkeypatch: pytest.MonkeyPatch, gateway: str
) -> None:
    monkeypatch.setattr(fake.time, "sleep", lambda seconds: None)
    settings.AUTHORITY_GATEWAY = f"icpportal.gateways.miit.fake.{gateway}"
    order = draft()
    outages = [errors(type_in(client, order)) for _ in range(7)]

    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"

    assert outages == [{"__all__": ["ministry_down"]}] * 7
    assert type_in(client, order).status_code == 302


def test_a_busy_process_says_so_and_counts_nothing(client: Client, ministry: Any, settings: Any) -> None:
    settings.GATEWAY_REQUESTS_AT_ONCE = 0
    order = draft()

    assert [errors(type_in(client, order)) for _ in range(7)] == [{"__all__": ["service_busy"]}] * 7
    assert ministry.asked == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "required"), ("密码密码", "password_shape"), ("a\u202eb", "password_shape"), ("x" * 33, "max_length")],
)
def test_an_invalid_password_queries_nobody(client: Client, ministry: Any, typed: str, said: str) -> None:
    page = type_in(client, draft(), typed)

    assert errors(page) == {"filing_password": [said]}
    assert ministry.asked == []


@pytest.mark.parametrize("typed", ["   ", "\u3000", "\u200b"])
def test_a_password_of_spaces_alone_is_a_missing_one_and_costs_no_attempt(
    client: Client, ministry: Any, typed: str
) -> None:
    order = draft()

    assert [errors(type_in(client, order, typed)) for _ in range(6)] == [{"filing_password": ["required"]}] * 6
    assert ministry.asked == []
    assert type_in(client, order).status_code == 302


@pytest.mark.parametrize("around", ["  {} ", "\u3000{}", "\u200e{}\u200b"])
def test_what_was_pasted_around_a_password_is_stripped(client: Client, ministry: Any, around: str) -> None:
    assert type_in(client, draft(), around.format(PASSWORD)).status_code == 302


def test_a_password_in_full_width_letters_is_read_as_the_ministry_sent_it(client: Client, ministry: Any) -> None:
    order = draft()
    full_width = "".join(chr(ord(char) + 0xFEE0) for char in PASSWORD)

    assert type_in(client, order, full_width).status_code == 302
    assert reload(order).password_digest == RIGHT_DIGEST


def test_the_page_of_a_verified_password_says_so_and_leads_on_without_it(client: Client, ministry: Any) -> None:
    order = draft()
    before = look(client, order, "filing_password")
    onwards = type_in(client, order)["Location"]
    after = look(client, order, "filing_password")

    said = "The filing password is verified"
    assert (said in before, said in after) == (False, True)
    assert f'<a class="link" href="{onwards}">Continue</a>' in after
    assert len(ministry.asked) == 1


# --- the race for a subject and a domain -----------------------------------------------------------


def test_the_loser_learns_of_an_order_without_learning_whose_and_may_object(client: Client, ministry: Any) -> None:
    winner = make_order(make_user("winner@example.com"), domain="example.com", subject_key="c" * 64)
    order = draft(domain="example.com", subject_key="c" * 64)

    page = type_in(client, order)

    text = page.content.decode()
    assert errors(page) == {"__all__": ["taken"]}
    assert reverse("taken", args=[order.reference]) in text
    assert (winner.reference in text, "winner@" in text, PASSWORD in text) == (False, False, False)
    assert (reload(order).password_digest, reload(order).answers) == ("", order.answers)


def test_an_objection_is_sent_once_and_a_reviewer_finds_it(client: Client, ministry: Any) -> None:
    order = draft(domain="example.com")
    page = reverse("taken", args=[order.reference])
    sign_in(client, order.owner)

    first = client.post(page, {"words": "域名由我公司持有"})
    second = client.post(page, {"words": "再说一次"})

    assert (first.status_code, first["Location"]) == (302, page)
    assert (second.status_code, Objection.objects.get().words) == (200, "域名由我公司持有")
    assert "已收到您的异议" in client.get(page).content.decode()


def test_the_holder_of_the_claim_has_nothing_to_object_to(client: Client) -> None:
    order = make_order()

    assert sign_in(client, order.owner).get(reverse("taken", args=[order.reference])).status_code == 404


def test_an_order_that_left_its_draft_during_the_query_is_shown_as_it_is(
    client: Client, ministry: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = draft()
    check = fake.FakeAuthority.check_password

    def abandoned_meanwhile(self: Any, number: str, password: str, *, timeout: float | None = None) -> Any:
        Order.objects.filter(pk=order.pk).update(state=states.ABANDONED, version=7)
        return check(self, number, password, timeout=timeout)

    monkeypatch.setattr(fake.FakeAuthority, "check_password", abandoned_meanwhile)

    answer = type_in(client, order)

    assert (answer.status_code, answer["Location"]) == (302, order.get_absolute_url())
    assert (reload(order).state, reload(order).password_digest) == (states.ABANDONED, "")


# --- the frame -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "忘记备案密码"), ("en", "I forgot the filing password")])
def test_the_page_never_shows_a_password_and_links_to_its_retrieval(client: Client, language: str, words: str) -> None:
    order = draft()

    page = look(client, order, "filing_password", language)

    assert (words in page, reverse("password-forgotten", args=[order.reference]) in page) == (True, True)
    assert 'autocomplete="off"' in page


def test_a_stranger_cannot_use_up_the_owners_attempts(client: Client, ministry: Any) -> None:
    order = draft()

    answer = sign_in(client, make_user()).post(page_of(order, "filing_password"), {"filing_password": "Wrong1"})

    assert (answer.status_code, ministry.asked) == (404, [])


def test_skipping_the_service_code_leads_back_to_it(client: Client, ministry: Any) -> None:
    order = make_order(steps=())

    answer = type_in(client, order)

    assert answer["Location"] == page_of(order, "service_code")
    assert (reload(order).claimed, ministry.asked) == (False, [])


def test_a_profile_without_a_password_has_no_such_page(client: Client, ministry: Any) -> None:
    order = draft(rule_profile="current-2020")

    pages = [sign_in(client, order.owner).get(page_of(order, "filing_password"))]
    pages += [client.post(page_of(order, "filing_password"), {"filing_password": PASSWORD})]
    pages += [client.get(reverse("password-forgotten", args=[order.reference]))]

    assert [page.status_code for page in pages] == [404, 404, 404]


def test_the_step_takes_at_most_ten_queries_to_show_and_fourteen_to_submit(client: Client, ministry: Any) -> None:
    order = draft()
    sign_in(client, order.owner)

    shown = cost(lambda: client.get(page_of(order, "filing_password")))
    wrong = cost(lambda: client.post(page_of(order, "filing_password"), {"filing_password": "Wrong1"}, follow=False))
    right = cost(lambda: client.post(page_of(order, "filing_password"), {"filing_password": PASSWORD}, follow=False))

    assert reload(order).password_kept
    assert (shown <= 10, wrong <= 14, right <= 14) == (True, True, True), (shown, wrong, right)


def test_the_owner_of_a_filing_is_notified_once_a_day_of_strangers_and_has_attempts_of_their_own(
    client: Client, ministry: Any, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "filing_password_order": (9, 3600), "filing_password_number": (3, 86400)}
    owner, stranger = make_user(language="en"), draft()
    Subject.objects.create(
        owner=owner,
        nature="company",
        id_type=1,
        id_number="91440300MA5FXT0A1B",
        name="Lin",
        subject_number="宁ICP备00000000号",
        region="640104",
    )
    own = draft(owner=owner, domain="example.net")

    with at("2026-11-24T04:00"):
        for number in range(3):
            type_in(client, stranger, f"Wrong{number}")
        told = list(Message.objects.filter(template="filing_password_tried").values_list("channel", "user"))
        locked = type_in(client, stranger)
        mine = type_in(client, own, "Wrong9")
        right = type_in(client, own)
    with at("2026-11-25T05:00"):
        type_in(client, stranger, "Wrong10")

    assert sorted(told) == [(channel, owner.pk) for channel in ("email", "site", "sms")]
    assert "password_paused" in str(errors(locked))
    assert errors(mine) == {"filing_password": ["password_wrong"]}
    assert right["Location"] == reverse("gates-passed", args=[own.reference])
    assert Message.objects.filter(template="filing_password_tried").count() == 6
    letter = Message.objects.filter(template="filing_password_tried", channel="site").first()
    assert letter is not None
    assert "宁ICP备" not in letter.key
