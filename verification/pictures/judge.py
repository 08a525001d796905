"""Runs the checks of a paper over a picture, in the child: imports nothing of Django."""

from collections.abc import Callable, Mapping

from PIL import Image

from verification.pictures import frame, light, origin, portrait, sharpness
from verification.pictures.checks import WHOLE, Box, Finding, checks_of
from verification.pictures.likeness import light_of
from verification.pictures.papers import Paper
from verification.pictures.sample import Sample


def no_face(sample: Sample) -> Box | None:
    """No face where there must be one."""
    return None if sample.face else WHOLE


# Where on the picture the check finds something, None where it does not; a row for each of `CHECKS`.
MEASURES: Mapping[str, Callable[[Sample], Box | None]] = {
    "blur": sharpness.find_blur,
    "dark": light.dark,
    "glare": light.glare,
    "cut": frame.cut,
    "small": frame.small,
    "screenshot": origin.screenshot,
    "side": origin.wrong_side,
    "face": no_face,
    "photo_clothes": portrait.red_or_blue_top,
    "photo_background": portrait.wrong_background,
}
LEAST = 64  # pixels across: smaller copies tell nothing, and smaller uploads were refused
# A cause and its consequences: a dark picture need not also be reported as showing no face.
INSTEAD: Mapping[str, frozenset[str]] = {
    "face": frozenset({"blur", "dark", "side", "screenshot"}),
    "cut": frozenset({"screenshot"}),
    "small": frozenset({"screenshot"}),
}


def findings(
    picture: Image.Image, paper: Paper, *, width: int, height: int, reduced: Image.Image | None = None
) -> list[Finding]:
    """The findings on a picture; `width` and `height` are those of the upload, `reduced` is its copy, if it is made."""
    reduced = reduced or light_of(picture)
    if min(reduced.size) < LEAST:
        return []
    sample = Sample(picture, reduced, paper, width, height)
    found: dict[str, Box] = {}
    for check in checks_of(paper):
        if INSTEAD.get(check.key, frozenset()) & found.keys():
            continue
        box = MEASURES[check.key](sample)
        if box is not None:
            found[check.key] = box
    return [Finding(key, box) for key, box in found.items()]
