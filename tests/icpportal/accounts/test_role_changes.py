"""The roles lead, auditor and operations take two people to give and one to take away; the person is notified."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override
from lxml.html import fromstring

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ApprovalRequest
from icpportal.audit.models import AuditEntry
from icpportal.desk.event_lines import read_of_log
from icpportal.outbox.models import Message
from tests.icpportal.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db
BOTH = [roles.LEAD_REVIEWER, roles.REVIEWER]


@pytest.fixture(autouse=True)
def two_people(letters, second_person, settings):
    settings.STAFF_SECOND_FACTOR = False
    settings.MESSENGER = "icpportal.outbox.actions.notify"
    roles.ensure()


def staff(name, role):
    address = f"{name.lower()}@example.com"
    return open_account(email=address, password=PASSWORD, name=name, language="en", held_roles=(role,))


@pytest.fixture
def an():
    return staff("An", roles.OPERATIONS)


@pytest.fixture
def bo():
    return staff("Bo", roles.OPERATIONS)


@pytest.fixture
def rui():
    return staff("Rui", roles.REVIEWER)


@pytest.fixture
def at_desk(client_factory):
    def sign_in(user):
        client = client_factory()
        client.cookies["django_language"] = "en"
        client.force_login(user)
        return client

    return sign_in


def page_of(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def save(client, user, held_roles):
    typed = {"name": user.name, "is_active": "on", "held_roles": held_roles}
    return client.post(page_of(user), typed, follow=True).content.decode()


def press(client, user, move, request=None):
    asked = request or ApprovalRequest.objects.get(outcome="")
    return client.post(page_of(user), {"move": move, "request": str(asked.pk)}, follow=True).content.decode()


def roles_held(user):
    return sorted(roles.names_of(user))


def history_of(user, language="en"):
    """The history of the account: who did what."""
    found = LogEntry.objects.filter(object_id=str(user.pk)).order_by("pk")
    with override(language):
        return [(str(each.user), read_of_log(each.get_change_message())) for each in found]


def notices():
    return [
        (each.payload["to"], each.payload["context"]["before"], each.payload["context"]["after"])
        for each in Message.objects.filter(template="role_changed").order_by("created_at")
    ]


def test_the_first_page_of_operations_names_the_person_whose_roles_are_to_be_changed(an, bo, rui, at_desk):
    for each in (rui, kim := staff("Kim", roles.REVIEWER)):
        save(at_desk(an), each, BOTH)

    with CaptureQueriesContext(connection) as found:
        page = at_desk(bo).get(reverse("admin:index")).content.decode()

    rows = fromstring(page).xpath("//ul[@class='rail-list']/li[.//a]")
    first, second, *_rest = [" ".join(each.text_content().split()) for each in rows]
    assert (first.startswith("Rui "), second.startswith("Kim ")) == (True, True)
    assert "An · " in first
    assert str(rui.pk)[:8] not in first
    keys = {form for each in (rui, kim) for form in (each.pk.hex, str(each.pk))}
    accounts = [each["sql"] for each in found if keys & set(re.findall("[0-9a-f-]{32,36}", each["sql"]))]
    assert len(accounts) == 1, "one query for the accounts of all requests"


def test_a_reviewer_becomes_lead_when_a_second_person_of_operations_allows_it(at_desk, an, bo, rui):
    asked = save(at_desk(an), rui, BOTH)

    assert "A second person must allow it" in asked
    assert (roles_held(rui), notices()) == ([roles.REVIEWER], [])
    home = at_desk(bo).get(reverse("admin:index")).content.decode()
    assert page_of(rui) in home.partition("Second-person requests")[2].partition("</section>")[0]
    page = at_desk(bo).get(page_of(rui)).content.decode()
    wanted = "Roles: from Reviewer to Lead reviewer, Reviewer"
    assert [each in page for each in (wanted, 'value="allow_request"')] == [True, True]

    press(at_desk(bo), rui, "allow_request")

    assert roles_held(rui) == BOTH
    assert notices() == [("rui@example.com", "Reviewer", "Lead reviewer, Reviewer")]
    assert history_of(rui) == [
        ("An", f"asked a second person: {wanted}"),
        ("An", wanted),
        ("Bo", f"allowed what An had asked · {wanted}"),
    ]
    assert "allow_request" not in at_desk(bo).get(page_of(rui)).content.decode()


def test_who_asks_a_second_person_does_not_read_that_the_account_was_changed(at_desk, an, rui):
    asked = save(at_desk(an), rui, BOTH)
    renamed = at_desk(an).post(
        page_of(rui), {"name": "Rui Li", "is_active": "on", "held_roles": [roles.REVIEWER]}, follow=True
    )

    assert ("no role has changed yet" in asked, "changed successfully" in asked) == (True, False)
    assert "changed successfully" in renamed.content.decode()


def test_the_history_of_an_account_reads_in_the_language_of_who_reads_it(at_desk, an, bo, rui):
    save(at_desk(an), rui, BOTH)  # in English
    press(at_desk(bo), rui, "allow_request")
    reader = at_desk(bo)
    reader.cookies["django_language"] = "zh-hans"
    User.objects.filter(pk=bo.pk).update(language="zh-hans")

    page = reader.get(reverse("admin:accounts_user_history", args=[rui.pk])).content.decode()

    assert "同意了An的申请 · 角色：由“审核员”变更为“审核主管、审核员”" in page
    assert ["请第二人确认" in page, "asked a second person" in page, "Roles: from" in page] == [True, False, False]
    last = AuditEntry.objects.filter(what="accounts.user").latest("pk").said["words"]
    assert last["en"] == "allowed what An had asked · Roles: from Reviewer to Lead reviewer, Reviewer"
    assert last["zh-hans"].startswith("同意了An的申请")


def test_the_history_says_that_an_account_was_closed_and_opened_again(at_desk, an, rui):
    page = at_desk(an)
    typed = {"name": rui.name, "held_roles": [roles.REVIEWER]}

    page.post(page_of(rui), typed)
    page.post(page_of(rui), {**typed, "is_active": "on"})

    assert history_of(rui) == [("An", "closed the account"), ("An", "opened the account again")]


def test_neither_who_asked_nor_the_person_concerned_nor_a_stranger_to_the_duty_answers(at_desk, an, bo, rui):
    save(at_desk(an), rui, BOTH)
    page = at_desk(an).get(page_of(rui)).content.decode()
    assert ["allow_request" in page, "withdraw_request" in page] == [False, True]

    assert "A second person must decide" in press(at_desk(an), rui, "allow_request")
    assert at_desk(rui).post(page_of(rui), {"move": "allow_request"}).status_code == 403
    assert at_desk(bo).post(page_of(rui), {"move": "promote"}).status_code == 403
    User.objects.get(pk=rui.pk).groups.add(*an.groups.all())  # who could answer for others
    assert "A second person must decide" in press(at_desk(User.objects.get(pk=rui.pk)), rui, "allow_request")

    assert ApprovalRequest.objects.get().outcome == ""
    assert roles.LEAD_REVIEWER not in roles_held(rui)


def test_after_declining_or_withdrawing_the_roles_stay_and_it_can_be_requested_again(at_desk, an, bo, rui):
    save(at_desk(an), rui, BOTH)
    assert "A second person has been asked already" in save(at_desk(bo), rui, BOTH)
    first = ApprovalRequest.objects.get()
    press(at_desk(bo), rui, "decline_request")
    save(at_desk(an), rui, BOTH)
    assert "answered or withdrawn" in press(at_desk(bo), rui, "allow_request", request=first)
    press(at_desk(an), rui, "withdraw_request")

    assert list(ApprovalRequest.objects.order_by("asked_at").values_list("outcome", flat=True)) == [
        "declined",
        "withdrawn",
    ]
    assert (roles_held(rui), notices()) == ([roles.REVIEWER], [])
    assert [words.partition(" · ")[0] for _who, words in history_of(rui)][1::2] == [
        "declined what An had asked",
        "withdrew the request",
    ]


def test_one_person_takes_a_role_away_and_an_earlier_request_is_void(at_desk, an, bo, rui):
    save(at_desk(an), rui, BOTH)

    save(at_desk(an), rui, [])

    assert (roles_held(rui), notices()) == ([], [("rui@example.com", "Reviewer", "no role")])
    assert history_of(rui)[-1] == ("An", "Roles: from Reviewer to no role")
    assert "it has changed since the request was made" in press(at_desk(bo), rui, "allow_request")
    assert (roles_held(rui), ApprovalRequest.objects.get().outcome) == ([], "failed")


def test_a_new_account_holds_a_duty_only_when_a_second_person_allows_it(at_desk, an, bo):
    typed = {"email": "mei@example.com", "name": "Mei", "held_roles": [roles.AUDITOR]}
    html = at_desk(an).post(reverse("admin:accounts_user_add"), typed, follow=True).content.decode()
    mei = User.objects.get(email="mei@example.com")
    assert "A second person must allow it" in html
    assert (roles_held(mei), mei.is_staff) == ([], False)

    press(at_desk(bo), mei, "allow_request")

    assert (roles_held(mei), User.objects.get(pk=mei.pk).is_staff) == ([roles.AUDITOR], True)


def test_operations_who_are_alone_wait_for_a_day(at_desk, an, rui):
    save(at_desk(an), rui, BOTH)
    asked = ApprovalRequest.objects.get()

    assert approvals.finish_due(now=asked.alone_at - timedelta(seconds=1)) == 0
    told = " ".join(fromstring(at_desk(rui).get(reverse("admin:index")).content.decode()).text_content().split())
    assert "An acts without a second person: Giving an account a role, Rui." in told
    assert approvals.finish_due(now=asked.alone_at) == 1

    assert (roles_held(rui), ApprovalRequest.objects.get().outcome) == (BOTH, "alone")
    assert "no second person was there" in history_of(rui)[-1][1]


def test_where_no_second_person_is_required_the_role_is_given_at_once_with_a_notice(at_desk, an, rui, settings):
    settings.SECOND_PERSON = False

    save(at_desk(an), rui, BOTH)

    assert (roles_held(rui), ApprovalRequest.objects.count()) == (BOTH, 0)
    assert notices() == [("rui@example.com", "Reviewer", "Lead reviewer, Reviewer")]


def test_a_customer_who_becomes_staff_is_signed_out_everywhere_sets_a_staff_password_and_all_staff_are_notified(
    client, at_desk, an, bo, lin
):
    client.post(reverse("account_login"), {"login": lin.email, "password": PASSWORD})

    save(at_desk(an), lin, [roles.REVIEWER])

    assert client.get(reverse("account")).url.startswith(reverse("account_login"))
    assert User.objects.get(pk=lin.pk).has_usable_password() is False
    sent = Message.objects.order_by("template").values_list("template", flat=True)
    assert list(sent) == ["staff_added", "staff_added", "staff_invited"]
