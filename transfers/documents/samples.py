"""Drawings of a correct picture and some wrong ones for every document: what is accepted, what is often returned."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True)
class Sample:
    """One drawing of `static/img/samples.svg`, and what is right or wrong about it."""

    drawing: str
    words: Words
    is_right: bool = False


_GLARE, _CUT, _BLUR, _FAR = _("Glare"), _("Corner cut off"), _("Blurred"), _("Too small to read")
_ID_WRONG = (
    ("glare", _GLARE),
    ("cut", _CUT),
    ("blur", _BLUR),
    ("copy", _("Photocopy")),
    ("screen", _("Photo of a screen")),
    ("covered", _("Finger over it")),
)


def _id(side: str) -> tuple[Sample, ...]:
    right = Sample(f"id-{side}-right", _("Flat, whole, sharp, in colour"), is_right=True)
    return (right, *(Sample(f"id-{side}-{kind}", words) for kind, words in _ID_WRONG))


UNSEALED = "statement-unsealed"  # the statement of an individual, who has no seal
# by the slot's drawing
SAMPLES: dict[str, tuple[Sample, ...]] = {
    "id-front": _id("front"),
    "licence": (
        Sample("licence-right", _("Whole, sharp, in colour, original or duplicate"), is_right=True),
        Sample("licence-cut", _CUT),
        Sample("licence-glare", _GLARE),
        Sample("licence-small", _FAR),
    ),
    "statement": (
        Sample("statement-right", _("Whole page, signed, with the seal where one is needed"), is_right=True),
        Sample("statement-unsigned", _("Not signed")),
        Sample("statement-unsealed", _("The organisation's seal is missing")),
    ),
    UNSEALED: (
        Sample("statement-unsealed", _("Whole page, signed"), is_right=True),
        Sample("statement-unsigned", _("Not signed")),
        Sample("paper-cut", _CUT),
    ),
    "photo": (
        Sample("holding-right", _("Face and document both clear"), is_right=True),
        Sample("holding-hidden", _("Face covered")),
        Sample("holding-far", _("Too far away")),
    ),
    "papers": (
        Sample("paper-right", _("Whole page, flat, readable"), is_right=True),
        Sample("paper-cut", _CUT),
        Sample("paper-blur", _BLUR),
    ),
}
PORTRAIT = "portrait-right"
BEFORE_BACKDROP = (
    Sample(PORTRAIT, _("Centred, upper body, the words around you readable"), is_right=True),
    Sample("portrait-gap", _("Room beside the backdrop")),
)
BEFORE_WALL = (Sample(PORTRAIT, _("Centred, upper body, well lit"), is_right=True),)
PORTRAITS_WRONG = (
    Sample("portrait-red", _("Red or blue top")),
    Sample("portrait-hat", _("Hat or mask")),
    Sample("portrait-side", _("Not in the middle")),
    Sample("portrait-far", _("Too far away")),
    Sample("portrait-dark", _("Too dark")),
)


def portraits(*, has_backdrop: bool) -> tuple[Sample, ...]:
    """The samples for the photo of a person, the correct one first; only a backdrop has lettering and edges."""
    return (*(BEFORE_BACKDROP if has_backdrop else BEFORE_WALL), *PORTRAITS_WRONG)


def right_sample(drawing: str, side: int = 1) -> str:
    """The drawing of a side's correct picture."""
    return "id-back-right" if drawing == "id-front" and side > 1 else SAMPLES[drawing][0].drawing


def samples_of(drawing: str) -> tuple[Sample, ...]:
    """The samples for documents with this drawing, the correct one first."""
    return SAMPLES[drawing]
