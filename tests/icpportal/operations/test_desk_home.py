"""The first page of operations calls every outside system by a name for people."""

from icpportal.gateways.registry import GATEWAYS
from icpportal.operations.desk_home import NAMES


def test_every_gateway_has_a_name_for_people_and_no_other_has() -> None:
    assert sorted(NAMES) == sorted(row.name for row in GATEWAYS)
