"""Labels of columns whose models have none."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.fields.types import Words

# by Django's default label
PLAIN: dict[str, Words] = {
    "active": _("In use"),
    "answer": pgettext_lazy("column", "Answer"),
    "cause": pgettext_lazy("column", "Cause"),
    "closed at": pgettext_lazy("column", "Closed"),
    "closed by": pgettext_lazy("column", "Closed by"),
    "created at": pgettext_lazy("column", "Created"),
    "digest": pgettext_lazy("column", "Checksum"),
    "display domain": pgettext_lazy("register", "Domain"),
    "domain": pgettext_lazy("register", "Domain"),
    "fields": pgettext_lazy("column", "Parts of a case"),
    "id": pgettext_lazy("column", "No."),
    "key": pgettext_lazy("column", "Key"),
    "made at": pgettext_lazy("column", "Made"),
    "note": pgettext_lazy("column", "Note"),
    "owner": pgettext_lazy("column", "Account"),
    "result": pgettext_lazy("column", "Result"),
    "sha-256": pgettext_lazy("column", "Checksum (SHA-256)"),
    "short en": pgettext_lazy("column", "Short form in English"),
    "short zh": pgettext_lazy("column", "Short form in Chinese"),
    "state": pgettext_lazy("column", "State"),
    "subject": pgettext_lazy("column", "Subject"),
    "text en": pgettext_lazy("column", "Text in English"),
    "text zh": pgettext_lazy("column", "Text in Chinese"),
    "tries": pgettext_lazy("column", "Attempts"),
    "under": pgettext_lazy("column", "Belongs to"),
    "website": pgettext_lazy("column", "Website"),
    "words": pgettext_lazy("column", "In their words"),
}


def plain(label: Words) -> str:
    """The label in the reader's language."""
    return str(PLAIN.get(str(label).lower(), label))
