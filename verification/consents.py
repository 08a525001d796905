"""Each person's separate consent to the use of pictures of their documents (单独同意, PIPL 28–30).

A text is never edited: a new wording is a new row of `TEXTS` and needs a new consent. Old consents stay on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, CharField, OuterRef, Subquery, TextField
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from icpportal.database.prepared import CompiledQuery, insert_unless_there
from icpportal.privacy.blind_index import blind_index
from verification.models.consents import Consent

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True)
class ConsentText:
    """The label beside the box, which is never ticked in advance, and the explanation above it."""

    label: "StrPromise"
    explanation: "StrPromise"


TEXTS: Mapping[str, ConsentText] = {
    "2026-11": ConsentText(
        label=_("I agree to the use of document pictures for verification"),
        explanation=_(
            "Pictures of identity documents are sensitive personal data. The authority accepts no filing "
            "without them. We use them only to verify this filing, and only our reviewers and the "
            "authority see them. You can withdraw your consent, but the order then cannot continue."
        ),
    ),
}
CURRENT = "2026-11"
STANDING = CompiledQuery(
    lambda holder, person_key, version: Consent.objects.filter(
        holder=holder, person_key=person_key, version=version, withdrawn_at=None
    ).order_by(),
    holder=CharField(),
    person_key=CharField(),
    version=CharField(),
)


def give(
    *,
    holder: str,
    person_key: str,
    version: str = CURRENT,
    language: str = "",
    client: str = "",
    now: datetime | None = None,
) -> Consent:
    """Records a person's consent to a text, once; `client` is stored as a blind index only."""
    if version not in TEXTS:
        raise ValueError(f"no consent text {version!r}")
    standing = {"holder": holder, "person_key": person_key, "version": version}
    if there := STANDING.first(**standing):
        return there
    consent = Consent(
        **standing,
        language=language or get_language() or "",
        client_index=blind_index("client", client) if client else "",
        given_at=now or timezone.now(),
    )
    if insert_unless_there(consent):
        return consent
    return Consent.objects.get(**standing, withdrawn_at=None)  # of a second press at the same moment


def active_consents(holder: str, *, version: str = CURRENT) -> frozenset[str]:
    """The people under a holder whose consent is in force, in one query."""
    mine = Consent.objects.filter(holder=holder, version=version, withdrawn_at=None)
    return frozenset(mine.values_list("person_key", flat=True))


class _JoinedValues(Aggregate):
    """Joins the values of all rows with commas; the function's name differs between the two databases."""

    function = "STRING_AGG"
    template = "%(function)s(%(expressions)s, ',')"
    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: str
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)


def active_along(holder: OuterRef) -> Subquery:
    """`active_consents` as a column of the query that reads the holder; `people_of` splits it."""
    mine = Consent.objects.filter(holder=holder, version=CURRENT, withdrawn_at=None).order_by().values("holder")
    return Subquery(mine.annotate(people=_JoinedValues("person_key")).values("people"))


def people_of(listed: str | None) -> frozenset[str]:
    """The people in the column of `active_along`."""
    return frozenset(listed.split(",")) if listed else frozenset()


def withdraw(*, holder: str, person_key: str, now: datetime | None = None) -> bool:
    """Ends every consent of one person that is in force (PIPL 15); returns False when there was none."""
    mine = Consent.objects.filter(holder=holder, person_key=person_key, withdrawn_at=None)
    return bool(mine.update(withdrawn_at=now or timezone.now()))
