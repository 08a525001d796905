"""Each person's own consent to the use of pictures of their papers."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import translation

from tests.rivals import just_before
from verification import consents
from verification.models import Consent

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)


def give(person: str = "lead", holder: str = "T7Q4-M2KX", **more: str) -> Consent:
    return consents.give(holder=holder, person_key=person, now=NOW, **more)


def test_a_consent_stores_its_version_its_language_and_its_time():
    consent = give(language="en", client="192.0.2.7")

    consent.refresh_from_db()
    assert (consent.version, consent.language, consent.given_at, consent.withdrawn_at) == (
        consents.CURRENT,
        "en",
        NOW,
        None,
    )
    assert len(consent.client_index) == 64
    assert "192.0.2.7" not in consent.client_index


def test_the_language_is_that_of_the_page_unless_given():
    with translation.override("en"):
        assert give().language == "en"


def test_it_is_valid_only_for_that_person_and_that_holder():
    assert "lead" not in consents.active_consents("T7Q4-M2KX")

    give()
    give("administrator", holder="OTHER")

    assert "lead" in consents.active_consents("T7Q4-M2KX")
    assert "administrator" not in consents.active_consents("T7Q4-M2KX")
    assert "lead" not in consents.active_consents("OTHER")


def test_given_twice_the_first_counts():
    first = give()

    again = consents.give(holder="T7Q4-M2KX", person_key="lead", now=NOW + timedelta(days=1))

    assert (again.pk, again.given_at) == (first.pk, NOW)
    assert Consent.objects.count() == 1


def test_of_two_presses_at_one_moment_both_get_the_consent_of_the_first():
    given = []
    with just_before("INSERT", lambda: given.append(give()), of=Consent):
        again = give()

    assert [again] == given
    assert Consent.objects.get().given_at == NOW


def test_a_consent_takes_one_look_and_one_insert(django_assert_num_queries):
    with django_assert_num_queries(2):
        give()


def test_a_withdrawn_consent_stays_on_record_and_can_be_given_again():
    give()

    assert consents.withdraw(holder="T7Q4-M2KX", person_key="lead", now=NOW) is True
    assert "lead" not in consents.active_consents("T7Q4-M2KX")
    assert consents.withdraw(holder="T7Q4-M2KX", person_key="lead") is False

    give()
    assert "lead" in consents.active_consents("T7Q4-M2KX")
    assert [consent.withdrawn_at for consent in Consent.objects.order_by("pk")] == [NOW, None]


def test_withdrawing_affects_nobody_elses():
    give()
    give("administrator")

    consents.withdraw(holder="T7Q4-M2KX", person_key="lead")

    assert consents.active_consents("T7Q4-M2KX") == {"administrator"}


def test_a_new_text_requires_a_new_consent(monkeypatch):
    give()
    monkeypatch.setattr(consents, "TEXTS", {**consents.TEXTS, "2027-01": consents.TEXTS[consents.CURRENT]})

    assert "lead" not in consents.active_consents("T7Q4-M2KX", version="2027-01")
    give(version="2027-01")

    assert "lead" in consents.active_consents("T7Q4-M2KX", version="2027-01")
    assert "lead" in consents.active_consents("T7Q4-M2KX")


def test_a_missing_text_cannot_be_agreed_to():
    with pytest.raises(ValueError, match="1999"):
        give(version="1999-01")


def test_the_current_text_is_one_of_the_texts_and_differs_by_language():
    text = consents.TEXTS[consents.CURRENT]

    with translation.override("en"):
        assert str(text.label) == "I agree to the use of document pictures for verification"
        assert "sensitive personal data" in str(text.explanation)


@pytest.mark.parametrize("people", [1, 3])
def test_a_page_makes_one_query_for_everybody(django_assert_num_queries, people: int):
    for number in range(people):
        give(f"person{number}")

    with django_assert_num_queries(1):
        assert len(consents.active_consents("T7Q4-M2KX")) == people


@pytest.mark.django_db(transaction=True)
def test_concurrent_posts_give_one_consent():
    start, trouble = threading.Barrier(6), []

    def post() -> None:
        try:
            start.wait()
            give()
        except Exception as problem:
            trouble.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert trouble == []
    assert Consent.objects.count() == 1
