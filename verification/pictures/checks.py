"""What may be found on a picture: one row for each check, read by pages and by the child; imports nothing of Django.

A finding advises: the applicant may send the picture all the same, and a reviewer sees the finding. The texts are
collected for translation here and translated where they are shown. How often each check is right: docs/photo-check.md
"""

from dataclasses import dataclass
from typing import NamedTuple

from verification.pictures.papers import ALL, CARDS, FLAT, WITH_A_FACE, Paper

PORTRAIT = frozenset({Paper.PORTRAIT})
Box = tuple[float, float, float, float]  # left, top, right, bottom, as parts of width and height
WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


class Finding(NamedTuple):
    """One thing found on a picture, and where."""

    key: str
    box: Box = WHOLE


@dataclass(frozen=True)
class Check:
    """One check: the documents it applies to, its text, and what to do about it."""

    key: str
    papers: frozenset[Paper]
    words: str
    remedy: str


def _(words: str) -> str:
    """Marks a text for translation."""
    return words


CHECKS = (
    Check("blur", ALL, _("Blurred"), _("Hold the phone still and tap the screen to focus")),
    Check("dark", ALL, _("Too dark"), _("Take it again near a window or under a lamp")),
    Check("glare", CARDS, _("Light hides part of it"), _("Turn off the flash, or tilt the document a little")),
    Check("cut", FLAT, _("Not the whole document"), _("Move back until all four corners are in the picture")),
    Check("small", FLAT, _("Too small to read"), _("Move closer: the document should fill the picture")),
    Check("screenshot", ALL, _("A screenshot"), _("Photograph the original, not a screen")),
    Check("side", frozenset({Paper.FACE_CARD}), _("The other side"), _("This place is for the side with the portrait")),
    Check("face", WITH_A_FACE, _("No face found"), _("The face must be visible, upright and well lit")),
    Check("photo_clothes", PORTRAIT, _("A red or blue top"), _("Change clothes and take the photo again")),
    Check(
        "photo_background",
        PORTRAIT,
        _("Other background"),
        _("Fill the picture with our blue backdrop, or a plain white wall"),
    ),
)
# Found beside the other pictures of the same holder, not on the picture itself.
TWICE = Check("twice", ALL, _("The same picture twice"), _("Upload the right picture in each place"))
BY_KEY = {check.key: check for check in (*CHECKS, TWICE)}


def checks_of(paper: Paper) -> list[Check]:
    """The checks for this kind of paper, in the order in which they are reported."""
    return [check for check in CHECKS if paper in check.papers]
