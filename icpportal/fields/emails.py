"""E-mail addresses: full-width letters forgiven, the host in lower case."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST = 254


def email(typed: str) -> str:
    """The address that was typed; the part before the @ keeps its letters."""
    text = unicodedata.normalize("NFKC", typed).strip()
    name, at, host = text.rpartition("@")
    address = f"{name}{at}{host.lower()}"
    try:
        validate_email(address)
    except ValidationError:
        address = ""
    if not address or len(address) > LONGEST or not address.isascii():
        raise ValidationError(
            _("Enter a full email address, such as %(example)s"),
            code="email_bad",
            params={"example": "lin@example.com"},
        )
    return address
