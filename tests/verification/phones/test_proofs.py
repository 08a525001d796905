"""A mobile is tested: by a code on the page, or by a link on the phone."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from icpportal.codes.actions import Verdict
from icpportal.codes.refusals import TooMany, TooSoon
from icpportal.codes.shares import Requester
from tests.rivals import just_before
from verification.models import PhoneProof
from verification.phones import proofs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
MINE, OTHER = "13900000001", "13900000002"
HOLDER = "T7Q4-M2KX"
LETTERS: list[dict[str, Any]] = []


def tell(**letter: Any) -> None:
    """Replaces the outbox."""
    LETTERS.append(letter)


@pytest.fixture(autouse=True)
def letters(settings):
    settings.MESSENGER = f"{__name__}.tell"
    settings.CODE_RESEND_SECONDS = 60
    settings.LIMITS = {
        **settings.LIMITS,
        "code_destination_hour": (5, 3600),
        "code_destination_day": (10, 86400),
        "code_client_hour": (20, 3600),
    }
    LETTERS.clear()
    return LETTERS


def after(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def start(
    mobile: str = MINE, *, person: str = "lead", holder: str = HOLDER, minutes: float = 0, client: str = "", **more: Any
) -> PhoneProof:
    return proofs.start(
        holder=holder,
        person_key=person,
        mobile=mobile,
        language="zh-hans",
        requester=Requester(client),
        link=lambda token: f"https://beian.example.com/phone/{token}/",
        now=after(minutes),
        **more,
    )


def enter(typed: str, *, person: str = "lead", holder: str = HOLDER, minutes: float = 1) -> Verdict:
    return proofs.enter_code(holder=holder, person_key=person, typed=typed, now=after(minutes))


def code(number: int = -1) -> str:
    return LETTERS[number]["context"]["code"]


def token(number: int = -1) -> str:
    return LETTERS[number]["context"]["link"].rsplit("/", 2)[1]


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 1_000_000:06}"


def is_proved(mobile: str = MINE, person: str = "lead") -> bool:
    return proofs.is_proved(HOLDER, person, mobile)


def test_one_text_contains_code_and_link():
    proof = start(context={"domain": "example.com"})

    (letter,) = LETTERS
    assert (letter["template"], letter["channel"], letter["to"], letter["language"]) == (
        "code_phone_proof",
        "sms",
        MINE,
        "zh-hans",
    )
    assert set(letter["context"]) == {"domain", "code", "link"}
    assert len(token()) == 32  # 192 bits
    assert (proof.asked_at, proof.is_proved) == (NOW, False)


def test_the_right_code_proves_the_mobile_and_no_other():
    start()

    assert enter(code()) == Verdict("right")

    assert is_proved()
    assert not is_proved(OTHER)
    assert not is_proved(person="administrator")
    assert not proofs.is_proved("OTHER", "lead", MINE)
    assert PhoneProof.objects.get().proved_at == after(1)


def test_a_wrong_code_proves_nothing_and_says_how_many_attempts_are_left():
    start()

    assert enter(wrong(code())) == Verdict("wrong", 4)

    assert not is_proved()


def test_a_code_lasts_ten_minutes():
    start()

    assert enter(code(), minutes=10).state == "expired"
    assert not is_proved()


def test_without_a_sent_code_no_entry_is_right():
    assert enter("123456") == Verdict("none")


def test_a_code_is_bound_to_holder_and_person():
    start(person="lead")
    start(OTHER, person="administrator", holder="OTHER")

    assert enter(code(0), person="administrator", holder="OTHER").state == "wrong"
    assert enter(code(0), person="administrator").state == "none"
    assert enter(code(0)).state == "right"


def test_opening_the_link_shows_and_proves_nothing():
    start()

    for _preview in range(5):
        assert proofs.open_link(token(), now=after(1)).masked_mobile == "139****0001"

    assert not is_proved()


def test_confirming_the_link_proves_once():
    start()

    proof = proofs.confirm_link(token(), now=after(2))

    assert (proof.person_key, proof.proved_at, proof.link_expires_at) == ("lead", after(2), None)
    assert is_proved()
    assert proofs.confirm_link(token(), now=after(3)) is None
    assert proofs.open_link(token(), now=after(3)) is None


def test_a_link_confirmed_between_reading_and_writing_is_not_confirmed_again(monkeypatch):
    start()
    original, link = proofs.open_link, token()

    def open_slowly(one: str, *, now: datetime) -> PhoneProof | None:
        proof = original(one, now=now)
        monkeypatch.setattr(proofs, "open_link", original)
        proofs.confirm_link(one, now=after(1))
        return proof

    monkeypatch.setattr(proofs, "open_link", open_slowly)

    assert proofs.confirm_link(link, now=after(2)) is None
    assert PhoneProof.objects.get().proved_at == after(1)


@pytest.mark.parametrize("bad", ["", "x", "A" * 32])
def test_an_invented_link_opens_nothing(bad: str):
    start()
    PhoneProof.objects.create(
        holder="OLD", person_key="lead", mobile=OTHER, mobile_index="0" * 64, asked_at=NOW, link_expires_at=after(60)
    )

    assert proofs.open_link(bad, now=after(1)) is None
    assert proofs.confirm_link(bad, now=after(1)) is None
    assert not PhoneProof.objects.filter(proved_at__isnull=False).exists()


def test_a_link_lasts_ten_minutes():
    start()

    assert proofs.open_link(token(), now=after(9.99)) is not None
    assert proofs.open_link(token(), now=after(10)) is None
    assert proofs.confirm_link(token(), now=after(10)) is None


def test_the_code_also_invalidates_the_link():
    start()
    enter(code())

    assert proofs.confirm_link(token(), now=after(2)) is None


def test_another_mobile_invalidates_the_proof_and_the_old_code_and_link():
    start()
    enter(code())

    start(OTHER, minutes=2)

    assert not is_proved(MINE)
    assert not is_proved(OTHER)
    assert PhoneProof.objects.count() == 1
    assert enter(code(0), minutes=3).state in ("wrong", "none")
    assert enter(code(1), minutes=3).state == "right"
    assert is_proved(OTHER)


def test_a_code_for_the_old_mobile_does_not_prove_the_new_one():
    start()
    start(OTHER, minutes=1)

    assert enter(code(0), minutes=2).state == "wrong"
    assert proofs.confirm_link(token(0), now=after(2)) is None
    assert not is_proved(OTHER)


def test_a_mobile_changed_while_the_code_was_entered_is_not_proved(monkeypatch):
    start()
    original = proofs.codes.enter

    def enter_slowly(**how: Any) -> Verdict:
        verdict = original(**how)
        start(OTHER, minutes=1)
        return verdict

    monkeypatch.setattr(proofs.codes, "enter", enter_slowly)

    assert enter(code(0)).state == "expired"
    assert not is_proved(OTHER)
    assert not is_proved(MINE)


def test_a_proved_mobile_gets_no_more_texts():
    start()
    enter(code())

    proof = start(minutes=3)

    assert proof.is_proved
    assert len(LETTERS) == 1


def test_another_text_within_a_minute_is_too_soon_and_changes_nothing():
    start()
    before = PhoneProof.objects.get()

    with pytest.raises(TooSoon):
        start(minutes=0.5)

    assert PhoneProof.objects.get().link_digest == before.link_digest
    assert proofs.confirm_link(token(), now=after(1)) is not None


def test_a_refused_text_to_a_new_mobile_keeps_the_old_proof(settings):
    settings.LIMITS = {**settings.LIMITS, "code_client_hour": (1, 3600)}
    start(client="192.0.2.7")
    enter(code())

    with pytest.raises(TooMany):
        start(OTHER, minutes=2, client="192.0.2.7")

    assert is_proved(MINE)


def test_neither_mobile_nor_link_is_readable_in_the_database():
    start()

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM verification_phoneproof")
        rows = repr(cursor.fetchall())
    assert MINE not in rows
    assert token() not in rows
    assert PhoneProof.objects.get().mobile == MINE
    assert str(PhoneProof.objects.get()) == "139****0001"


def test_the_link_leads_to_the_portals_own_page(settings, monkeypatch):
    settings.PUBLIC_BASE_URL = "https://beian.example.com/"
    monkeypatch.setattr(proofs, "reverse", lambda name, args: f"/{name}/{args[0]}/")

    assert proofs.address_of("abc") == "https://beian.example.com/phone-link/abc/"


def test_deleting_a_holders_proofs_deletes_no_others():
    start()
    start(OTHER, holder="OTHER")

    assert proofs.forget(HOLDER) == 1

    assert [proof.holder for proof in PhoneProof.objects.all()] == ["OTHER"]


@pytest.mark.parametrize("people", [1, 3])
def test_a_page_makes_one_query_for_everybody(django_assert_num_queries, people: int):
    for number in range(people):
        start(f"1390000000{number}", person=f"person{number}")

    with django_assert_num_queries(1):
        assert len(proofs.proofs(HOLDER)) == people


def together(times: int, work: Any) -> list[Any]:
    """The results of `work` in as many threads, started at once."""
    gate, answers = threading.Barrier(times), []

    def run() -> None:
        try:
            gate.wait()
            answers.append(work())
        except TooSoon:
            answers.append("too soon")
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.django_db(transaction=True)
def test_a_link_confirmed_by_concurrent_posts_is_confirmed_once():
    start()
    link = token()

    answers = together(8, lambda: proofs.confirm_link(link, now=after(1)))

    assert len([answer for answer in answers if answer]) == 1
    assert is_proved()


@pytest.mark.django_db(transaction=True)
def test_concurrent_posts_send_one_text():
    answers = together(6, start)

    assert answers.count("too soon") == 5
    assert len(LETTERS) == 1
    assert PhoneProof.objects.count() == 1


@pytest.mark.services
def test_a_phone_confirmed_at_the_moment_of_a_second_press_stays_confirmed_and_is_not_texted_again():
    start()
    link = token()

    with just_before("SELECT", lambda: proofs.confirm_link(link, now=after(2)), of=PhoneProof, locks=True):
        start(minutes=2)

    assert is_proved()
    assert len(LETTERS) == 1
