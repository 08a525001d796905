"""What every page may show: who the provider is and how to reach it."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def portal(request: HttpRequest) -> dict[str, object]:
    """The provider's names and hours, and whether this is a demo."""
    chinese = (get_language() or "").startswith("zh")
    return {
        "provider_name": settings.PROVIDER_NAME_ZH if chinese else settings.PROVIDER_NAME_EN,
        "provider_hotline": settings.PROVIDER_HOTLINE,
        "provider_hours": settings.PROVIDER_HOURS,
        "ministry_site": settings.MINISTRY_SITE,
        "demo": settings.DEMO,
        "simulators": settings.SIMULATORS,
    }
