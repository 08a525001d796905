"""A photo check is a function from a picture's facts to a sentence or None; one row of `CHECKS` each.

`hard` checks refuse the picture. The others advise: the applicant may send the photo all the same, and a reviewer sees
the advice, never a verdict. Sizes and clothes: the regulator's 800×600 and "no red or blue top" (dossier §6).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Facts = Mapping[str, float]

LONG_SIDE, SHORT_SIDE = 800, 600
DARKEST, BRIGHTEST = 60, 225
CLOTHES_SHARE = 0.5


@dataclass(frozen=True)
class Check:
    """One check: its key among the messages, the sentence, when it is said, and whether it refuses."""

    key: str
    sentence: Promise
    fails: Callable[[Facts], bool]
    hard: bool = False

    def __call__(self, facts: Facts) -> Promise | None:
        return self.sentence if self.fails(facts) else None


def too_small(facts: Facts) -> bool:
    short, long = sorted((facts["width"], facts["height"]))
    return short < SHORT_SIDE or long < LONG_SIDE


def dark_or_glaring(facts: Facts) -> bool:
    return not DARKEST <= facts["brightness"] <= BRIGHTEST


def red_or_blue_top(facts: Facts) -> bool:
    return max(facts["red"], facts["blue"]) >= CLOTHES_SHARE


CHECKS = (
    Check("photo_size", _("Under 800×600: take it again from nearer"), too_small, hard=True),
    Check("photo_dark", _("Too dark or too bright: take it elsewhere"), dark_or_glaring),
    Check("photo_clothes", _("The top is red or blue: change and take it again"), red_or_blue_top),
)


def refusal(facts: Facts) -> str:
    """The key of the first hard check that fails, "" for none. Hard checks ask for width and height alone."""
    return next((check.key for check in CHECKS if check.hard and check(facts)), "")


def advice(facts: Facts) -> list[str]:
    """The keys of the checks that advise against this picture."""
    return [check.key for check in CHECKS if not check.hard and check(facts)]
