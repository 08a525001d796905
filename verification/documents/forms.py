"""The form with which a picture is uploaded."""

from typing import Unpack

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from icpportal.fields.form_types import Files, FormOptions, Posted
from verification.documents.actions import Upload
from verification.documents.upload_messages import UploadRefused
from verification.pictures.papers import LONGEST


class UploadForm(forms.Form):
    """One picture."""

    file = forms.FileField(
        label=_("Choose file or take a photo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif,image/webp"}),
    )

    def __init__(
        self, data: Posted | None = None, files: Files | None = None, *, key: str = "", **options: Unpack[FormOptions]
    ) -> None:
        options["auto_id"] = f"id_{key}_%s" if key else "id_%s"
        super().__init__(data, files, **options)
        # limits for browsers that shrink pictures before sending
        self.fields["file"].widget.attrs |= {"data-longest": LONGEST, "data-bytes": settings.UPLOAD_MAX_BYTES}


def file_of(request: HttpRequest) -> Upload:
    """The file that was sent; raises `UploadRefused` when none was chosen."""
    file = request.FILES.get("file")
    if file is None:
        raise UploadRefused("file_none")
    return file
