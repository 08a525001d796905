"""The signed mark in a page: for whom and where it was drawn, and which of its fields may be kept.

Valid for a week. It allows what was typed to be stored for its account after the session has ended, and nothing else.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.http import HttpRequest

FIELD = "page_draft"
SALT = "page-draft"
COUNTS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Mark:
    """The content of a mark."""

    account: str  # "" if nobody was signed in
    url: str
    holder: str  # the reference in its URL
    names: tuple[str, ...]

    def to_text(self) -> str:
        """The mark as text for the page."""
        value = [self.account, self.url, self.holder, list(self.names)]
        return signing.dumps(value, salt=SALT, compress=True)


def mark_of(request: HttpRequest, names: list[str], *, url: str = "") -> Mark:
    """The mark of the page being drawn, for `url` if that is not the requested one."""
    match = request.resolver_match
    return Mark(
        account=str(request.user.pk) if request.user.is_authenticated else "",
        url=url or request.get_full_path(),
        holder=str(match.kwargs.get("reference", "")) if match else "",
        names=tuple(names),
    )


def read(request: HttpRequest) -> Mark | None:
    """The mark sent with a form; None if missing, invalid or too old."""
    try:
        account, url, holder, names = signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=COUNTS)
    except signing.BadSignature:
        return None
    return Mark(account, url, holder, tuple(names))
