"""Labels and sentences for each state of an import and of a claim, and for the outcome of a record."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filings.models import legacy_states as states
from icpportal.fields.components import StateMark


@dataclass(frozen=True)
class Sentence:
    """A state's label, whose turn it is and what follows, and the look of its mark."""

    label: str | Promise
    words: str | Promise
    tone: str
    icon: str


# tone and icon of a mark
YOURS, OURS, DONE, BROKEN = ("amber", "pencil"), ("blue", "hourglass"), ("plain", "seal"), ("red", "cross-square")
RETURNED, GOOD, UNCHANGED = ("amber", "return"), ("green", "check"), ("slate", "check")

IMPORT_SENTENCES = {
    states.PROVED: Sentence(
        _("Old account verified"), _("Your turn: check what was found. Nothing has been imported yet"), *YOURS
    ),
    states.PREVIEWED: Sentence(
        _("Ready to import"), _("Your turn: choose what to import. Nothing has been imported yet"), *YOURS
    ),
    states.RUNNING: Sentence(
        _("Importing"), _("We are importing. You can leave this page. We will tell you when it is done"), *OURS
    ),
    states.IMPORTED: Sentence(
        _("Imported"), _("The import is done. What was not imported is listed with the reason"), *DONE
    ),
    states.FAILED: Sentence(
        _("Nothing imported"), _("Nothing could be imported. Read the reasons, then try again or call us"), *BROKEN
    ),
}
# replace the mark of an import that has not begun and cannot
NOT_NOW = Sentence(_("Verification expired"), "", *YOURS)
NOT_AT_ALL = Sentence(_("Cannot be imported"), "", *BROKEN)
ALL_IMPORTED = _("The import is done")  # replaces the sentence of an import in which nothing failed
CLAIM_SENTENCES = {
    states.OPEN: Sentence(
        _("Documents needed"), _("Your turn: upload documents that show that the filing is yours, then submit"), *YOURS
    ),
    states.SENT: Sentence(
        pgettext_lazy("claim", "In review"),
        _("A reviewer will check it within one working day. You do not need to do anything"),
        *OURS,
    ),
    states.ACCEPTED: Sentence(pgettext_lazy("claim", "Accepted"), _("The filing is in your account"), *DONE),
    states.DECLINED: Sentence(
        pgettext_lazy("claim", "Declined"),
        _("Your turn: read the answer. You can submit it again with other documents"),
        *RETURNED,
    ),
}
# what staff did, by the move
CLAIM_ACTS: dict[str, str | Promise] = {
    "accept": _("Accepted the claim of an old filing"),
    "decline": _("Declined the claim of an old filing"),
}
# replaces that of a claim which its owner could still submit, but nobody accept
GONE = Sentence(_("In another account"), _("Another account was given this filing. If it is yours, call us"), *BROKEN)
RESET_SENTENCES = {
    **CLAIM_SENTENCES,
    states.OPEN: replace(
        CLAIM_SENTENCES[states.OPEN],
        words=_("Your turn: upload documents that show that the old account is yours, then submit"),
    ),
    states.SENT: replace(
        CLAIM_SENTENCES[states.SENT],
        words=_("A reviewer will check it within 1 to 2 working days. You do not need to do anything"),
    ),
    states.ACCEPTED: Sentence(
        pgettext_lazy("claim", "Accepted"), _("Your turn: the old account is verified. Import its filings"), *GOOD
    ),
}

# the preview, before anything happened
FOUND = {
    states.NEW: Sentence(pgettext_lazy("import", "New"), "", *GOOD),
    states.SAME: Sentence(_("Same as here"), "", *UNCHANGED),
    states.KEPT_HERE: Sentence(pgettext_lazy("import", "Differs"), "", *YOURS),
    states.ELSEWHERE: Sentence(
        _("In another account"),
        _("This website is on file here in another account: sign in with that account"),
        *BROKEN,
    ),
    states.OTHER_DOCUMENT: Sentence(
        _("Different document"), _("This website is on file here with another document: call us"), *BROKEN
    ),
    states.TO_CLAIM: Sentence(
        _("To be claimed"), _("Filed before June 2010: claim it with documents instead"), *RETURNED
    ),
    states.UNREADABLE: Sentence(_("Cannot be read"), _("The old record is damaged or incomplete: call us"), *BROKEN),
}
# the report, afterwards
BROUGHT = {
    **FOUND,
    states.NEW: Sentence(_("Imported"), "", *GOOD),
    states.SAME: Sentence(
        _("Already on this portal"), _("The same as on the old platform: nothing changed"), *UNCHANGED
    ),
    states.KEPT_HERE: Sentence(_("Kept this portal's version"), _("As you chose"), *UNCHANGED),
    "": Sentence(pgettext_lazy("import", "Waiting"), "", *OURS),
}


def mark(sentences: Mapping[str, Sentence], key: str) -> StateMark:
    """The arguments of `partials/state.html`."""
    return mark_of(sentences[key], key)


def mark_of(sentence: Sentence, key: str) -> StateMark:
    """The same for one sentence."""
    return {"key": key, "label": sentence.label, "tone": sentence.tone, "icon": sentence.icon}
