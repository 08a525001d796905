"""The rules of the photo: what a reviewer looks for, and what the applicant reads about one that is not met.

Source: docs/sources.md#the-photo-of-the-website-administrator
"""

from collections.abc import Collection, Container, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from icpportal.fields.language_marks import comma_list, reads_chinese
from icpportal.fields.types import Words
from transfers.documents.slots import PHOTO
from transfers.models import Order
from transfers.orders import queries
from transfers.returns.labels import label_of
from transfers.review.cases.parts.part import attributes
from transfers.review.cases.parts.verdicts import OK, RETURN, Tally, Verdict, tally_of, verdicts_of
from transfers.review.reasons.blanks import plain
from transfers.review.reasons.queries import Held
from verification.photos.methods import BACKDROP, PLAIN
from verification.pictures.checks import BY_KEY

START = f"{PHOTO}."  # prefix of the names of these parts


@dataclass(frozen=True, slots=True)
class PhotoRule:
    """One rule: the reason when it is not met, the methods it applies to, and the automatic checks about it."""

    key: str
    words: Words
    reason: str
    ways: tuple[str, ...] = ()  # empty: every method
    checks: tuple[str, ...] = ()
    hint: Words = ""

    @property
    def part(self) -> str:
        """The name of its verdict."""
        return START + self.key


RULES = (
    PhotoRule(
        "person",
        gettext_lazy("The person in the photo is the website administrator"),
        "photo_person",
        hint=gettext_lazy("Compare with the document beside it"),
    ),
    PhotoRule(
        "backdrop",
        gettext_lazy("Our backdrop fills the picture"),
        "photo_backdrop",
        ways=(BACKDROP,),
        checks=("photo_background",),
    ),
    PhotoRule("words", gettext_lazy("The lettering on the backdrop is readable"), "photo_words", ways=(BACKDROP,)),
    PhotoRule(
        "ground",
        gettext_lazy("The wall behind is plain white, without shadows or objects"),
        "photo_ground",
        ways=(PLAIN,),
        checks=("photo_background",),
    ),
    PhotoRule(
        "clothes",
        gettext_lazy("The top is neither red nor blue"),
        "photo_clothes",
        ways=(BACKDROP, PLAIN),
        checks=("photo_clothes",),
    ),
    PhotoRule("face", gettext_lazy("Upper body, no hat or mask"), "photo_face", checks=("face",)),
    PhotoRule("light", gettext_lazy("Sharp and evenly lit"), "photo_light", checks=("blur", "dark")),
    PhotoRule("retouched", gettext_lazy("Not edited"), "photo_retouched", checks=("screenshot",)),
)
BY_PART = {rule.part: rule for rule in RULES}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule on the page."""

    part: str
    words: Words
    hint: Words
    met_checked: SafeString  # the attribute of the button
    unmet_checked: SafeString
    told: str  # what the applicant will read if it is not met
    tone: str  # "is-over" where an automatic check speaks against it


def rules_for(order: Order) -> list[PhotoRule]:
    """The rules for this photo's method; for all open methods where the order does not say."""
    way = order.answer(PHOTO).get("way")
    ways = {way} if way else set(queries.rules_of(order).photo_ways)
    return [rule for rule in RULES if not rule.ways or ways & set(rule.ways)]


def photo_verdicts_of(
    order: Order, typed: Mapping[str, str], kept: Container[str] = ()
) -> tuple[dict[str, Verdict], Tally]:
    """The verdict on each rule, now or (`kept`) by the reviewer who accepted the photo, and the progress."""
    verdicts = verdicts_of([rule.part for rule in rules_for(order)], typed, kept, ())
    return verdicts, tally_of(verdicts.values())


def part_label(part: str) -> Words:
    """What a part is called; each rule of the photo by its words, for all of them are parts of one picture."""
    return BY_PART[part].words if part in BY_PART else label_of(part)


def unmet(verdicts: Mapping[str, Verdict]) -> dict[str, str]:
    """The rules that are not met, each with its reason."""
    return {part: BY_PART[part].reason for part, each in verdicts.items() if each.said == RETURN}


def reasons_lost(rules: Mapping[str, str], held: Held) -> str:
    """The rules whose reason is no longer among those in force here: the applicant would read nothing."""
    return comma_list(BY_PART[part].words for part, reason in rules.items() if reason not in held)


def rule_lines(reasons: Held, verdicts: Mapping[str, Verdict], found: Collection[str] | None) -> list[RuleLine]:
    """The rules for the page with the words of their reasons; `found` are automatic findings, if any."""
    language = "zh" if reads_chinese() else "en"
    texts = {key: plain(each.text(language)) for key, each in reasons.items()}
    return [
        RuleLine(
            part=part,
            words=BY_PART[part].words,
            hint=_hint(BY_PART[part], found),
            met_checked=attributes(checked=each.said == OK),
            unmet_checked=attributes(checked=each.said == RETURN),
            told=texts.get(BY_PART[part].reason, ""),
            tone="is-over" if set(BY_PART[part].checks) & set(found or ()) else "",
        )
        for part, each in verdicts.items()
    ]


def _hint(rule: PhotoRule, found: Collection[str] | None) -> Words:
    if not rule.checks or found is None:
        return rule.hint
    findings = [_(BY_KEY[key].words) for key in rule.checks if key in found]
    return _("Automatic check: %(words)s") % {"words": comma_list(findings) or _("nothing found")}
