from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.urls import reverse

from icpportal.accounts import actions, roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Pending, User
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, read, words, work
from tests.icpportal.codes.letterbox import another, codes_to

RESET = "/account/password/reset/"
CODE = "/account/password/reset/code/"
NEW = "/account/password/reset/new/"
OTHER = "willow-lantern-77"

pytestmark = pytest.mark.django_db


def prove(client, email="lin@example.com"):
    client.post(RESET, {"email": email})
    return client.post(CODE, {"code": codes_to(email)[-1]})


def choose(client, password=OTHER):
    return client.post(NEW, {"password1": password, "password2": password})


def test_a_reset_takes_address_code_and_a_new_password(client, lin, chen, letters):
    asked = client.post(RESET, {"email": "LIN@example.com"})
    proved = client.post(asked.url, {"code": codes_to(lin.email)[0]})
    done = choose(client)

    assert [asked.url, proved.url, done.url] == [CODE, NEW, reverse("account_login")]
    assert [(one["template"], one["to"]) for one in letters] == [
        ("code_reset", lin.email),
        ("account_changed", lin.email),
    ]
    lin.refresh_from_db()
    chen.refresh_from_db()
    assert (lin.check_password(OTHER), lin.check_password(PASSWORD)) == (True, False)
    assert chen.check_password(PASSWORD)


def test_every_session_of_the_account_ends_and_nobody_elses(client, client_factory, lin, chen):
    laptop, phone, chens = client_factory(), client_factory(), client_factory()
    for browser, user in ((laptop, lin), (phone, lin), (chens, chen)):
        browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    prove(client)
    choose(client)

    keys = [browser.cookies["session"].value for browser in (laptop, phone, chens)]
    assert [Session.objects.filter(session_key=key).exists() for key in keys] == [False, False, True]
    assert [browser.get("/papers/").status_code for browser in (laptop, phone, chens)] == [302, 302, 200]


def test_an_unknown_address_gets_the_same_page_the_same_letter_and_the_same_work(client, client_factory, lin, letters):
    known, unknown = client_factory(REMOTE_ADDR="192.0.2.1"), client_factory(REMOTE_ADDR="192.0.2.2")
    known.get(RESET), unknown.get(RESET)

    with work() as for_known:
        one = known.post(RESET, {"email": lin.email})
    with work() as for_unknown:
        other = unknown.post(RESET, {"email": "nobody@example.com"})

    assert (one.status_code, one.url) == (other.status_code, other.url) == (302, CODE)
    assert for_known == for_unknown
    assert words(known.get(CODE)).replace(lin.email, "A") == words(unknown.get(CODE)).replace("nobody@example.com", "A")
    assert [(letter["template"], letter["channel"]) for letter in letters] == [("code_reset", "email")] * 2


def test_only_the_reader_of_the_mailbox_learns_that_there_is_no_account(client, lin):
    response = prove(client, "nobody@example.com")

    assert response.url == RESET
    assert "There is no account with this address" in words(client.get(RESET))
    assert client.get(NEW).url == RESET


def test_wrong_codes_for_known_and_unknown_addresses_read_the_same(client, client_factory, lin):
    answers = []
    for browser, email in ((client, lin.email), (client_factory(), "nobody@example.com")):
        browser.post(RESET, {"email": email})
        wrong = another(codes_to(email)[0])
        answers.append([errors(browser.post(CODE, {"code": wrong}))["code"] for _ in range(5)])

    assert answers[0] == answers[1] == [["code_wrong"]] * 4 + [["code_spent"]]


def test_a_closed_account_counts_as_none(client, lin):
    lin.is_active = False
    lin.save()

    assert prove(client).url == RESET


def test_the_new_password_page_needs_the_code_first(client, lin):
    client.post(RESET, {"email": lin.email})

    assert client.get(NEW).url == RESET
    assert choose(client).url == RESET
    lin.refresh_from_db()
    assert lin.check_password(PASSWORD)


def test_the_proof_lasts_ten_minutes(client, lin):
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        prove(client)
        clock.shift(timedelta(minutes=10, seconds=1))

        assert client.get(NEW).url == RESET


def test_the_proof_is_invalid_once_the_password_changed(client, lin):
    prove(client)
    lin.set_password("changed-elsewhere-5")
    lin.save()

    assert choose(client).url == RESET
    lin.refresh_from_db()
    assert lin.check_password("changed-elsewhere-5")


def test_the_proof_is_invalid_once_the_account_has_another_address(client, lin):
    prove(client)
    actions.confirm_email(actions.begin(Pending.Kind.EMAIL, destination="new@example.com", language="en", user=lin))

    assert client.get(NEW).url == RESET
    assert choose(client).url == RESET
    assert User.objects.get(pk=lin.pk).check_password(PASSWORD)


def test_the_proof_is_valid_once(client, lin):
    prove(client)
    choose(client)

    assert choose(client, "third-password-99").url == RESET
    lin.refresh_from_db()
    assert lin.check_password(OTHER)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("short7!", "short7!", {"password1": ["password_too_short"]}),
        (OTHER, "willow-lantern-78", {"password2": ["password_differs"]}),
        ("lin@example.com", "lin@example.com", {"password1": ["password_too_similar"]}),
    ],
)
def test_a_weak_password_is_refused_and_the_proof_remains(client, lin, first, second, expected):
    prove(client)

    refused = client.post(NEW, {"password1": first, "password2": second})

    assert errors(refused) == expected
    assert choose(client).url == reverse("account_login")


def test_staff_need_a_longer_one(client):
    rev = open_account(
        email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,), confirmed=False
    )
    prove(client, rev.email)

    refused = choose(client, "elevenchar1")
    accepted = choose(client, "twelve-chars1")

    assert errors(refused) == {"password1": ["password_staff"]}
    assert accepted.url == reverse("account_login")


def test_the_proved_mailbox_counts_as_confirmed(client):
    rev = open_account(
        email="rev@example.com", password=PASSWORD, name="Wang", held_roles=(roles.REVIEWER,), confirmed=False
    )

    prove(client, rev.email)
    choose(client)

    assert EmailAddress.objects.get(user=rev).verified is True


def test_a_lock_after_wrong_passwords_ends_with_the_new_one(client, lin):
    for _ in range(5):
        client.post(reverse("account_login"), {"login": lin.email, "password": "wrong-bridge-42"})
    prove(client)
    choose(client)

    response = client.post(reverse("account_login"), {"login": lin.email, "password": OTHER})

    assert response.url == reverse("dashboard")


def test_the_session_holds_neither_code_nor_address(client, lin):
    client.post(RESET, {"email": lin.email})
    held = repr(dict(client.session.items()))
    client.post(CODE, {"code": codes_to(lin.email)[0]})
    held += repr(dict(client.session.items()))

    assert [secret for secret in (codes_to(lin.email)[0], lin.email) if secret in held] == []


def test_the_session_id_changes_when_the_mailbox_is_proved(client, lin):
    client.post(RESET, {"email": lin.email})
    before = client.session.session_key

    client.post(CODE, {"code": codes_to(lin.email)[0]})

    assert client.session.session_key != before


def test_an_attacker_who_requests_codes_too_cannot_use_up_the_owners_code(client, client_factory, lin):
    attacker = client_factory()
    with time_machine.travel("2026-11-24T08:00:00Z", tick=False) as clock:
        client.post(RESET, {"email": lin.email})
        clock.shift(60)
        attacker.post(RESET, {"email": lin.email})
        owners = codes_to(lin.email)[0]
        for _ in range(6):
            attacker.post(CODE, {"code": another(owners)})

        response = client.post(CODE, {"code": owners})

    assert response.url == NEW


def test_pending_changes_of_the_account_are_void_afterwards(client, client_factory, lin):
    thief = client_factory()
    thief.force_login(lin)
    thief.post("/account/step-up/", {"send": "email"})

    prove(client)
    choose(client)

    assert Pending.objects.filter(user=lin).count() == 0


def test_a_signed_in_reader_is_sent_to_change_the_password_in_the_account(client, lin):
    client.force_login(lin)

    assert client.get(RESET).url == reverse("account_change_password")


def test_the_same_address_is_not_mailed_again_at_once(client, lin, letters):
    client.post(RESET, {"email": lin.email})

    response = client.post(RESET, {"email": lin.email})

    assert errors(response) == {"email": ["code_wait"]}
    assert len(letters) == 1


def test_the_reset_page_obeys_allauths_limit(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "reset_password": "2/m/ip,5/m/key"}

    answers = [client.post(RESET, {"email": f"p{number}@example.com"}).status_code for number in range(3)]

    assert answers == [302, 302, 429]


def test_the_pages_are_plain_forms_that_a_script_can_send(client, lin):
    asked = read(client.get(RESET)).fields
    prove(client)
    new = read(client.get(NEW)).fields

    assert set(asked) == {"csrfmiddlewaretoken", "page_draft", "email"}
    assert set(new) == {"csrfmiddlewaretoken", "page_draft", "password1", "password2"}
    assert User.objects.count() == 1
