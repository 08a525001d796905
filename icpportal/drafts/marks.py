"""The mark in a page: for whom it was drawn, where, and which of its fields may be kept. Signed, and good for a week.

It lets what was typed be kept for its account when the session is over, and lets nothing else in.
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
    """What a page says of itself."""

    account: str  # "" where nobody was signed in
    url: str
    holder: str  # the reference in its address
    names: tuple[str, ...]

    def signed(self) -> str:
        """As it stands in the page."""
        value = [self.account, self.url, self.holder, list(self.names)]
        return signing.dumps(value, salt=SALT, compress=True)


def mark_of(request: HttpRequest, names: list[str], *, url: str = "") -> Mark:
    """The mark of the page that is drawn now, at `url` where that is not the address that was asked."""
    match = request.resolver_match
    return Mark(
        account=str(request.user.pk) if request.user.is_authenticated else "",
        url=url or request.get_full_path(),
        holder=str(match.kwargs.get("reference", "")) if match else "",
        names=tuple(names),
    )


def read(request: HttpRequest) -> Mark | None:
    """The mark that came with a form; nothing where none came, or it is not ours or too old."""
    try:
        account, url, holder, names = signing.loads(request.POST.get(FIELD, ""), salt=SALT, max_age=COUNTS)
    except signing.BadSignature:
        return None
    return Mark(account, url, holder, tuple(names))
