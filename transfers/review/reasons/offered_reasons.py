"""The reasons that a page offers for each part of an order."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

from django.utils.translation import gettext as _

from icpportal.fields.form_types import Choice
from icpportal.fields.language_marks import reads_chinese
from transfers.models import ReasonVersion
from transfers.review.reasons.blanks import plain


class OfferedReasons:
    """Versions of reasons, to be looked up by part: a case has forty parts."""

    def __init__(self, versions: Iterable[ReasonVersion]) -> None:
        self.versions = list(versions)

    def choices_for(self, part: str) -> list[Choice]:
        """The reasons for returning a part in the reader's language, closest first, and own words."""
        of_part, of_page, of_all = (self._named.get(name, []) for name in (part, part.partition(".")[0], ""))
        return [*dict.fromkeys((*of_part, *of_page, *of_all)), ("own", _("In my own words"))]

    @cached_property
    def _named(self) -> dict[str, list[Choice]]:
        """The choices by the part or page that their reason names; those of a reason that names none at ""."""
        language = "zh" if reads_chinese() else "en"
        found: dict[str, list[Choice]] = defaultdict(list)
        for each in self.versions:
            choice = (each.reason.key, plain(each.text(language)))
            for name in each.fields.split() or [""]:
                found[name].append(choice)
        return found
