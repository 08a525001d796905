"""The form with which a picture is uploaded."""

from functools import lru_cache
from typing import Unpack

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language
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
        self.key = key
        # limits for browsers that shrink pictures before sending
        self.fields["file"].widget.attrs |= {"data-longest": LONGEST, "data-bytes": settings.UPLOAD_MAX_BYTES}

    def __html__(self) -> SafeString:
        """Its markup: an empty form holds nothing of anybody, so it is drawn once for each key and language."""
        if self.is_bound or self._errors:  # type: ignore[attr-defined]
            return self.render()
        return _markup(self.key, get_language(), settings.UPLOAD_MAX_BYTES)

    def __str__(self) -> SafeString:
        return self.__html__()


@lru_cache(256)
def _markup(key: str, _language: str | None, _most_bytes: int) -> SafeString:
    """The markup of the empty form with this key: two sides of some twenty documents in two languages."""
    return UploadForm(key=key).render()


def file_of(request: HttpRequest) -> Upload:
    """The file that was sent; raises `UploadRefused` when none was chosen."""
    file = request.FILES.get("file")
    if file is None:
        raise UploadRefused("file_none")
    return file
