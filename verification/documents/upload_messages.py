"""The texts about a file that an applicant reads, by key."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from verification.models.documents import Document

SENTENCES: Mapping[str, str | Promise] = {
    "file_type": _("Upload a JPEG, PNG, HEIC or WebP picture"),
    "file_type_named": _("This file is %(found)s. Upload a JPEG, PNG, HEIC or WebP picture"),
    "file_big": _("Larger than %(max)s MB: make it smaller or take it again"),
    "file_empty": _("The file is empty: choose another file"),
    "file_none": _("No file was chosen: choose one, then upload it"),
    "file_broken": _("The picture does not open: take it again"),
    "file_pixels": _("Over 40 megapixels: set the camera to 12 megapixels and take it again, or reduce it"),
    "file_small": _("Too small to read: move closer and take it again"),
    "file_moves": _("The picture moves: take a still photo, or save one frame as JPEG or PNG"),
    "uploads_order": _("Too many pictures for this order within a day: upload the next one after %(time)s"),
    "uploads_account": _("Too many pictures from this account within a day: upload the next one after %(time)s"),
    "uploads_all": _("This order has had %(max)s pictures, and no more are taken: call us, and we go on together"),
    "file_strip": _("The picture is much longer than wide: take the whole page in one picture"),
    "file_virus": _("The file did not pass the safety check: use another"),
    "scanner_wait": _("We have the file. You can submit when the check service is back"),
    "storage_down": _("We cannot take pictures at the moment: try again in a few minutes"),
    "upload_failed": _("The upload was interrupted. Choose the file again"),
    "photo_size": _("Smaller than 800 × 600: move closer and take it again"),
}


class UploadRefused(ValidationError):
    """The file is not accepted; `code` is the key, `message` the sentence, ready for a form error."""

    def __init__(
        self, code: str, message: str | Promise = "", params: Mapping[str, str | int | Promise] | None = None
    ) -> None:
        sentence = message or SENTENCES[code]
        super().__init__(str(sentence) % params if params else str(sentence), code=code)


def sentence(key: str) -> str | Promise:
    """The sentence for a key, "" for none."""
    return SENTENCES.get(key, "")


def reason_of(document: Document) -> str | Promise:
    """The sentence about a refusal or a wait, "" for neither."""
    return sentence(document.reason)
