import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict

from icpportal.codes import actions
from icpportal.codes.actions import Destination, Verdict
from icpportal.codes.models import Allowance, Code
from icpportal.codes.refusals import TooMany, TooSoon
from icpportal.codes.shares import Requester
from tests.icpportal.codes.letterbox import another, codes_to

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIN = "lin@example.com"


def issue(*, now=NOW, destination=LIN, client="", **differently):
    to, requester = Destination(destination, "email", "en"), Requester(client)
    facts = {"purpose": "reset", "holder": "reset:1", "to": to, "requester": requester}
    return actions.issue(**{**facts, **differently}, now=now)


def enter(typed, *, now=NOW, **differently):
    return actions.enter(**{"purpose": "reset", "holder": "reset:1", **differently}, typed=typed, now=now)


@pytest.mark.django_db
def test_issue_queues_one_message_with_a_code_of_six_digits(letters):
    code = issue(context={"domain": "example.com"})

    sent = letters[0]["context"].pop("code")
    assert letters == [
        {
            "key": f"code:{code.pk}",
            "template": "code_reset",
            "channel": "email",
            "to": LIN,
            "language": "en",
            "context": {"domain": "example.com"},
        }
    ]
    assert len(sent) == 6
    assert sent.isdigit()


@pytest.mark.django_db
def test_neither_the_code_nor_the_destination_is_stored_in_plain_text():
    code = issue(client="192.0.2.7")

    plain = codes_to(LIN)[0]
    rows = json.dumps([model_to_dict(code), *Allowance.objects.values("name", "key")], default=str)
    assert plain not in rows
    assert LIN not in rows
    assert "192.0.2.7" not in rows
    assert len(code.digest) == 64
    assert code.expires_at == NOW + 10 * MINUTE


@pytest.mark.django_db
def test_the_same_digits_have_another_digest_for_another_purpose_or_holder(monkeypatch):
    monkeypatch.setattr(actions.secrets, "randbelow", lambda _below: 204816)
    places = [("reset", "reset:1"), ("reset", "reset:2"), ("email", "reset:1")]

    for number, (purpose, holder) in enumerate(places):
        issue(purpose=purpose, holder=holder, destination=f"p{number}@example.com")

    assert codes_to("p0@example.com") == ["204816"]
    assert len(set(Code.objects.values_list("digest", flat=True))) == 3


@pytest.mark.django_db
def test_the_right_code_is_accepted_once():
    issue()
    code = codes_to(LIN)[0]

    verdicts = [enter(code), enter(code)]

    assert verdicts == [Verdict("right"), Verdict("spent")]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["{0} {1}", "{0}-{1}", " {0}{1} ", "full-width"])
def test_spaces_dashes_and_full_width_digits_are_accepted(typed):
    issue()
    code = codes_to(LIN)[0]
    wide = code.translate({ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"})

    verdict = enter(wide if typed == "full-width" else typed.format(code[:3], code[3:]))

    assert verdict == Verdict("right")


@pytest.mark.django_db
def test_a_code_is_valid_only_for_its_own_purpose_and_holder():
    issue()
    issue(purpose="sign_up", holder="sign_up:9", destination="chen@example.com")
    code, chens = codes_to(LIN)[0], codes_to("chen@example.com")[0]

    elsewhere = [
        enter(code, purpose="email"),
        enter(code, holder="reset:2"),
        enter(chens) if chens != code else Verdict("wrong", 4),
    ]

    assert elsewhere == [Verdict("none"), Verdict("none"), Verdict("wrong", 4)]
    assert enter(code) == Verdict("right")


@pytest.mark.django_db
def test_the_fifth_wrong_attempt_is_the_last_and_the_right_code_comes_too_late():
    issue()
    code = codes_to(LIN)[0]

    verdicts = [enter(another(code)) for _ in range(5)] + [enter(code)]

    assert verdicts == [
        Verdict("wrong", 4),
        Verdict("wrong", 3),
        Verdict("wrong", 2),
        Verdict("wrong", 1),
        Verdict("spent"),
        Verdict("spent"),
    ]


@pytest.mark.django_db
def test_the_attempt_is_counted_before_the_comparison(monkeypatch):
    issue()
    seen = []
    monkeypatch.setattr(actions, "is_same", lambda one, other: seen.append(Code.objects.get().attempts) or one == other)

    enter(another(codes_to(LIN)[0]))

    assert seen == [1]


@pytest.mark.django_db
def test_a_code_is_valid_to_the_last_moment_and_not_at_the_tenth_minute():
    issue()
    code = codes_to(LIN)[0]

    at_the_limit = enter(code, now=NOW + 10 * MINUTE)
    just_before = enter(code, now=NOW + 10 * MINUTE - timedelta(microseconds=1))

    assert at_the_limit == Verdict("expired")
    assert just_before == Verdict("right")


@pytest.mark.django_db
def test_an_earlier_code_stays_valid_until_one_is_spent():
    issue()
    issue(now=NOW + MINUTE)
    earlier, later = codes_to(LIN)

    verdicts = [enter(earlier, now=NOW + 2 * MINUTE), enter(later, now=NOW + 2 * MINUTE)]

    assert verdicts == [Verdict("right"), Verdict("spent")]


@pytest.mark.django_db
def test_a_code_used_up_by_wrong_attempts_does_not_affect_the_next_one():
    issue()
    for _ in range(5):
        enter(another(codes_to(LIN)[0]))
    issue(now=NOW + MINUTE)

    assert enter(codes_to(LIN)[1], now=NOW + MINUTE) == Verdict("right")


@pytest.mark.django_db
def test_nothing_is_accepted_before_a_code_was_sent():
    assert enter("000000") == Verdict("none")


@pytest.mark.django_db
def test_the_next_code_waits_its_seconds_even_for_another_holder_at_the_same_destination():
    issue()

    with pytest.raises(TooSoon) as refused:
        issue(now=NOW + timedelta(seconds=20), holder="reset:2")

    assert refused.value.seconds == 40
    assert issue(now=NOW + MINUTE).pk


@pytest.mark.django_db
def test_the_sixth_code_to_one_destination_within_the_hour_is_refused_and_others_still_get_theirs():
    for number in range(5):
        issue(now=NOW + number * MINUTE)

    with pytest.raises(TooMany) as refused:
        issue(now=NOW + 5 * MINUTE)

    assert refused.value.until == NOW + timedelta(hours=1)
    assert issue(now=NOW + 5 * MINUTE, destination="chen@example.com", holder="reset:2").pk


@pytest.mark.django_db
def test_the_eleventh_code_to_one_destination_within_the_day_is_refused():
    for number in range(10):
        issue(now=NOW + number * timedelta(minutes=61))

    with pytest.raises(TooMany) as refused:
        issue(now=NOW + 10 * timedelta(minutes=61))

    assert refused.value.until == NOW + timedelta(days=1)


@pytest.mark.django_db
def test_one_client_gets_twenty_codes_an_hour_and_its_neighbour_is_not_affected(letters):
    for number in range(20):
        issue(destination=f"p{number}@example.com", holder=f"reset:{number}", client="192.0.2.7")

    with pytest.raises(TooMany):
        issue(destination="one-more@example.com", client="192.0.2.7")

    assert issue(destination="one-more@example.com", client="192.0.2.8").pk
    assert len(letters) == 21


@pytest.mark.django_db
def test_a_refused_code_leaves_no_row_no_message_and_no_count(letters):
    issue(client="192.0.2.7")
    before = sorted(Allowance.objects.values_list("name", "used"))

    with pytest.raises(TooSoon):
        issue(client="192.0.2.7")

    assert sorted(Allowance.objects.values_list("name", "used")) == before
    assert Code.objects.count() == len(letters) == 1


@pytest.mark.django_db
def test_standing_tells_the_page_what_is_left():
    issue()
    enter(another(codes_to(LIN)[0]))

    soon = actions.status_of(purpose="reset", holder="reset:1", now=NOW + timedelta(seconds=15, milliseconds=200))
    over = actions.status_of(purpose="reset", holder="reset:1", now=NOW + 10 * MINUTE)

    assert soon == actions.CodeStatus(left=4, expires_at=NOW + 10 * MINUTE, resend_in=45)
    assert over == actions.CodeStatus(left=0, expires_at=None, resend_in=0)


@pytest.mark.django_db
def test_codes_are_deleted_a_day_after_they_expired():
    issue()
    issue(now=NOW + 5 * MINUTE)
    a_day_later = NOW + 12 * MINUTE + timedelta(days=1)

    gone = actions.forget_old(now=a_day_later)

    assert gone == 1
    assert [code.created_at for code in Code.objects.all()] == [NOW + 5 * MINUTE]


@pytest.mark.django_db
def test_a_spent_code_costs_few_queries(django_assert_num_queries):
    issue()
    code = codes_to(LIN)[0]

    with django_assert_num_queries(4):  # find the live ones, count, spend, compare
        enter(code)


def at_once(work, times):
    """Does the same in several threads that start together; returns their results."""
    gate, answers = threading.Barrier(times), []

    def run(number):
        try:
            gate.wait()
            answers.append(work(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_a_code_entered_by_eight_requests_at_once_is_accepted_exactly_once():
    issue()
    code = codes_to(LIN)[0]

    verdicts = at_once(lambda _number: enter(code).state, 8)

    assert sorted(verdicts) == ["right"] + ["spent"] * 7
    assert Code.objects.get().attempts <= 5


@pytest.mark.django_db(transaction=True)
def test_of_two_valid_codes_entered_at_once_one_is_accepted():
    issue()
    issue(now=NOW + MINUTE)
    both = codes_to(LIN)

    verdicts = at_once(lambda number: enter(both[number % 2], now=NOW + MINUTE).state, 4)

    assert verdicts.count("right") == 1
    assert Code.objects.filter(spent_at=None).count() == 0


@pytest.mark.django_db(transaction=True)
def test_concurrent_wrong_attempts_never_get_a_sixth():
    issue()
    wrong = another(codes_to(LIN)[0])

    verdicts = at_once(lambda _number: enter(wrong).state, 8)

    assert Code.objects.get().attempts == 5
    assert set(verdicts) <= {"wrong", "spent"}
    assert enter(codes_to(LIN)[0]) == Verdict("spent")


@pytest.mark.django_db(transaction=True)
def test_codes_requested_at_once_are_sent_once(letters):
    def ask(_number):
        try:
            return issue().purpose
        except TooSoon:
            return "too soon"

    answers = at_once(ask, 6)

    assert sorted(answers) == ["reset"] + ["too soon"] * 5
    assert Code.objects.count() == len([letter for letter in letters if letter["key"]]) == 1


@pytest.mark.django_db(transaction=True)
def test_the_message_is_queued_in_the_transaction_of_its_code():
    inside = []

    def tell(**_letter):
        inside.append(transaction.get_connection().in_atomic_block)

    actions_messenger, actions._messenger = actions._messenger, lambda: tell
    try:
        issue()
    finally:
        actions._messenger = actions_messenger

    assert inside == [True]
