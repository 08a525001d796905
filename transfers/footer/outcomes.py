"""The results of reading a home page, one row each: key, whether all is well, what it means, what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from icpportal.gateways.web_pages import base

FOUND, NO_NUMBER, SHORT_NUMBER, NO_LINK, UNLINKED = "found", "no_number", "short_number", "no_link", "unlinked"
OLD_LINK, ELSEWHERE, UNREACHABLE, NO_PAGE = "old_link", "elsewhere", "unreachable", base.NO_PAGE
PASTE = _("Paste the line above at the foot of the home page")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One result; `is_read` is false when the page was not seen, so that its footer is unknown."""

    key: str
    says: Words
    to_do: Words = ""
    is_well: bool = False
    is_read: bool = True


def _unread(key: str, says: Words, to_do: Words) -> Outcome:
    return Outcome(key, says, to_do, is_read=False)


OUTCOMES = (
    Outcome(FOUND, _("The number is on the home page and leads to the ministry's site"), is_well=True),
    Outcome(NO_NUMBER, _("The number is missing from the home page"), PASTE),
    Outcome(
        SHORT_NUMBER,
        _("The home page shows the subject's number: the end of the website's number is missing"),
        PASTE,
    ),
    Outcome(NO_LINK, _("The number is there, but it has no link to the ministry's site"), PASTE),
    Outcome(UNLINKED, _("The link to the ministry's site is not on the number itself"), PASTE),
    Outcome(OLD_LINK, _("The number leads to an earlier site of the ministry"), PASTE),
    _unread(
        ELSEWHERE,
        _("The home page leads to another domain"),
        _("Show a page under this domain, or put the line there and see for yourself"),
    ),
    _unread(
        UNREACHABLE,
        _("The home page did not answer"),
        _("Open it in a browser. If it opens, try again in a few minutes"),
    ),
    _unread(
        base.INSIDE,
        _("The domain leads to an address that is not public"),
        _("Point it at our server, then try again"),
    ),
    _unread(
        base.ADDRESS,
        _("The home page leads to an address that we do not open: another port, or no page of the web"),
        _("Show it on the usual port"),
    ),
    _unread(base.REDIRECTS, _("The home page leads on more than three times"), _("Shorten the way, then try again")),
    _unread(
        base.CERTIFICATE,
        _("The certificate of the website is not valid: visitors are warned"),
        _("Renew it, then try again"),
    ),
    _unread(base.TOO_LARGE, _("The home page is larger than 2 MB"), _("Look at its foot yourself")),
    _unread(base.STATUS, _("The website answers with an error"), _("Open it in a browser, then try again")),
    _unread(NO_PAGE, _("The answer of the website is not a page"), _("Open it in a browser, then try again")),
)
BY_KEY = {outcome.key: outcome for outcome in OUTCOMES}
