import io
import sqlite3
from contextlib import closing

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from tests import fresh, migrated
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import work
from tests.icpportal.production import ROOT, environment

pytestmark = pytest.mark.django_db


def permissions(name):
    rows = Permission.objects.filter(group__name=name).select_related("content_type")
    return sorted(f"{row.content_type.app_label}.{row.codename}" for row in rows)


def test_the_groups_exist_after_migrate():
    with closing(sqlite3.connect(migrated.original())) as database:
        names = {name for (name,) in database.execute("SELECT name FROM auth_group")}

    assert names == {"applicant", "reviewer", "lead reviewer", "auditor", "operations"}


def test_what_an_account_may_do_is_read_once_and_with_one_query():
    roles.ensure()  # a test that commits empties the tables
    user = open_account(email="sun@example.com", password=PASSWORD, held_roles=(roles.REVIEWER,))
    user.user_permissions.add(Permission.objects.get(codename="view_user"))
    user = User.objects.get(pk=user.pk)

    with work() as asked:
        may = [user.has_perm(f"{name}_order") for name in ("transfers.review", "transfers.operate")]

    assert (may, asked) == ([True, False], ["SELECT django_content_type"])
    assert user.get_all_permissions() == {*permissions(roles.REVIEWER), "accounts.view_user"}


def test_a_closed_account_may_do_nothing():
    user = open_account(email="sun@example.com", password=PASSWORD, held_roles=(roles.REVIEWER,))
    user.is_active = False

    assert user.get_all_permissions() == user.get_user_permissions() == user.get_group_permissions() == set()


@pytest.mark.parametrize(
    "names",
    [
        (),
        (roles.APPLICANT,),
        (roles.REVIEWER,),
        (roles.REVIEWER, roles.LEAD_REVIEWER),
        (roles.AUDITOR,),
        (roles.OPERATIONS,),
        (roles.APPLICANT, roles.OPERATIONS),
    ],
)
def test_roles_of_one_duty_can_be_combined(lin, names):
    roles.give(lin, *names)

    assert roles.names_of(lin) == set(names)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (
            (roles.OPERATIONS, roles.REVIEWER),
            "Reviewer and Operations must be two different people: change one of them",
        ),
        (
            (roles.LEAD_REVIEWER, roles.AUDITOR),
            "Lead reviewer and Auditor must be two different people: change one of them",
        ),
        ((roles.AUDITOR, roles.OPERATIONS), "Auditor and Operations must be two different people: change one of them"),
        (
            (roles.REVIEWER, roles.AUDITOR, roles.OPERATIONS),
            "Reviewer and Auditor must be two different people: change one of them",
        ),
    ],
)
def test_roles_of_two_duties_are_refused_by_name_and_nothing_changes(lin, names, says):
    with pytest.raises(ValidationError) as refused:
        roles.give(lin, *names)

    assert refused.value.messages == [says]
    assert refused.value.code == "roles_together"
    assert roles.names_of(lin) == {roles.APPLICANT}
    assert User.objects.get(pk=lin.pk).is_staff is False


@pytest.mark.parametrize(
    ("names", "expected"),
    [((roles.REVIEWER,), True), ((roles.AUDITOR,), True), ((roles.APPLICANT,), False), ((), False)],
)
def test_a_staff_role_opens_the_desk_and_none_closes_it(names, expected):
    user = open_account(email="sun@example.com", password=PASSWORD, held_roles=(roles.OPERATIONS,))

    roles.give(user, *names)

    assert User.objects.get(pk=user.pk).is_staff is expected


def test_ensure_grants_what_settings_list_and_revokes_the_rest(settings):
    roles.ensure()
    settings.ROLE_PERMISSIONS = {"auditor": ["accounts.view_user", "codes.view_code"]}
    group = Group.objects.get(name="auditor")
    group.permissions.add(Permission.objects.get(codename="delete_user"))

    missing = [roles.ensure(), roles.ensure()]

    assert missing == [[], []]
    assert permissions("auditor") == ["accounts.view_user", "codes.view_code"]
    assert permissions("operations") == []


def test_a_permission_of_one_app_is_not_mistaken_for_that_of_another(settings):
    settings.ROLE_PERMISSIONS = {"auditor": ["codes.view_user"]}

    assert roles.ensure() == ["codes.view_user"]
    assert permissions("auditor") == []


def test_the_permissions_of_each_role_exist_after_migrate(settings):
    Group.permissions.through.objects.all().delete()

    call_command("migrate", "accounts", verbosity=0)

    for name, given in settings.ROLE_PERMISSIONS.items():
        assert permissions(name) == sorted(given)


def test_the_command_says_how_many_roles_there_are(settings):
    settings.ROLE_PERMISSIONS = {"operations": ["accounts.view_user"]}
    out = io.StringIO()

    call_command("ensure_roles", stdout=out)

    assert out.getvalue() == "ensure_roles: 5 roles\n"
    assert permissions("operations") == ["accounts.view_user"]


def test_the_command_fails_on_a_permission_that_no_model_declares(settings):
    settings.ROLE_PERMISSIONS = {"reviewer": ["transfers.fly"], "auditor": ["accounts.view_user"]}

    with pytest.raises(CommandError, match="transfers.fly"):
        call_command("ensure_roles")

    assert permissions("auditor") == ["accounts.view_user"]


@pytest.mark.sqlite
def test_the_command_gives_advice_on_a_database_without_tables(tmp_path):
    done = fresh.run("manage.py", "ensure_roles", folder=ROOT, environment=environment({"VAR_DIR": str(tmp_path)}))

    said = "CommandError: the database has no tables yet: run manage.py migrate first, which writes the roles too"
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [said]


def test_all_permissions_in_the_portals_settings_exist(settings):
    assert [name for name in roles.ensure() if name.split(".")[0] in ("accounts", "codes", "privacy")] == []


def test_the_configuring_role_decides_no_case_and_the_auditor_changes_nothing(settings):
    given = {role: {name.partition(".")[2] for name in names} for role, names in settings.ROLE_PERMISSIONS.items()}

    # two people, of either role, assign the authority's answer to its order: neither of them decides it
    parked = {"view_parkedanswer", "apply_parkedanswer"}
    assert given["operations"] & (given["reviewer"] | given["lead reviewer"]) == parked
    assert given["operations"] & given["reviewer"] == set()
    assert "view_order" not in given["operations"]
    assert [name for name in given["auditor"] if name.startswith(("add_", "change_", "delete_"))] == []
    assert given["applicant"] == set()


def test_roles_are_shown_in_the_language_of_the_page():
    assert roles.in_words([roles.REVIEWER, roles.LEAD_REVIEWER]) == "Reviewer, Lead reviewer"
    assert roles.in_words([]) == ""
