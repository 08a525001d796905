"""What operations read first at the desk."""

from datetime import UTC, datetime

import pytest

from icpportal.gateways.registry import GATEWAYS
from icpportal.operations.desk_home import NAMES, operations_page
from tests.transfers.builders import make_user


def test_every_gateway_has_a_name_for_people_and_no_other_has() -> None:
    assert sorted(NAMES) == sorted(row.name for row in GATEWAYS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "year"),
    [
        (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), None),
        (datetime(2026, 9, 30, 16, tzinfo=UTC), 2027),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2027),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), None),
    ],
)
def test_the_holidays_of_next_year_are_missed_from_october_to_december_in_beijing(now, year):
    assert operations_page(make_user(), now).missing_year == year
