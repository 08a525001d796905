"""Each state of an import and of a claim in words, and what is said of one record."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.legacy import states


@dataclass(frozen=True)
class Sentence:
    """A state's name, whose turn it is and what follows, and how its mark looks."""

    label: str | Promise
    words: str | Promise
    tone: str
    icon: str


IMPORT_SENTENCES = {
    states.PROVED: Sentence(
        _("Old account proved"), _("Your turn: look at what was found. Nothing is imported yet"), "amber", "pencil"
    ),
    states.PREVIEWED: Sentence(
        _("Ready to import"), _("Your turn: choose what to import. Nothing is imported yet"), "amber", "pencil"
    ),
    states.RUNNING: Sentence(
        _("Importing"),
        _("We are importing. You may leave this page: we tell you when it is done"),
        "blue",
        "hourglass",
    ),
    states.IMPORTED: Sentence(
        _("Imported"), _("The import is done. What was not imported is listed with the reason"), "plain", "seal"
    ),
    states.FAILED: Sentence(
        _("Nothing imported"),
        _("Nothing could be imported. Read the reasons, then try again or call us"),
        "red",
        "cross-square",
    ),
}
CLAIM_SENTENCES = {
    states.OPEN: Sentence(
        _("Papers wanted"),
        _("Your turn: upload the papers that show that the filing is yours, then send"),
        "amber",
        "pencil",
    ),
    states.SENT: Sentence(
        pgettext_lazy("claim", "In review"),
        _("A reviewer checks it within one working day. There is nothing to do"),
        "blue",
        "hourglass",
    ),
    states.ACCEPTED: Sentence(pgettext_lazy("claim", "Accepted"), _("The filing is in your account"), "plain", "seal"),
    states.DECLINED: Sentence(
        pgettext_lazy("claim", "Declined"),
        _("Your turn: read the answer. You may send it again with other papers"),
        "amber",
        "return",
    ),
}
RESET_SENTENCES = {
    **CLAIM_SENTENCES,
    states.OPEN: Sentence(
        _("Papers wanted"),
        _("Your turn: upload the papers that show that the old account is yours, then send"),
        "amber",
        "pencil",
    ),
    states.SENT: Sentence(
        pgettext_lazy("claim", "In review"),
        _("A reviewer checks it within 1 to 2 working days. There is nothing to do"),
        "blue",
        "hourglass",
    ),
    states.ACCEPTED: Sentence(
        pgettext_lazy("claim", "Accepted"),
        _("Your turn: the old account is proved. Import its filings"),
        "green",
        "check",
    ),
}

# the preview, before anything happened
FOUND = {
    states.NEW: Sentence(pgettext_lazy("import", "New"), "", "green", "check"),
    states.SAME: Sentence(_("Same as here"), "", "slate", "check"),
    states.KEPT_HERE: Sentence(pgettext_lazy("import", "Differs"), "", "amber", "pencil"),
    states.ELSEWHERE: Sentence(
        _("In another account"),
        _("It is on file here in another account: sign in with that one"),
        "red",
        "cross-square",
    ),
    states.OTHER_DOCUMENT: Sentence(
        _("Other document here"), _("It is on file here under another document: call us"), "red", "cross-square"
    ),
    states.TO_CLAIM: Sentence(
        _("To be claimed"), _("Filed before June 2010: claim it with papers instead"), "amber", "return"
    ),
    states.UNREADABLE: Sentence(
        _("Cannot be read"), _("The old record is damaged or incomplete: call us"), "red", "cross-square"
    ),
}
# the report, afterwards
BROUGHT = {
    **FOUND,
    states.NEW: Sentence(_("Imported"), "", "green", "check"),
    states.SAME: Sentence(_("Already here"), _("The same as on the old platform: nothing changed"), "slate", "check"),
    states.KEPT_HERE: Sentence(_("Kept as it is here"), _("As you chose"), "slate", "check"),
    "": Sentence(pgettext_lazy("import", "Waiting"), "", "blue", "hourglass"),
}


def mark(sentences: Mapping[str, Sentence], key: str) -> dict[str, object]:
    """What `partials/state.html` draws."""
    said = sentences[key]
    return {"key": key, "label": said.label, "tone": said.tone, "icon": said.icon}
