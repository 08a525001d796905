"""An unknown product or place raises an alarm of its own until the settings name it."""

import pytest

from icpportal.alarms.queries import open_alarms
from icpportal.gateways.inventory import unreportable
from icpportal.gateways.inventory.eligibility import UNKNOWN_PLACE, UNKNOWN_PRODUCT
from tests.icpportal.gateways.inventory.conftest import instance

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def met(settings):
    settings.SERVER_PROVINCE = "11,64"
    for row in (instance(product="quantum"), instance(product="vhost"), instance(product="quantum")):
        unreportable.report(UNKNOWN_PRODUCT, row, reference="T7Q4-M2KX")
    for row in (instance(region="cn-beijing"), instance(region="cn-beijing", province="31")):
        unreportable.report(UNKNOWN_PLACE, row, reference="T7Q4-M2KX")


def causes():
    return sorted(alarm.cause for alarm in open_alarms())


def test_each_unknown_value_is_an_alarm_until_the_settings_name_it(settings):
    before = causes()
    settings.PROVIDER_PRODUCTS = [{"key": "vhost", "zh": "主机空间", "en": "Shared space", "method": "hosting"}]
    settings.SERVER_PLACES = {"cn-beijing": "11"}

    counted, still_open = unreportable.clear_known(dry_run=True), causes()
    cleared = unreportable.clear_known()

    assert before == [
        "inventory.place:31",
        "inventory.place:cn-beijing",
        "inventory.product:quantum",
        "inventory.product:vhost",
    ]
    assert (counted, cleared, still_open) == (2, 2, before)
    assert causes() == ["inventory.place:31", "inventory.product:quantum"]
