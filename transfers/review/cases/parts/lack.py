"""What keeps a case or its photo from being accepted, in words: for the page as it is, and for its script."""

from dataclasses import dataclass

from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import ngettext_lazy

from icpportal.fields.language_marks import comma_list, sign
from transfers.review.cases.parts.verdicts import Tally

Counted = dict[str, Promise]  # what is counted → words with its number
MANY = 2

OF_PARTS: Counted = {
    "open": ngettext_lazy("%(n)s part without a verdict", "%(n)s parts without a verdict", "n"),
    "returned": ngettext_lazy("%(n)s to return", "%(n)s to return", "n"),
    "asked": ngettext_lazy("%(n)s asked of a colleague", "%(n)s asked of a colleague", "n"),
}
OF_RULES: Counted = {
    "open": ngettext_lazy("%(n)s rule without a verdict", "%(n)s rules without a verdict", "n"),
    "returned": ngettext_lazy("%(n)s rule not met", "%(n)s rules not met", "n"),
}


@dataclass(frozen=True, slots=True)
class Lack:
    """What is missing, counted."""

    counted: Counted
    tally: Tally

    def __str__(self) -> str:
        """“34 parts without a verdict, 1 to return”; empty when nothing is missing."""
        amounts = {key: getattr(self.tally, key) for key in self.counted}
        return comma_list(words % {"n": amounts[key]} for key, words in self.counted.items() if amounts[key])

    @property
    def attributes(self) -> SafeString:
        """The words for one and for several, from which the script counts on after each verdict."""
        forms = {f"data-{key}": f"{words % {'n': 1}}|{words % {'n': MANY}}" for key, words in self.counted.items()}
        return flatatt(forms | {"data-between": sign(", ")})
