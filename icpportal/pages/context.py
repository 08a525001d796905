"""Context of every page: the provider, and how to contact it."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html

from icpportal.fields.language_marks import reads_chinese
from icpportal.outbox.queries import unread

# what the frame of a page asks for and few pages pass: a template looks long for what is missing
NOT_PASSED: dict[str, None] = dict.fromkeys(("stepper", "slip", "contents", "back_label", "page_draft"))


def portal(request: HttpRequest) -> dict[str, bool | str | SimpleLazyObject | None]:
    """The provider's names and hours, whether this is a demo, and None for what a page's frame may do without."""
    chinese = reads_chinese()
    return {
        **NOT_PASSED,
        "provider_name": settings.PROVIDER_NAME_ZH if chinese else settings.PROVIDER_NAME_EN,
        "provider_hotline": hotline(settings.PROVIDER_HOTLINE),
        "provider_hours": settings.PROVIDER_HOURS,
        "demo": settings.DEMO,
        "simulators": settings.SIMULATORS,
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def hotline(number: str) -> str:
    """The telephone number as a link that never breaks over two lines; "" without one."""
    dialled = "".join(sign for sign in number if sign in "+0123456789")
    return format_html('<a class="nb" href="tel:{}">{}</a>', dialled, number) if number else ""


def _unread(request: HttpRequest) -> int:
    """The number of the reader's unread notes; evaluated only by pages that show the bell."""
    user = getattr(request, "user", None)
    return unread(user) if user is not None and user.is_authenticated else 0
