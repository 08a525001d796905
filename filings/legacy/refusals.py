"""Why an old account is not imported, in the words its owner reads (dossier §11)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from icpportal.moments import short_words


class Why(StrEnum):
    """The reasons; each with a sentence."""

    WRONG = "old_pair_wrong"
    TOO_MANY = "too_many"
    IMPORTED = "old_imported"
    EMPTY = "old_empty"
    INACTIVE = "old_inactive"
    OPEN_ORDER = "old_open_order"
    HAS_SUBJECT = "here_has_subject"


SENTENCES: Mapping[Why, Any] = {
    Why.WRONG: _("Account or password is not right: check both, find the account, or have it reset"),
    Why.TOO_MANY: _("Too many tries. Try again after %(time)s"),
    Why.IMPORTED: _("This old account was imported on %(time)s: sign in with the account used then"),
    Why.EMPTY: _("There is no filing in that account: try another old account"),
    Why.INACTIVE: _("The old account was never activated: there is nothing to import. Start a transfer here instead"),
    Why.OPEN_ORDER: _(
        "The old account holds only an open order, which cannot move: call us to close it, then start here"
    ),
    Why.HAS_SUBJECT: _("This account has imported a filing already: sign in with another account and import there"),
}


def refusal(why: Why, when: datetime | None = None) -> ValidationError:
    """The sentence as a form's error."""
    params: dict[str, Any] = {"time": short_words(when or timezone.now())}
    return ValidationError(SENTENCES[why], code=why, params=params)
