"""Sentences that several pages say when a question outside could not be asked or was asked too often."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.moments import short_words

BUSY = _("The other system is busy. This try was not counted. Try later")


def busy() -> ValidationError:
    """A system outside did not answer, or too many ask it at once; nothing was counted."""
    return ValidationError(BUSY, code="service_busy")


def too_many(until: datetime | None) -> ValidationError:
    """A limit of ours is used up until then."""
    params = {"time": short_words(until or timezone.now())}
    return ValidationError(_("Too many tries. Try again after %(time)s"), code="too_many", params=params)
