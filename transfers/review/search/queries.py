"""Which orders, in any state, are found by what was typed, and by which of their parts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User
from icpportal.fields.phones import mobile
from icpportal.fields.types import Words
from transfers.models import Order, SearchKey
from transfers.review.baskets.queries import label_of_basket, with_baskets
from transfers.review.baskets.rows import Reader
from transfers.review.search import parts, spellings
from transfers.review.search.keys import DOMAIN, NUMBER, PARTS, PERSONAL
from transfers.review.unsent_orders import NEVER_SENT, is_own

SHOWN = 50  # beyond this, the search has to be narrower
READ = 400  # keys read by one query, if many orders share a beginning

REFERENCE, ACCOUNT = "reference", "account_mobile"
LABELS: dict[str, Words] = {
    REFERENCE: _("order number"),
    ACCOUNT: _("mobile of the account"),
    **{part.key: part.label for part in PARTS.values()},
}
PUBLIC = {REFERENCE, *(part.key for part in PARTS.values() if part.is_public)}
# spellings that are looked for whole, and the kinds of key they match
EXACT = (
    (spellings.phones, ("_mobile", "_phone")),
    (spellings.documents, ("_document",)),
    (spellings.persons, ("_name",)),
    (spellings.typed_company, ("subject_name",)),
)


@dataclass(frozen=True, slots=True)
class Hit:
    """An order, and the parts that found it."""

    order: Order
    parts: tuple[str, ...]
    basket: Words = ""


@dataclass(frozen=True, slots=True)
class Hits:
    """The newest of what was found; `is_cut` if there is more."""

    found: tuple[Hit, ...] = ()
    is_cut: bool = False


def find(typed: str, reader: Reader | None = None) -> Hits:
    """The orders that these words name, those that moved last first; for a reader, each with its basket.

    An order that was never submitted is found by its public parts only.
    """
    found_by: dict[UUID, set[str]] = defaultdict(set)
    for pk, kind in (*_by_reference(typed), *_by_value(typed), *_by_domain(typed), *_by_account(typed)):
        found_by[pk].add(kind)
    if not found_by:
        return Hits()
    by_people = [pk for pk, kinds in found_by.items() if PUBLIC.isdisjoint(kinds)]
    orders = Order.objects.filter(pk__in=list(found_by)).exclude(NEVER_SENT, submitted_at=None, pk__in=by_people)
    newest = orders.select_related("reviewer").order_by("-entered_at", "-pk")
    if reader is not None:
        newest = with_baskets(newest, reader)
    read = list(newest.defer("password_digest", "came_back", "authority_words")[: SHOWN + 1])
    found = (Hit(order, _parts_shown(order, found_by[order.pk]), label_of_basket(order)) for order in read[:SHOWN])
    return Hits(tuple(found), len(read) > SHOWN)


def _parts_shown(order: Order, found_by: set[str]) -> tuple[str, ...]:
    """The parts that found it, in the table's order; of somebody's draft, only the public ones."""
    own = is_own(order)
    return tuple(part for part in LABELS if part in found_by and (part in PUBLIC or not own))


# --- queries ---

Found = Iterable[tuple[UUID, str]]


def _by_reference(typed: str) -> Found:
    reference = spellings.reference(typed)
    found = Order.objects.filter(reference=reference).values_list("pk", flat=True) if reference else ()
    return [(pk, REFERENCE) for pk in found]


def _by_value(typed: str) -> Found:
    """By digests and filing numbers; a company is looked for without its place if its whole name finds none."""
    exact = [(keys, ends) for spelled, ends in EXACT if (keys := spelled(typed))]
    kinds = [kind for kind in PERSONAL if any(kind.endswith(ends) for _keys, ends in exact)]
    digests = [key for keys, _ends in exact for key in keys]
    found = _matches(by_value(digests, spellings.typed_number(typed), kinds))
    return found or _matches(by_value(spellings.typed_own_name(typed), [], ["subject_name"]))


def _by_domain(typed: str) -> Found:
    """By the beginning of a word, then by any part; if very many domains contain it, those that begin with it win."""
    part = spellings.typed_domain(typed)
    if not part:
        return ()
    if not parts.finds(part):
        return _matches(by_domain(part))
    if not connection.features.supports_slicing_ordering_in_compound:
        return _matches(parts.by_part(part))
    first, others = (keys.values_list("order_id", "kind")[:READ] for keys in (by_domain(part), parts.by_part(part)))
    return list(first.union(others, all=True))


def _by_account(typed: str) -> Found:
    try:
        number = mobile(typed)
    except ValidationError:
        return ()
    owners = User.objects.with_mobile(number)
    orders = Order.objects.filter(owner__in=owners).order_by("-created_at")
    return [(pk, ACCOUNT) for pk in orders.values_list("pk", flat=True)[: SHOWN + 1]]


def by_value(digests: list[str], numbers: list[str], kinds: Iterable[str] = PERSONAL) -> QuerySet[SearchKey]:
    """Keys equal to these: digests of personal values of these kinds, and filing numbers."""
    asked = Q(kind__in=kinds, key__in=digests)
    return SearchKey.objects.filter(asked | Q(kind=NUMBER, key__in=numbers) if numbers else asked)


def by_domain(beginning: str) -> QuerySet[SearchKey]:
    """Keys of domains that begin with this."""
    return SearchKey.objects.filter(kind=DOMAIN, key__startswith=beginning)


def _matches(keys: QuerySet[SearchKey]) -> list[tuple[UUID, str]]:
    return list(keys.values_list("order_id", "kind")[:READ])
