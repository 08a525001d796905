"""The desk's texts about a download: why it was put aside, and what to do about it."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from icpportal.gateways.miit.documents.types import NO_STRUCK_ID
from icpportal.gateways.miit.incoming.damage import CAME_WHOLE
from icpportal.gateways.miit.models import InboxFile, InboxState

DAMAGED = _("Nothing: we request it again. “Confirm although damaged” gives it up")
LOST = _(
    "Ask the authority for its content and do what it says, then choose “Dealt with by hand”; a second person closes it"
)
ONLY_STORED = _("Read it and do what it asks, then choose “Dealt with by hand”; a second person closes it")
NOT_UNDERSTOOD = _(
    "Read it. Choose “Read again” once its cause is gone; else act by hand and choose “Dealt with by hand”, "
    "and a second person closes it"
)
SECOND_PERSON = _("A second person reads it and the reason, then closes it or declines")
TAKEN_IN = _("Nothing: it was taken in before a second person closed it")

IS_ONLY_STORED = re.compile(r"(?P<kind>.+) is only stored")
# stored reasons in the reader's language; an unknown part is shown as it is
REASONS: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (IS_ONLY_STORED, _("%(kind)s is a kind of file for people to read: the portal only stores it")),
    (
        re.compile(r"no reports fit .*handle (?P<handle>.+)"),
        _("It answers a report that the portal does not know: handle %(handle)s"),
    ),
    (
        re.compile(r"\d+ reports fit .*handle (?P<handle>.+)"),
        _("It may answer several reports: handle %(handle)s"),
    ),
    (
        re.compile(r"\w+ for (?P<key>\S+), which was answered otherwise"),
        _("Report %(key)s was answered before, and otherwise"),
    ),
    (
        re.compile(r"(?P<codes>.+) for (?P<key>\S+) before its receipt"),
        _("%(codes)s for report %(key)s, of which the portal has no receipt yet"),
    ),
    (re.compile("a result without a code or a decision"), _("It holds a result without a code and without a decision")),
    (
        re.compile(re.escape(NO_STRUCK_ID)),
        _("A row of it (Zxxx) has no Zxlb or no Jlid and was left out"),
    ),
    (
        re.compile(r"(?P<row>Baxx|Wz_xx|Jr_xx) without (?P<id>\w+)"),
        _("A row of it (%(row)s) has no %(id)s and was left out"),
    ),
    (re.compile("root is not DownloadData"), _("It is not a file of this interface")),
    (re.compile("not well-formed XML"), _("It is not well-formed XML")),
    (re.compile("the hash does not match the file"), _("The hash does not match the file")),
    (
        re.compile("the file is not a zip archive, or a damaged one"),
        _("It is not a zip archive, or half of one"),
    ),
    (re.compile("the file is not base64"), _("It is not base64")),
    (
        re.compile("the file cannot be decrypted with the configured key"),
        _("It cannot be decrypted with our key: check MIIT_AES_KEY"),
    ),
    (
        re.compile("the file is encrypted, and no key is configured"),
        _("It is encrypted, and we have no key: set MIIT_AES_KEY"),
    ),
    (re.compile(re.escape(CAME_WHOLE)), _("Damaged on the way; it came whole later")),
    (re.compile(r"cannot be read: (?P<error>\w+)"), _("The portal could not read it (%(error)s)")),
)


def why(row: InboxFile) -> str:
    """Why it was put aside, in the reader's language; a dash without a reason."""
    return reason_in_words(row.reason) or "—"


def reason_in_words(kept: str) -> str:
    """A stored reason in the reader's language; unknown text is shown as it is."""
    return "; ".join(_one_in_words(each) for each in kept.split("; "))


def _one_in_words(reason: str) -> str:
    for pattern, words in REASONS:
        if found := pattern.fullmatch(reason):
            return str(words) % found.groupdict()
    return reason


def to_do(row: InboxFile) -> str:
    """What to do about it; a dash when nothing."""
    if row.state == InboxState.PROCESSED and row.proposed_by_id and not row.closed_by_id:
        return str(TAKEN_IN)
    if row.state == InboxState.PARKED and row.proposed_by:
        facts = {"first": row.proposed_by, "because": row.proposed_because}
        asked = gettext("Asked by %(first)s: %(because)s") % facts
        return f"{SECOND_PERSON} · {asked}"
    return str(_to_do(row) or "—")


def needs_a_person(row: InboxFile) -> bool:
    """Whether it waits for something or somebody."""
    return _to_do(row) is not None


def _to_do(row: InboxFile) -> Promise | None:
    if row.state == InboxState.PARKED:
        if row.proposed_by_id:
            return SECOND_PERSON
        only_stored = any(IS_ONLY_STORED.fullmatch(each) for each in row.reason.split("; "))
        return LOST if row.damaged_at else ONLY_STORED if only_stored else NOT_UNDERSTOOD
    return DAMAGED if row.damaged_at and row.state == InboxState.STORED else None
