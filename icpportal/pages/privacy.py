"""The privacy page: what the portal keeps, why, and for how long."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from icpportal.fields.components import Link
from transfers.models import Order
from transfers.pages.rules_summary import of_today


def contents() -> list[Link]:
    """The parts of the page, in order."""
    return [
        Link(_("What, and what for"), "#what"),
        Link(_("How we store it"), "#stored"),
        Link(_("How long we keep it"), "#kept"),
        Link(_("Who sees it"), "#seen"),
        Link(_("Your rights"), "#rights"),
    ]


def privacy_page(request: HttpRequest) -> HttpResponse:
    """Shows what the portal keeps, why, and for how long, with the periods of the settings."""
    context = {
        "contents": contents(),
        "draft_days": settings.DRAFT_KEPT.days,
        "returned_days": settings.RETURNED_KEPT.days,
        "waits_days": settings.WAITS_KEPT.days,
        "retention": settings.RETENTION.values(),
        "key_days": settings.PICTURE_KEY_BACKUP_DAYS,
        "digest_days": settings.PASSWORD_DIGEST_KEPT.days,
        # orders under earlier rules may still have them
        "keeps_passwords": of_today().asks_password or Order.objects.filter(password_kept=True).exists(),
    }
    return render(request, "pages/privacy.html", context)
