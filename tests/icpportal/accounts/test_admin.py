from functools import partialmethod
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from lxml.html import document_fromstring

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.approvals.models import ROLE
from icpportal.approvals.queries import open_request
from icpportal.codes.models import Code
from icpportal.desk.event_lines import read_of_log
from icpportal.desk.stock.pages import StockPages
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import work
from tests.icpportal.codes.letterbox import codes_to

USERS = "/admin/accounts/user/"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(letters, settings):
    settings.STAFF_SECOND_FACTOR = False
    roles.ensure()


@pytest.fixture
def ops():
    return open_account(email="ops@example.com", password=PASSWORD, name="Ops", held_roles=(roles.OPERATIONS,))


@pytest.fixture
def desk(client, ops):
    client.force_login(ops)
    return client


def change(desk, user, **typed):
    data = {"name": user.name, "is_active": "on", "held_roles": sorted(roles.names_of(user)), **typed}
    return desk.post(f"{USERS}{user.pk}/change/", {name: value for name, value in data.items() if value is not None})


def fields_of(answer):
    """What a browser would send from the page of an account, without a press on anything."""
    sent = next(f.form_values() for f in document_fromstring(answer.content).forms if "is_active" in f.fields)
    return {name: [value for each, value in sent if each == name] for name, _value in sent}


def open_page(desk, user):
    return fields_of(desk.get(f"{USERS}{user.pk}/change/"))


def reasons(response):
    return {name: list(found) for name, found in response.context["adminform"].form.errors.items()}


def test_the_list_masks_personal_data(desk, lin, chen):
    html = desk.get(USERS).content.decode()

    assert "l***@example.com" in html
    assert "139****0001" in html
    assert not any(secret in html for secret in (lin.email, lin.mobile, chen.email, chen.mobile))


def test_one_account_masks_personal_data(desk, lin):
    html = desk.get(f"{USERS}{lin.pk}/change/").content.decode()

    assert "139****0001" in html
    assert not any(secret in html for secret in (lin.email, lin.mobile, lin.password))


@pytest.mark.parametrize("typed", ["lin@example.com", " LIN@example.com", "139 0000 0001"])
def test_an_account_is_found_by_its_complete_address_or_mobile(desk, lin, chen, typed):
    found = desk.get(USERS, {"q": typed}).context["cl"].result_list

    assert list(found) == [lin]


@pytest.mark.parametrize("typed", ["lin", "@example.com", "1390000", "13900000009"])
def test_part_of_an_address_finds_nobody(desk, lin, typed):
    assert list(desk.get(USERS, {"q": typed}).context["cl"].result_list) == []


@pytest.mark.parametrize(
    ("role", "expected"), [("applicant", ["lin"]), ("operations", ["ops"]), ("auditor", []), ("king", ["lin", "ops"])]
)
def test_accounts_are_listed_by_role(desk, lin, ops, role, expected):
    found = desk.get(USERS, {"role": role}).context["cl"].result_list

    assert sorted(user.email.partition("@")[0] for user in found) == expected


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_queries_for_one_account_as_for_three(desk, number):
    for place in range(number):
        open_account(email=f"p{place}@example.com", password=PASSWORD)
    desk.get(USERS)

    with work() as asked:
        desk.get(USERS)

    assert len(asked) == 6 + (connection.vendor == "postgresql")  # whose statistics say how large the table is


def test_operations_create_staff_who_set_their_own_password(desk, client_factory, letters):
    made = desk.post(f"{USERS}add/", {"email": "New.Rev@example.com", "name": "Zhou", "held_roles": [roles.REVIEWER]})
    rev = User.objects.get(email="new.rev@example.com")
    browser = client_factory()
    link = next(one["context"]["url"] for one in letters if one["template"] == "staff_invited")
    browser.post(urlsplit(link).path, {"password1": "twelve-chars1", "password2": "twelve-chars1"})
    signed_in = browser.post(reverse("account_login"), {"login": rev.email, "password": "twelve-chars1"})

    assert "The invitation is on its way" in desk.get(made.url).content.decode()
    assert (rev.is_staff, rev.has_usable_password(), roles.names_of(rev)) == (True, False, {roles.REVIEWER})
    assert signed_in.url == reverse("admin:index")
    recorded = LogEntry.objects.get(object_id=str(rev.pk))
    with override("en"):
        assert read_of_log(recorded.change_message) == "Roles: from no role to Reviewer"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (
            {"held_roles": ["reviewer", "operations"]},
            {"held_roles": ["Reviewer and Operations must be two different people: change one of them"]},
        ),
        ({"email": "LIN@example.com"}, {"email": ["There is an account with this address"]}),
        ({"email": "nonsense"}, {"email": ["Enter a full email address, such as lin@example.com"]}),
        (
            {"held_roles": ["king"]},
            {"held_roles": ["Select a valid choice. king is not one of the available choices."]},
        ),
        ({"held_roles": []}, {"held_roles": ["Choose a role of staff: without one nobody is invited"]}),
        ({"held_roles": ["applicant"]}, {"held_roles": ["Choose a role of staff: without one nobody is invited"]}),
    ],
)
def test_invalid_new_staff_are_refused_with_a_reason(desk, lin, typed, expected):
    answer = desk.post(
        f"{USERS}add/", {"email": "rev@example.com", "name": "Zhou", "held_roles": ["reviewer"], **typed}
    )

    assert reasons(answer) == expected
    assert User.objects.filter(name="Zhou").count() == 0


def test_roles_are_given_and_taken_and_the_desk_follows(desk, lin):
    change(desk, lin, held_roles=["auditor"])
    given = User.objects.get(pk=lin.pk)
    assert (roles.names_of(given), given.is_staff) == ({"auditor"}, True)

    change(desk, lin, held_roles=[])

    taken = User.objects.get(pk=lin.pk)
    assert (roles.names_of(taken), taken.is_staff) == (set(), False)


def test_roles_that_exclude_each_other_are_refused_and_nothing_changes(desk, lin):
    answer = change(desk, lin, held_roles=["auditor", "operations"])

    assert reasons(answer) == {
        "held_roles": ["Auditor and Operations must be two different people: change one of them"]
    }
    assert roles.names_of(lin) == {roles.APPLICANT}


def test_nobody_changes_their_own_roles_or_closes_their_own_account(desk, ops):
    wish = change(desk, ops, held_roles=["reviewer"])
    close = change(desk, ops, is_active=None)
    rename = change(desk, ops, name="Operations")

    assert reasons(wish) == {"held_roles": ["Your own roles are changed by somebody else"]}
    assert reasons(close) == {"is_active": ["Your own account is closed by somebody else"]}
    assert rename.status_code == 302
    assert roles.names_of(ops) == {roles.OPERATIONS}


def test_a_forged_field_changes_nothing(desk, lin):
    change(desk, lin, is_superuser="on", is_staff="on", email="evil@example.com", mobile="13900000009", password="x")

    after = User.objects.get(pk=lin.pk)
    assert (after.is_superuser, after.is_staff, after.email, after.mobile) == (False, False, lin.email, lin.mobile)
    assert after.check_password(PASSWORD)


def test_closing_an_account_ends_its_sessions(desk, client_factory, lin, chen):
    browsers = [client_factory(), client_factory()]
    for browser, user in zip(browsers, (lin, chen), strict=True):
        browser.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})

    change(desk, lin, is_active=None)

    assert [browser.get("/papers/").status_code for browser in browsers] == [302, 200]
    assert User.objects.get(pk=lin.pk).is_active is False


def test_a_page_opened_before_a_colleague_closed_the_account_does_not_open_it_again(desk, lin):
    shown = open_page(desk, lin)
    User.objects.filter(pk=lin.pk).update(is_active=False)

    desk.post(f"{USERS}{lin.pk}/change/", {**shown, "name": "林新名"})

    lin.refresh_from_db()
    assert (lin.name, lin.is_active) == ("林新名", False)


def test_a_page_opened_before_a_colleague_gave_the_first_role_does_not_take_it(desk, lin):
    roles.give(lin)
    shown = open_page(desk, lin)
    roles.give(lin, roles.AUDITOR)

    desk.post(f"{USERS}{lin.pk}/change/", {**shown, "name": "林新名"})

    lin.refresh_from_db()
    assert (lin.name, roles.names_of(lin)) == ("林新名", {roles.AUDITOR})


def test_a_page_opened_before_a_colleague_gave_a_role_gives_another_and_takes_none(desk, lin):
    roles.give(lin, roles.REVIEWER)
    shown = open_page(desk, lin)
    roles.give(lin, roles.REVIEWER, roles.LEAD_REVIEWER)

    desk.post(f"{USERS}{lin.pk}/change/", {**shown, "held_roles": [roles.REVIEWER, roles.APPLICANT]})

    assert roles.names_of(lin) == {roles.APPLICANT, roles.REVIEWER, roles.LEAD_REVIEWER}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "A colleague changed the roles after you opened the page; their change stays. Roles now: "),
        ("zh-hans", "您打开页面后，有同事更改了角色，其更改已保留。当前角色："),
    ],
)
def test_who_saves_an_old_page_reads_that_a_colleague_changed_the_roles_and_what_they_are_now(
    desk, lin, language, says
):
    """Both changes counted, and nobody said that the page had shown something else."""
    desk.cookies["django_language"] = language
    roles.give(lin, roles.REVIEWER)
    shown = open_page(desk, lin)
    typed = {**shown, "held_roles": [roles.REVIEWER, roles.APPLICANT]}
    roles.give(lin, roles.REVIEWER, roles.LEAD_REVIEWER)

    said = unescape(desk.post(f"{USERS}{lin.pk}/change/", typed, follow=True).content.decode())
    again = unescape(
        desk.post(f"{USERS}{lin.pk}/change/", {**open_page(desk, lin), "held_roles": []}, follow=True).content.decode()
    )

    with override(language):
        named = roles.in_words(sorted((roles.APPLICANT, roles.REVIEWER, roles.LEAD_REVIEWER)))
    assert says + named in said
    assert says not in again


def test_a_page_opened_before_a_colleague_took_a_role_takes_another_and_gives_none_back(desk, lin, settings):
    settings.SECOND_PERSON = True
    roles.give(lin, roles.REVIEWER, roles.LEAD_REVIEWER)
    shown = open_page(desk, lin)
    roles.give(lin, roles.REVIEWER)

    desk.post(f"{USERS}{lin.pk}/change/", {**shown, "held_roles": [roles.LEAD_REVIEWER]})

    assert (roles.names_of(lin), open_request(ROLE, lin.pk)) == (set(), None)


def test_a_role_that_does_not_go_with_what_a_colleague_gave_since_is_refused_by_name(desk, lin):
    roles.give(lin)
    shown = open_page(desk, lin)
    roles.give(lin, roles.AUDITOR)

    answer = desk.post(f"{USERS}{lin.pk}/change/", {**shown, "held_roles": [roles.REVIEWER]})

    says = "Reviewer and Auditor must be two different people: change one of them"
    assert (reasons(answer), roles.names_of(lin)) == ({"held_roles": [says]}, {roles.AUDITOR})


def test_whoever_changes_the_name_on_an_old_page_of_their_own_changes_no_role_of_theirs(desk, ops):
    shown = open_page(desk, ops)
    roles.give(ops, roles.OPERATIONS, roles.APPLICANT)

    desk.post(f"{USERS}{ops.pk}/change/", {**shown, "name": "Operations"})

    ops.refresh_from_db()
    assert (ops.name, roles.names_of(ops)) == ("Operations", {roles.OPERATIONS, roles.APPLICANT})


def test_a_role_that_a_colleague_gives_while_the_form_is_judged_stays_or_is_named(desk, lin, monkeypatch):
    roles.give(lin)
    save = StockPages.save_model

    def give_and_save(self, request, obj, form, change, role):
        roles.give(obj, role)
        save(self, request, obj, form, change)

    monkeypatch.setattr(StockPages, "save_model", partialmethod(give_and_save, role=roles.LEAD_REVIEWER))
    change(desk, lin, held_roles=[roles.REVIEWER], **{"initial-name": lin.name})
    both = roles.names_of(lin)
    roles.give(lin)
    monkeypatch.setattr(StockPages, "save_model", partialmethod(give_and_save, role=roles.AUDITOR))
    answer = change(desk, lin, held_roles=[roles.REVIEWER], **{"initial-name": lin.name})

    assert (both, roles.names_of(lin)) == ({roles.REVIEWER, roles.LEAD_REVIEWER}, {roles.AUDITOR})
    assert "Reviewer and Auditor must be two different people" in desk.get(answer.url).content.decode()


def test_a_first_role_is_given_also_after_the_page_was_refused_for_another_field(desk, lin):
    roles.give(lin)
    shown = open_page(desk, lin)
    refused = desk.post(f"{USERS}{lin.pk}/change/", {**shown, "held_roles": [roles.REVIEWER], "name": "林" * 200})
    again = fields_of(refused)

    desk.post(f"{USERS}{lin.pk}/change/", {**again, "name": "林新名"})

    lin.refresh_from_db()
    assert (refused.status_code, lin.name, roles.names_of(lin)) == (200, "林新名", {roles.REVIEWER})


def test_no_account_can_be_deleted(desk, lin):
    page = desk.get(USERS).content.decode()
    gone = desk.post(f"{USERS}{lin.pk}/delete/", {"post": "yes"})
    desk.post(USERS, {"action": "delete_selected", "_selected_action": [str(lin.pk)], "post": "yes"})

    assert "delete_selected" not in page
    assert gone.status_code == 403
    assert User.objects.filter(pk=lin.pk).exists()


@pytest.mark.parametrize("role", [roles.REVIEWER, roles.LEAD_REVIEWER, roles.AUDITOR])
def test_only_operations_see_accounts(client, lin, role):
    client.force_login(open_account(email="s@example.com", password=PASSWORD, name="S", held_roles=(role,)))

    listed = client.get(USERS).status_code
    changed = change(client, lin, held_roles=["operations"]).status_code

    assert (listed, changed) == (403, 403)
    assert roles.names_of(lin) == {roles.APPLICANT}


def test_with_read_permission_only_there_is_no_button(client, lin):
    reader = open_account(email="s@example.com", password=PASSWORD, name="S", held_roles=(roles.AUDITOR,))
    reader.user_permissions.add(Permission.objects.get(codename="view_user"))
    client.force_login(reader)

    html = client.get(f"{USERS}{lin.pk}/change/").content.decode()

    assert "l***@example.com" in html
    assert lin.email not in html
    assert 'name="_save"' not in html


def test_codes_are_listed_without_their_digits_and_destination(desk, lin):
    desk.post("/account/step-up/", {"send": "email"})
    code = Code.objects.get()

    html = (
        desk.get("/admin/codes/code/").content.decode()
        + desk.get(f"/admin/codes/code/{code.pk}/change/").content.decode()
    )

    assert "step_up" in html
    assert not any(
        secret in html for secret in (codes_to("ops@example.com")[0], code.digest, code.destination, code.holder)
    )
    assert desk.get("/admin/codes/code/add/").status_code == 403
    assert desk.post(f"/admin/codes/code/{code.pk}/delete/", {"post": "yes"}).status_code == 403


def test_allauths_own_lists_and_the_groups_are_not_in_the_desk():
    shown = {model._meta.label for model in admin.site._registry}

    assert (
        shown
        & {
            "account.EmailAddress",
            "account.EmailConfirmation",
            "mfa.Authenticator",
            "usersessions.UserSession",
            "auth.Group",
        }
        == set()
    )
    assert {"accounts.User", "codes.Code"} <= shown
