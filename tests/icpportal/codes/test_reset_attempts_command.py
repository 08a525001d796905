import io
import json

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from icpportal.codes import limits
from icpportal.codes.models import Allowance


@pytest.fixture(autouse=True)
def counted(settings):
    settings.LIMITS = {"filing_password_order": (5, 3600), "code_destination_day": (10, 86400)}


def run(*arguments):
    out = io.StringIO()
    call_command("reset_attempts", *arguments, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def lin():
    return get_user_model().objects.create_user("lin@example.com", mobile="13900000001")


@pytest.mark.django_db
def test_attempts_of_an_order_are_cleared_and_those_of_another_stay():
    limits.consume("filing_password_order", "T7Q4-M2KX")
    limits.consume("filing_password_order", "T222-2222")

    lines = run("--order", "T7Q4-M2KX")

    assert lines == ["reset_attempts: forgot 1 counters"]
    assert [row.key for row in Allowance.objects.all()] == [limits.key_index("T222-2222")]


@pytest.mark.django_db
@pytest.mark.parametrize("by", ["email", "id"])
def test_an_account_is_found_by_address_or_id_with_all_its_counters(lin, by):
    for key in (str(lin.pk), lin.email, lin.mobile, "chen@example.com"):
        limits.consume("code_destination_day", key)

    lines = run("--account", "LIN@example.com" if by == "email" else str(lin.pk))

    assert lines == ["reset_attempts: forgot 3 counters"]
    assert Allowance.objects.count() == 1


@pytest.mark.django_db
def test_numbers_and_references_are_taken_as_people_dictate_them():
    for key in ("13900000001", "宁ICP备00000000号", "T7Q4-M2KX"):
        limits.consume("code_destination_day", key)

    typed = ("--phone", "139 0000 0001", "--filing", "宁icp备00000000号-1", "--order", "t7q4m2kx")
    lines = run(*typed, "--json")

    assert json.loads(lines[-1]) == {"asked": 3, "counters": 3, "dry_run": False}
    assert Allowance.objects.count() == 0


@pytest.mark.django_db
def test_a_dry_run_counts_and_clears_nothing():
    limits.consume("code_destination_day", "13900000001")

    lines = run("--phone", "13900000001", "--dry-run")

    assert lines == ["reset_attempts: would forget 1 counters"]
    assert Allowance.objects.get().used == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Name at least one of --account, --phone, --filing, --order"),
        (("--account", "nobody@example.com"), "No such account"),
        (("--phone", "12345"), "This is no mobile number: write its 11 digits"),
        (("--filing", "ICP 4711"), "This is no filing number: write it like 宁ICP备00000000号"),
        (("--order", "TR-9"), "This is no reference of an order: write it like T7Q4-M2KX"),
    ],
)
def test_an_unknown_subject_is_an_error_that_repeats_no_personal_data(arguments, says):
    with pytest.raises(CommandError, match=says) as refused:
        run(*arguments)

    assert not any(value in str(refused.value) for value in arguments if not value.startswith("--"))
