"""Refuses to start in production with a gateway that is only good for the demo."""

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

HTTP_INVENTORY = "icpportal.gateways.inventory.http.HttpInventory"
HTTP_APP = "icpportal.gateways.photo_app.http.HttpApp"
CHECKED = ("AUTHORITY_GATEWAY", "INVENTORY_GATEWAY", "SCANNER_GATEWAY", "PHOTO_APP_GATEWAY")


@register
def gateways_fit_production(app_configs: object, **kwargs: object) -> list[CheckMessage]:  # noqa: ARG001
    """Errors outside the demo: no scanner, a fake, photos or a server list in the clear."""
    if settings.DEMO:
        return []
    named = {name: getattr(settings, name) for name in CHECKED}
    fakes = [
        Error(f"{name} is a fake.", hint="Fakes are for tests.", id="gateways.E001")
        for name, path in named.items()
        if ".fake." in path
    ]
    return fakes + _scanner() + _inventory() + _photo_app()


def _scanner() -> list[CheckMessage]:
    if settings.SCANNER_GATEWAY != settings.NO_SCANNER:
        return []
    hint = "Run clamd and set SCANNER_GATEWAY=icpportal.gateways.scanner.clamd.Clamd and SCANNER_ADDRESS."
    return [Error("Uploaded files are not scanned.", hint=hint, id="gateways.E002")]


def _inventory() -> list[CheckMessage]:
    if settings.INVENTORY_GATEWAY != HTTP_INVENTORY or settings.INVENTORY_URL.startswith("https://"):
        return []
    return [Error("The server list is not asked over HTTPS.", hint="INVENTORY_URL: https://…", id="gateways.E003")]


def _photo_app() -> list[CheckMessage]:
    """None at all is allowed: then the applicant uploads what the app took."""
    named = settings.PHOTO_APP_GATEWAY
    if ".page." in named:
        return [Error("The photo app is the demo's page.", hint="Unset PHOTO_APP_GATEWAY.", id="gateways.E004")]
    if named != HTTP_APP or settings.PHOTO_APP_URL.startswith("https://"):
        return []
    return [Error("The photo app is not asked over HTTPS.", hint="PHOTO_APP_URL: https://…", id="gateways.E005")]
