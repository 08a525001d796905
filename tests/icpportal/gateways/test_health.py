"""Whether the outside systems answer: each is checked, whatever the result of the one before."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways import health
from icpportal.gateways.errors import Refused
from icpportal.gateways.registry import checkable_gateways


class Odd:
    def check(self) -> None:
        raise KeyError("an answer without its end")


class Unset:
    def __init__(self) -> None:
        raise ImproperlyConfigured("INVENTORY_TOKEN is empty")


class Well:
    def check(self) -> None:
        pass


def test_a_gateway_that_fails_its_check_is_down_and_the_others_are_checked(settings) -> None:
    for row in checkable_gateways():
        setattr(settings, row.setting, "")  # not configured
    settings.AUTHORITY_GATEWAY, settings.SMS_GATEWAY = f"{__name__}.Odd", "nowhere.Gateway"
    settings.INVENTORY_GATEWAY, settings.SCANNER_GATEWAY = f"{__name__}.Unset", f"{__name__}.Well"

    answers = {each.name: (each.state, each.words) for each in health.examine()}

    assert answers == {
        "authority": ("down", "unexpected error (KeyError)"),
        "inventory": ("down", "INVENTORY_TOKEN is empty"),
        "sms": ("down", "its class cannot be loaded"),
        "scanner": ("ok", ""),
    }


class Noted(Well):
    def check_last_answer(self) -> None:
        raise Refused("sending stopped")


@pytest.mark.parametrize(("ask", "state"), [(True, "ok"), (False, "refused")])
def test_a_gateway_that_records_its_answers_is_checked_only_for_a_person(settings, ask, state) -> None:
    settings.AUTHORITY_GATEWAY = f"{__name__}.Noted"

    assert next(each.state for each in health.examine(ask=ask) if each.name == "authority") == state
