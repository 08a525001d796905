"""What an applicant reads about a file, by key (screens.md §8 and §10)."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from verification.photos.checks import CHECKS

SENTENCES: Mapping[str, str | Promise] = {
    "file_type": _("Upload a JPEG, PNG, HEIC or WebP picture"),
    "file_type_named": _("This file is %(found)s. Upload a JPEG, PNG, HEIC or WebP picture"),
    "file_big": _("Over %(max)s MB: reduce it or take it again"),
    "file_empty": _("The file is empty: choose again"),
    "file_broken": _("The picture does not open: take it again"),
    "file_pixels": _("Too many pixels: reduce it to 40 million"),
    "file_small": _("Too small to read: take it again from nearer"),
    "file_strip": _("Much longer than wide: take the whole paper in one picture"),
    "file_virus": _("The file did not pass the safety check: use another"),
    "scanner_wait": _("We have the file. You can send once checking is back"),
    "upload_failed": _("The upload stopped. Choose the file again"),
    **{check.key: check.sentence for check in CHECKS},
}


class UploadRefused(ValidationError):
    """The file is not taken; `code` is the key, `message` the sentence. A form may let it through as it is."""

    def __init__(self, code: str, message: str | Promise = "", params: Mapping[str, Any] | None = None) -> None:
        sentence = message or SENTENCES[code]
        super().__init__(str(sentence) % params if params else str(sentence), code=code)


def sentence(key: str) -> str | Promise:
    """The sentence of a key, "" for none."""
    return SENTENCES.get(key, "")
