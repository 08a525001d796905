"""The accounts of the demo on data that somebody has tried it on: each start finds them, whatever became of them."""

import random

import pytest

from demo.management.commands.seed_demo import place_orders
from demo.seed import accounts, past_orders
from icpportal.accounts import actions, roles
from icpportal.accounts.models import Pending, User
from tests.transfers.builders import make_user
from transfers.models import Order
from transfers.rights.erasure import erase_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> dict[str, User]:
    roles.ensure()
    return accounts.open_accounts()


def change_address(user: User, email: str) -> None:
    actions.confirm_email(actions.begin(Pending.Kind.EMAIL, destination=email, language="en", user=user))


def change_mobile(user: User, mobile: str) -> None:
    actions.confirm_mobile(actions.begin(Pending.Kind.MOBILE, destination=mobile, language="en", user=user))


def test_who_changed_address_or_mobile_is_found_again_and_nobody_is_opened_twice(people: dict[str, User]) -> None:
    """The next `make demo` ended with an IntegrityError: the mobile belonged to the changed account."""
    change_address(people["newcomer"], "new@example.com")
    change_mobile(people["newcomer"], "13900000999")
    change_mobile(people["reviewer"], "13900000998")
    change_address(people["applicant"], "other@example.com")

    assert accounts.open_accounts() == people
    assert User.objects.count() == len(accounts.ACCOUNTS)


def test_who_closed_the_account_is_opened_again_without_the_orders_that_went_with_it(people: dict[str, User]) -> None:
    make_user(past_orders.OWNER)  # an earlier start has filled everything
    erase_account(people["applicant"])

    again = accounts.open_accounts()

    assert again["applicant"] != people["applicant"]
    assert again["applicant"].email == "lin@example.com"
    assert place_orders(again, random.Random(1)) == (0, 0)
    assert not Order.objects.exists()
