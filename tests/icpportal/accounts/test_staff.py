"""`manage.py staff` as used by an operator: an account, its mail, the link, a password, a second factor, the desk."""

import io
import json
import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Invitation, User
from icpportal.approvals import role_changes
from icpportal.approvals.actions import finish_due
from icpportal.approvals.models import ApprovalRequest
from icpportal.audit.models import AuditEntry
from icpportal.outbox.models import Message
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, words
from tests.icpportal.accounts.sign_in.test_second_factor import ACTIVATE, shown_now

pytestmark = pytest.mark.django_db
LONG = "review-bridge-42"


@pytest.fixture(autouse=True)
def production(letters, second_person, settings):
    settings.STAFF_SECOND_FACTOR = True
    settings.MESSENGER = "icpportal.outbox.actions.notify"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    roles.ensure()


def staff(*typed):
    """The command's output and exit code."""
    out = io.StringIO()
    try:
        call_command("staff", *typed, stdout=out)
    except CommandError as refused:
        return str(refused), refused.returncode
    except SystemExit as ended:
        return out.getvalue().strip(), ended.code
    return out.getvalue().strip(), 0


def add(address, role, *more):
    return staff("add", address, "--role", role, "--language", "en", *more)


def mails(address):
    """The mails to an address, the newest last."""
    call_command("deliver_outbox", stdout=io.StringIO())
    return [each for each in mail.outbox if each.to == [address]]


def link_to(address):
    invited = [each for each in mails(address) if "You are invited" in each.subject]
    return re.search(r"https?://[^/\s]+(/account/invitation/[\w-]+/)", invited[-1].body)[1]


def colleague(name, role, *, begun=True):
    return open_account(
        email=f"{name.lower()}@example.com", password=LONG if begun else None, name=name, language="en",
        held_roles=(role,),
    )  # fmt: skip


def with_app(user):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def set_password(client, link, password=LONG):
    return client.post(link, {"password1": password, "password2": password}, follow=True)


def in_audit(user):
    rows = AuditEntry.objects.filter(what="accounts.user", reference=str(user.pk)).order_by("pk")
    return [(row.actor and row.actor.name, _english(row.said["words"])) for row in rows]


def _english(words):
    """What the desk wrote is there in each language, what the command wrote in one."""
    return words["en"] if isinstance(words, dict) else words


@pytest.fixture
def desk_of(client_factory):
    def sign_in(user):
        client = client_factory()
        client.cookies["django_language"] = "en"
        client.force_login(user)
        return client

    return sign_in


def test_the_first_member_of_operations_gets_from_the_command_to_the_desk_by_mail_password_and_second_factor(client):
    client.cookies["django_language"] = "en"
    says, code = add("ops@example.com", "operations", "--name", "Gao Yang")
    assert (code, says) == (0, "invited: a link is mailed to ops@example.com and is valid for three days")
    assert "Operations" in mails("ops@example.com")[0].body

    link = link_to("ops@example.com")
    page = words(client.get(link))
    assert ["At least 12 characters" in page, "At least 8" in page] == [True, False]
    assert errors(set_password(client, link, "short-one")) == {"password1": ["password_staff"]}
    done = set_password(client, link)
    assert done.redirect_chain[-1][0] == reverse("account_login")
    assert "The password is set" in words(done)

    client.post(reverse("account_login"), {"login": "ops@example.com", "password": LONG})
    assert client.get("/admin/").url.startswith(ACTIVATE)
    client.post("/account/step-up/", {"send": "email"})
    client.post("/account/step-up/", {"code": re.search(r"\b\d{6}\b", mails("ops@example.com")[-1].body)[0]})
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", client.get(ACTIVATE).content.decode())[1]
    client.post(ACTIVATE, {"code": shown_now(secret)})

    assert client.get("/admin/").status_code == 200
    assert in_audit(User.objects.get()) == [(None, "added on the server, with the roles: Operations")]


def test_operations_send_a_new_invitation_from_the_page_of_the_account_until_it_is_used(client, desk_of):
    an = colleague("An", roles.OPERATIONS)
    with_app(an)
    desk = desk_of(an)
    desk.post(reverse("admin:accounts_user_add"), {"email": "rui@example.com", "name": "Rui", "held_roles": "reviewer"})
    rui, first = User.objects.get(email="rui@example.com"), link_to("rui@example.com")
    page = reverse("admin:accounts_user_change", args=[rui.pk])

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        offered = desk.get(page).content.decode()
        said = words(desk.post(page, {"move": "invite_again"}, follow=True))
        second = link_to("rui@example.com")
        old, new = client.get(first).status_code, client.get(second).status_code
        set_password(client, second)
        after = desk.get(page).content.decode()
        refused = words(desk.post(page, {"move": "invite_again"}, follow=True))

    assert ["invite_again" in offered, "A new invitation is on its way" in said] == [True, True]
    assert (old, new, "invite_again" in after) == (404, 200, False)
    assert "This person works here already" in refused
    assert in_audit(rui)[-1] == ("An", "invited again")


def test_who_is_invited_goes_on_in_the_language_in_which_they_set_the_password(client):
    add("ops@example.com", "operations", "--language", "en")
    page = {"accept-language": "zh-CN"}

    client.post(link_to("ops@example.com"), {"password1": LONG, "password2": LONG}, headers=page)

    assert User.objects.get().language == "zh-hans"


def test_a_password_of_staff_that_is_far_too_short_is_told_one_length(client):
    client.cookies["django_language"] = "en"
    add("ops@example.com", "operations")

    said = words(set_password(client, link_to("ops@example.com"), "short"))

    assert ["at least 12 characters: make it longer" in said, "at least 8 characters" in said] == [True, False]


def test_the_link_works_once_for_three_days_and_for_nobody_else(client, client_factory):
    add("ops@example.com", "operations")
    link = link_to("ops@example.com")
    over = "no longer valid"

    assert over in words(client.get("/account/invitation/guessed/", headers={"accept-language": "en"}))
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert client.get(link).status_code == 404
        assert set_password(client, link).status_code == 404
    assert User.objects.get().has_usable_password() is False

    set_password(client, link)
    again = set_password(client_factory(), link, "another-bridge-42")

    assert (again.status_code, Invitation.objects.count()) == (404, 0)
    assert User.objects.get().check_password(LONG)


@pytest.mark.parametrize("who", ["somebody new", "a customer"])
def test_a_password_reset_does_not_replace_an_invitation_that_is_over(client, client_factory, desk_of, lin, who):
    client.cookies["django_language"] = "en"
    an = colleague("An", roles.OPERATIONS)
    with_app(an)
    if who == "a customer":
        client_factory().post(reverse("account_login"), {"login": lin.email, "password": PASSWORD})
        role_changes.change(User.objects.get(pk=lin.pk), [roles.REVIEWER], actor=an)
    else:
        add("rui@example.com", "reviewer", "--by", an.email)
    invited = Invitation.objects.get().user
    page = reverse("admin:accounts_user_change", args=[invited.pk])
    mails(invited.email)

    with time_machine.travel(timezone.now() + timedelta(days=4)):
        client.post("/account/password/reset/", {"email": invited.email})
        code = re.search(r"\b\d{6}\b", mails(invited.email)[-1].body)[0]
        refused = client.post("/account/password/reset/code/", {"code": code}, follow=True)
        set_password(client, "/account/password/reset/new/")
        offered = desk_of(an).get(page).content.decode()

    assert "This account has no password yet: open your invitation" in words(refused)
    assert User.objects.get(pk=invited.pk).has_usable_password() is False
    assert "invite_again" in offered


def test_the_link_is_nowhere_but_in_the_mail():
    add("ops@example.com", "operations")
    token = link_to("ops@example.com").split("/")[-2]

    message = Message.objects.get(template="staff_invited")
    assert (message.is_secret, message.payload) == (True, {})
    assert token not in Invitation.objects.get().digest


def test_the_same_address_is_invited_again_and_the_earlier_link_becomes_invalid(client):
    add("ops@example.com", "operations")
    first = link_to("ops@example.com")

    says, code = add("OPS@example.com", "operations")

    assert (says.partition(":")[0], code) == ("invited again", 0)
    assert (client.get(first).status_code, client.get(link_to("ops@example.com")).status_code) == (404, 200)
    assert User.objects.count() == 1
    assert [said for _who, said in in_audit(User.objects.get())][-1] == "invited again on the server"


@pytest.mark.parametrize(
    ("address", "role", "says"),
    [
        ("lin@example.com", "operations", "belongs to a customer"),
        ("no-address", "operations", "valid email address"),
        ("new@example.com", "king", "invalid choice"),
        ("rui@example.com", "reviewer", "works here already"),
        ("gone@example.com", "reviewer", "is closed"),
        ("waits@example.com", "operations", "added with other roles"),
    ],
)
def test_people_that_the_command_refuses_to_add(lin, address, role, says):
    colleague("Rui", roles.REVIEWER)
    User.objects.filter(pk=colleague("Gone", roles.REVIEWER).pk).update(is_active=False)
    colleague("Waits", roles.REVIEWER, begun=False)
    before = list(User.objects.values_list("email", "is_staff", "password").order_by("email"))

    refused, code = add(address, role)

    assert says in refused
    assert code == 1  # 2 in a process: here Django raises what argparse would print
    assert list(User.objects.values_list("email", "is_staff", "password").order_by("email")) == before
    assert Message.objects.count() == 0


def test_roles_that_require_two_people_are_not_given_to_one():
    refused, code = add("ops@example.com", "operations", "--role", "auditor")

    assert (code, "must be two different people" in refused, User.objects.count()) == (1, True, 0)


def test_first_accounts_are_created_until_operations_have_begun_and_all_staff_are_notified(client):
    add("ops@example.com", "operations")
    assert add("lead@example.com", "lead", "--role", "reviewer")[1] == 0
    assert [each.subject for each in mails("ops@example.com")][1:] == ["New member of staff: l***@example.com"]
    set_password(client, link_to("lead@example.com"))
    assert add("aud@example.com", "auditor")[1] == 0  # the lead cannot answer for operations

    ops = User.objects.get(email="ops@example.com")
    ops.set_password(LONG)
    ops.save()

    says, code = add("second@example.com", "lead")
    assert (code, "--by names who of operations" in says) == (1, True)
    assert add("second@example.com", "lead", "--by", "lead@example.com") == (
        "--by: nobody in operations has this address.",
        1,
    )
    assert User.objects.filter(email="second@example.com").exists() is False


def test_later_a_lead_is_added_when_a_second_person_allows_it_at_the_desk(client, desk_of):
    colleague("An", roles.OPERATIONS)
    bo = colleague("Bo", roles.OPERATIONS)
    with_app(bo)

    says, code = add("lead@example.com", "lead", "--by", "an@example.com")

    lead = User.objects.get(email="lead@example.com")
    assert (code, "must allow it" in says) == (3, True)
    assert add("lead@example.com", "lead", "--by", "an@example.com")[1] == 3  # only a repeated request
    assert (lead.is_staff, mails("lead@example.com")) == (False, [])
    asked = ApprovalRequest.objects.get()
    desk_of(bo).post(
        reverse("admin:accounts_user_change", args=[lead.pk]), {"move": "allow_request", "request": str(asked.pk)}
    )
    assert roles.names_of(lead) == {roles.LEAD_REVIEWER}
    assert set_password(client, link_to("lead@example.com")).redirect_chain
    assert mails("an@example.com")[-1].subject == "New member of staff: l***@example.com"
    assert Message.objects.filter(template="role_changed").count() == 0


def test_one_member_of_operations_adds_a_reviewer_by_command_or_at_the_desk(desk_of):
    an = colleague("An", roles.OPERATIONS)
    with_app(an)

    assert add("rui@example.com", "reviewer", "--by", "an@example.com")[1] == 0
    desk_of(an).post(
        reverse("admin:accounts_user_add"),
        {"email": "sun@example.com", "name": "Sun", "held_roles": [roles.REVIEWER]},
    )

    for address in ("rui@example.com", "sun@example.com"):
        assert link_to(address)
    assert [each.subject for each in mails("an@example.com")] == [
        "New member of staff: r***@example.com",
        "New member of staff: Sun",
    ]


def test_the_list_shows_all_staff(lin):
    with_app(colleague("An", roles.OPERATIONS))
    add("rui@example.com", "reviewer", "--by", "an@example.com")

    lines = staff("list")[0].splitlines()
    facts = json.loads(staff("list", "--json")[0])

    assert lines == [
        "an@example.com · operations · second factor · last sign-in never · active",
        "rui@example.com · reviewer · no second factor · last sign-in never · invited",
    ]
    assert facts[1] == {
        "address": "rui@example.com",
        "name": "",
        "roles": ["reviewer"],
        "second_factor": False,
        "last_sign_in": None,
        "state": "invited",
    }
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert staff("list")[0].endswith("invitation over")


# --- a second factor that was lost -------------------------------------------------------------


@pytest.fixture
def lost(desk_of):
    """Rui, signed in somewhere, has lost the app; An and Bo belong to operations."""
    rui = colleague("Rui", roles.REVIEWER)
    with_app(rui)
    return rui


@pytest.fixture
def an(db):
    return colleague("An", roles.OPERATIONS)


@pytest.fixture
def bo(db):
    return colleague("Bo", roles.OPERATIONS)


def reset(by):
    return staff("reset-second-factor", "rui@example.com", "--by", by)


def type_code(monkeypatch, code):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{code}\n"))


def test_a_lost_second_factor_is_reset_by_two_people_and_set_up_at_the_next_sign_in(
    client, lost, an, bo, desk_of, monkeypatch
):
    secret = with_app(bo)
    elsewhere = desk_of(lost)
    assert elsewhere.get("/admin/").status_code == 200

    says, code = reset("an@example.com")
    assert (code, says.startswith("Requested.")) == (3, True)
    assert reset("an@example.com")[1] == 3  # asking again is not allowing it
    assert Authenticator.objects.filter(user=lost).exists()
    type_code(monkeypatch, shown_now(secret))
    says, code = reset("bo@example.com")

    assert (code, says) == (0, "Reset: at the next sign-in an authenticator app is set up again.")
    assert Authenticator.objects.filter(user=lost).exists() is False
    client.post(reverse("account_login"), {"login": lost.email, "password": LONG})
    assert client.get("/admin/").url.startswith(ACTIVATE)
    told = mails("rui@example.com")[-1]
    assert (told.subject, "An asked, Bo agreed" in told.body) == ("Your second factor was reset", True)
    assert in_audit(lost) == [
        ("An", "asked a second person: resetting the second factor"),
        ("Bo", "reset the second factor; An had asked"),
    ]


def test_allowing_it_on_the_server_requires_an_app_of_ones_own(lost, an, bo, monkeypatch):
    reset("an@example.com")
    assert reset("bo@example.com") == (
        "Who allows it needs an authenticator app: allow it at the review desk.",
        1,
    )
    secret = with_app(bo)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert reset("bo@example.com") == ("A code must be entered: run the command in a terminal.", 1)
    type_code(monkeypatch, f"{(int(shown_now(secret)) + 1) % 1_000_000:06}")

    assert reset("bo@example.com") == ("The code is wrong. Nothing was changed.", 1)
    assert reset("rui@example.com") == ("--by: nobody in operations has this address.", 1)
    assert Authenticator.objects.filter(user=lost).exists()
    assert AuditEntry.objects.filter(act="refused", actor=bo).count() == 1


def test_at_the_desk_one_asks_and_another_allows_and_the_sessions_end(lost, an, bo, desk_of):
    for each in (an, bo):
        with_app(each)
    page = reverse("admin:accounts_user_change", args=[lost.pk])
    elsewhere = desk_of(lost)
    elsewhere.get("/admin/")

    assert "Reset the second factor" in desk_of(an).get(page).content.decode()
    desk_of(an).post(page, {"move": "reset_second_factor"})
    asked = str(ApprovalRequest.objects.get().pk)
    own = desk_of(an).post(page, {"move": "allow_request", "request": asked}, follow=True)
    assert "A second person must decide" in own.content.decode()
    assert desk_of(lost).post(page, {"move": "allow_request", "request": asked}).status_code == 403
    seen = desk_of(bo).get(page).content.decode()
    assert ["allow_request" in seen, "Reset the second factor" in seen] == [True, False]
    done = desk_of(bo).post(page, {"move": "allow_request", "request": asked}, follow=True)

    assert "the second factor is reset" in done.content.decode()
    assert Authenticator.objects.filter(user=lost).exists() is False


def test_after_declining_it_stays_and_a_factor_set_up_since_is_never_removed(lost, an, bo, desk_of):
    with_app(bo)
    page = reverse("admin:accounts_user_change", args=[lost.pk])
    reset("an@example.com")
    desk_of(bo).post(page, {"move": "decline_request", "request": str(ApprovalRequest.objects.get().pk)})
    reset("an@example.com")
    Authenticator.objects.filter(user=lost).delete()
    with_app(lost)
    asked = ApprovalRequest.objects.get(outcome="")
    said = desk_of(bo).post(page, {"move": "allow_request", "request": str(asked.pk)}, follow=True)

    assert "it has changed since" in said.content.decode()
    assert Authenticator.objects.filter(user=lost).exists()
    assert [said for _who, said in in_audit(lost)] == [
        "asked a second person: resetting the second factor",
        "declined what An had asked",
        "asked a second person: resetting the second factor",
        "could not do what An had asked: it had changed since",
    ]


def test_the_only_member_of_operations_gets_in_again_after_a_day_announced_to_all_staff(an, lost):
    with_app(an)

    says, code = staff("reset-second-factor", "an@example.com", "--by", "an@example.com")

    assert code == 3
    assert mails("rui@example.com")[-1].subject == "An acts without a second person: Resetting a second factor"
    assert finish_due(now=timezone.now() + timedelta(hours=23)) == 0
    assert finish_due(now=timezone.now() + timedelta(hours=25)) == 1
    assert Authenticator.objects.filter(user=an).exists() is False
    assert "nobody else agreed" in mails("an@example.com")[-1].body


@pytest.mark.parametrize("address", ["lin@example.com", "nobody@example.com", "bo@example.com"])
def test_there_is_nothing_to_reset_for_customers_strangers_and_people_without_one(lin, an, bo, address):
    with_app(lin)

    said, code = staff("reset-second-factor", address, "--by", "an@example.com")

    assert (code, "No member of staff" in said or "has no second factor" in said) == (1, True)
    assert Authenticator.objects.filter(user=lin).exists()
