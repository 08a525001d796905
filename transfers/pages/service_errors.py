"""Errors of several pages when an outside system could not be asked, or was asked too often."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.time_format import short_words

BUSY = _("The other system is busy. This attempt was not counted. Try again later")


def busy() -> ValidationError:
    """An outside system did not answer, or is busy; nothing was counted."""
    return ValidationError(BUSY, code="service_busy")


def unread_number() -> ValidationError:
    """The authority sent a filing number of an unknown form; nothing was counted."""
    words = _(
        "We cannot read the filing number on record. We have been told. This attempt was not counted: call %(phone)s"
    )
    return ValidationError(words, code="number_unread", params={"phone": settings.PROVIDER_HOTLINE})


def too_many(until: datetime | None) -> ValidationError:
    """One of our limits is used up until then."""
    params = {"time": short_words(until or timezone.now())}
    return ValidationError(_("Too many attempts. Try again after %(time)s"), code="too_many", params=params)
