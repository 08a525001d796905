"""Email addresses: full-width letters accepted, the host in lower case."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LONGEST = 254


def email(typed: str) -> str:
    """The typed address; the part before the @ keeps its case."""
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
