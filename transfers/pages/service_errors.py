"""Sentences that several pages say when a question outside could not be asked or was asked too often."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.time_format import short_words

BUSY = _("The other system is busy. This attempt was not counted. Try again later")


def busy() -> ValidationError:
    """A system outside did not answer, or too many ask it at once; nothing was counted."""
    return ValidationError(BUSY, code="service_busy")


def unread_number() -> ValidationError:
    """The authority named a filing number of a form that is new to us; nothing was counted."""
    words = _(
        "We cannot read the filing number on record. We have been told. This attempt was not counted: call %(phone)s"
    )
    return ValidationError(words, code="number_unread", params={"phone": settings.PROVIDER_HOTLINE})


def too_many(until: datetime | None) -> ValidationError:
    """A limit of ours is used up until then."""
    params = {"time": short_words(until or timezone.now())}
    return ValidationError(_("Too many attempts. Try again after %(time)s"), code="too_many", params=params)
