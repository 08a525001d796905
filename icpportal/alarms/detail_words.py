"""Stored details of alarms in the reader's language; codes, and what other systems said, stay as they are stored."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from icpportal.fields.types import Words

SENTENCES: dict[str, Words] = {
    "it does not answer": gettext_lazy("it does not answer"),
    "it refuses our queries": gettext_lazy("it refuses our queries"),
    "not in the list": gettext_lazy("not in the list"),
}
Found = re.Match[str]
FORMS: dict[str, Callable[[Found], str]] = {
    r"(?P<n>\d+) days": lambda found: ngettext("%(n)s day", "%(n)s days", int(found["n"])) % found.groupdict(),
    r"(?P<n>\d+) requests": lambda found: (
        ngettext("%(n)s request", "%(n)s requests", int(found["n"])) % found.groupdict()
    ),
    r"(?P<n>\d+) of (?P<most>\d+) texts": lambda found: _("%(n)s of %(most)s text messages") % found.groupdict(),
    r"(?P<sent>\d+) sent, (?P<entered>\d+) entered; (?P<n>\d+) ranges": lambda found: (
        _("%(sent)s sent, %(entered)s entered; ranges of numbers: %(n)s") % found.groupdict()
    ),
    r"(?P<key>\S+) waits": lambda found: _("%(key)s waits") % found.groupdict(),
}


def in_readers_language(detail: str) -> str:
    """The detail in words, if it is one that the portal writes in words; else as stored."""
    if detail in SENTENCES:
        return str(SENTENCES[detail])
    for form, words in FORMS.items():
        if found := re.fullmatch(form, detail):
            return words(found)
    return detail
