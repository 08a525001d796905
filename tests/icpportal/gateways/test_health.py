"""Whether the outside systems answer: each is asked, whatever becomes of the one before."""

from icpportal.gateways import health


class Odd:
    def check(self) -> None:
        raise KeyError("an answer without its end")


class Well:
    def check(self) -> None:
        pass


def test_a_gateway_that_breaks_when_it_is_asked_is_down_and_the_others_are_asked(settings) -> None:
    """B6."""
    settings.AUTHORITY_GATEWAY, settings.SMS_GATEWAY = f"{__name__}.Odd", "nowhere.Gateway"
    settings.INVENTORY_GATEWAY = settings.SCANNER_GATEWAY = f"{__name__}.Well"
    settings.PHOTO_APP_GATEWAY = settings.DNS_GATEWAY = ""

    asked = {each.name: (each.state, each.words) for each in health.examine()}

    assert asked == {
        "authority": ("down", "KeyError"),
        "inventory": ("ok", ""),
        "sms": ("down", "ModuleNotFoundError"),
        "scanner": ("ok", ""),
    }
