"""What every page may show: who the provider is and how to reach it."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from icpportal.entry.marks import reads_chinese
from icpportal.outbox.queries import unread


def portal(request: HttpRequest) -> dict[str, object]:
    """The provider's names and hours, and whether this is a demo."""
    chinese = reads_chinese()
    return {
        "provider_name": settings.PROVIDER_NAME_ZH if chinese else settings.PROVIDER_NAME_EN,
        "provider_hotline": settings.PROVIDER_HOTLINE,
        "provider_hours": settings.PROVIDER_HOURS,
        "demo": settings.DEMO,
        "simulators": settings.SIMULATORS,
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    """How many notes wait for the signed-in reader; asked only by a page that shows the bell."""
    user = getattr(request, "user", None)
    return unread(user) if user is not None and user.is_authenticated else 0
