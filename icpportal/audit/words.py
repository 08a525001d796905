"""Names of the acts in the audit chain."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

LOOK, SEARCH, EXPORT, CHANGE, MOVE, SIGN_IN, SIGN_OUT, REFUSED = (
    "look", "search", "export", "change", "move", "sign_in", "sign_out", "refused",
)  # fmt: skip
# acts for readers; apps that move rows add their own, with the state that is left if others have a move of this name
DONE: dict[str, str | Promise] = {"second factor": pgettext_lazy("audit", "Second factor")}
FROM = "%s from %s"  # a move and the state it left
# states and roles of what was moved; apps add their own
STATES: dict[str, str | Promise] = {}
ROLES: dict[str, str | Promise] = {}
ACTS: dict[str, str | Promise] = {
    LOOK: pgettext_lazy("audit", "Looked at personal data"),
    SEARCH: pgettext_lazy("audit", "Searched"),
    EXPORT: pgettext_lazy("audit", "Exported"),
    CHANGE: pgettext_lazy("audit", "Changed a row or an account"),
    MOVE: pgettext_lazy("audit", "Decided or moved a case"),
    SIGN_IN: pgettext_lazy("audit", "Signed in"),
    SIGN_OUT: pgettext_lazy("audit", "Signed out"),
    REFUSED: pgettext_lazy("audit", "Was refused"),
}
