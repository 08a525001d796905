"""Proves an old account by its address and password, at the same cost whether or not the account exists.

An attempt is counted before it is judged, against our account and the old one together; a correct pair is refunded. An
unknown address is checked against the hash of its neighbour in the index, so the work is that of an existing account.
Other obstacles are named only to somebody who has the password. The four reasons:
docs/sources.md#the-import-from-the-old-platform
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from filings.legacy_import import comparison
from filings.legacy_import.dump import passwords
from filings.legacy_import.dump.rows import email_index
from filings.models import LegacyAccount, LegacyImport, LegacyRecord
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from icpportal.fields.text import strip_copied
from icpportal.time_format import short_words
from verification import attempts

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Why(StrEnum):
    """Why an old account cannot be imported; each has a sentence."""

    WRONG = "old_pair_wrong"
    TOO_MANY = "too_many"
    IMPORTED = "old_imported"
    EMPTY = "old_empty"
    INACTIVE = "old_inactive"
    OPEN_ORDER = "old_open_order"
    HAS_SUBJECT = "here_has_subject"


SENTENCES: "Mapping[Why, _StrOrPromise]" = {
    Why.WRONG: _("The account or password is wrong. Check both, find the account, or ask for a reset"),
    Why.TOO_MANY: _("Too many attempts. Try again after %(time)s"),
    Why.IMPORTED: _("It was imported on %(time)s already: sign in with the account used then, or call us"),
    Why.EMPTY: _("There is no filing in that account: try another old account"),
    Why.INACTIVE: _(
        "The old account was never activated, so there is nothing to import. Start a transfer here instead"
    ),
    Why.OPEN_ORDER: _(
        "The old account has only an open order, which cannot be moved: call us to close it, then start here"
    ),
    Why.HAS_SUBJECT: _("This account has imported a filing already: sign in with another account and import there"),
}


@dataclass(frozen=True)
class Proof:
    """The old account, or why not; `when` is the end of a pause, or the time of an earlier import."""

    account: LegacyAccount | None = None
    why: Why | None = None
    when: datetime | None = None


def refusal(why: Why, when: datetime | None = None) -> ValidationError:
    """The sentence as a form error."""
    params = {"time": short_words(when or timezone.now())}
    return ValidationError(SENTENCES[why], code=why, params=params)


@sensitive_variables()
def prove(owner: User, email: str, password: str, *, now: datetime | None = None) -> Proof:
    """Checks the password of an old account and whether `owner` may import it. Call it outside a transaction."""
    moment = now or timezone.now()
    keys = (("import_account", str(owner.pk)), ("import_old_account", email.lower()))
    attempt = attempts.consume_all(keys, now=moment)
    if not attempt.ok:
        return Proof(why=Why.TOO_MANY, when=attempt.until)
    account = _account(email, password)
    if account is None:
        return Proof(why=Why.WRONG)
    attempts.refund_all(keys)
    return import_obstacle(owner, account)


@sensitive_variables()
def _account(email: str, password: str) -> LegacyAccount | None:
    index = email_index(email)
    ordered = LegacyAccount.objects.order_by("email_index")
    first, nearest = ordered.first(), ordered.filter(email_index__gte=index).first()  # always two queries
    nearest = nearest or first
    if nearest is None:
        for each in _readings(password):
            passwords.decoy_check(each)
        return None
    fits = any(passwords.is_right(each, nearest.password) for each in _readings(password))
    return nearest if fits and nearest.email_index == index else None


@sensitive_variables()
def _readings(password: str) -> list[str]:
    """The password as typed and, where spaces or marks came along with a copy, without what is around it.

    As typed first: a password of the old platform may begin or end with a space.
    """
    return list(dict.fromkeys(filter(None, (password, strip_copied(password)))))


def import_obstacle(owner: User, account: LegacyAccount) -> Proof:
    """What stops the import of a proved account; nothing when this owner already imports it."""
    if not account.is_active:
        return Proof(why=Why.INACTIVE)
    others = LegacyImport.objects.filter(account=account, holds=True).exclude(owner=owner).first()
    if others is not None:
        return Proof(why=Why.IMPORTED, when=others.entered_at)
    if LegacyImport.objects.filter(account=account, owner=owner, holds=True).exists():
        return Proof(account)
    if not comparison.waiting(account.pk).exists():
        return _nothing_there(account)
    if settings.IMPORT_ONE_OLD_ACCOUNT and LegacyImport.objects.filter(owner=owner, holds=True).exists():
        return Proof(why=Why.HAS_SUBJECT)
    return Proof(account)


def _nothing_there(account: LegacyAccount) -> Proof:
    """Why no record is waiting: they were claimed since, or there never was one."""
    last_import = account.records.order_by("-imported_at").values_list("imported_at", flat=True).first()
    if last_import is not None:
        return Proof(why=Why.IMPORTED, when=last_import)
    return Proof(why=Why.OPEN_ORDER if account.has_open_order else Why.EMPTY)


def nothing_left(legacy_import: LegacyImport) -> "_StrOrPromise":
    """Why a proved account offers nothing any more: another account was first, or everything was imported."""
    account = legacy_import.account
    proof = import_obstacle(legacy_import.owner, account) if account else Proof()
    if proof.why is None:
        return NOTHING_LEFT
    return SENTENCES[proof.why] % {"time": short_words(proof.when or timezone.now())}


STALE = _("You verified the old account more than a day ago")
NOTHING_LEFT = _("Nothing is left to import")


def with_obstacles(imports: QuerySet[LegacyImport]) -> QuerySet[LegacyImport]:
    """Annotates imports of a list with what `listed_obstacle` reads, in the same query."""
    others = LegacyImport.objects.filter(account=OuterRef("account"), holds=True).exclude(owner=OuterRef("owner"))
    records = LegacyRecord.objects.filter(account=OuterRef("account"))
    came = records.exclude(imported_at=None).order_by("-imported_at").values("imported_at")
    held = LegacyImport.objects.filter(owner=OuterRef("owner"), holds=True).exclude(pk=OuterRef("pk"))
    return imports.select_related("account").annotate(
        taken_at=Subquery(others.values("entered_at")[:1]),
        came_at=Subquery(came[:1]),
        is_left=Exists(records.filter(imported_at=None)),
        has_other=Exists(held),
    )


def listed_obstacle(row: LegacyImport) -> "_StrOrPromise":
    """What stops an import of `with_obstacles` that has not begun; "" for any other."""
    if row.state not in (states.PROVED, states.PREVIEWED):
        return ""
    why, when = _listed_why(row)
    if why is not None:
        return SENTENCES[why] % {"time": short_words(when or timezone.now())}
    if not row.is_left:  # type: ignore[attr-defined]
        return NOTHING_LEFT
    return "" if is_fresh(row) else STALE


def _listed_why(row: Any) -> tuple[Why | None, datetime | None]:
    """The same reasons in the same order as `import_obstacle`."""
    if row.account is not None and not row.account.is_active:
        return Why.INACTIVE, None
    if row.taken_at:
        return Why.IMPORTED, row.taken_at
    if row.holds:
        return None, None
    if row.is_left:
        return (Why.HAS_SUBJECT if settings.IMPORT_ONE_OLD_ACCOUNT and row.has_other else None), None
    if row.came_at or row.account is None:
        return (Why.IMPORTED if row.came_at else None), row.came_at
    return (Why.OPEN_ORDER if row.account.has_open_order else Why.EMPTY), None


def is_fresh(legacy_import: LegacyImport, now: datetime | None = None) -> bool:
    """Whether the old account was proved recently."""
    return (now or timezone.now()) < legacy_import.proved_at + states.PROOF_KEPT
