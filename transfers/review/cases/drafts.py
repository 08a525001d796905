"""What a reviewer has typed into the case page and not used yet, kept for each round, so that nothing is lost.

The page is one form. Every button sends all its fields, which are stored here first; a decision then removes those it
has used. A second window of the same reviewer never clears what the first one typed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms import portions
from transfers.models import Order, ReviewDraft
from transfers.orders import queries

NAMES = re.compile(
    r"(verdict|reason|words|words_en)\.\w+(\.\w+)?|(call|photo|refuse|ask|hand|second)-(reason|words|words_en|to)"
    r"|(call|ask)-part|attempt-(call|outcome|slot|note)|note-words|answer-words(\.[0-9a-f-]+)?|return-(although|why)"
)
LONGEST = 2000  # characters of one text, far more than a form accepts
KEPT = timedelta(days=30)
# prefixes of the fields with which a reviewer judges parts and the photo
VERDICTS = ("verdict.", "reason.", "words.", "words_en.", "return-")
JUDGED = (*VERDICTS, "photo-")

Fields = dict[str, str]


@dataclass(frozen=True)
class TypedText:
    """What was typed in this round, as the page shows it or after a request."""

    fields: Fields
    stamp: str  # sent back by the page: tells whether it knew all of this
    earlier: Fields = field(default_factory=dict)  # typed before somebody else decided, and never used
    came: frozenset[str] = frozenset()  # the names in the request
    is_whole: bool = True  # False: another window of this reviewer has typed what the page did not show
    posted: Mapping[str, str] = field(default_factory=dict)  # the whole request, for forms that are never stored
    client: str = ""  # the client's address

    @property
    def is_judged(self) -> bool:
        """Whether it came from the page on which parts are judged."""
        return any(name.startswith(JUDGED) for name in self.came)


NOTHING = TypedText({}, "")


def read(order: Order, reviewer: User, number: int | None = None) -> TypedText:
    """What this reviewer typed, for the page; `number` is the present round's, if known."""
    number = number or _number(order)
    drafts = list(ReviewDraft.objects.filter(order=order, reviewer=reviewer).order_by("round"))
    now = next((draft for draft in drafts if draft.round == number), None)
    earlier = {name: text for draft in drafts if draft.round < number for name, text in draft.typed.items()}
    return TypedText(dict(now.typed) if now else {}, _stamp(number, now), earlier)


def take_in(
    order: Order,
    reviewer: User,
    data: Mapping[str, str],
    *,
    form: str = "",
    client: str = "",
    now: datetime | None = None,
) -> TypedText:
    """Stores the fields of a request. A field that was not sent stays as it was."""
    sent = _texts_in(data, form)
    number = _number(order)
    with transaction.atomic():
        mine = ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer, round=number)
        draft = mine.first()
        if draft is None and any(sent.values()):
            draft = mine.get_or_create(order=order, reviewer=reviewer, round=number)[0]
        before = dict(draft.typed) if draft else {}
        knew = data.get("kept", _stamp(number, None)) == _stamp(number, draft)
        fields = _without_empty({**before, **(sent if knew else _without_empty(sent))})
        if draft is not None and fields != before:
            draft.typed, draft.version, draft.saved_at = fields, draft.version + 1, now or timezone.now()
            draft.save()
    is_whole = knew or fields == _without_empty(sent)
    return TypedText(fields, _stamp(number, draft), came=frozenset(sent), is_whole=is_whole, posted=data, client=client)


def take_out(order: Order, reviewer: User, used: Iterable[str]) -> None:
    """Removes fields that were used or are no longer wanted."""
    removed = set(used)
    with transaction.atomic():
        for draft in ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer):
            left = {name: text for name, text in draft.typed.items() if name not in removed}
            if not left:
                draft.delete()
            elif left != draft.typed:
                draft.typed, draft.version = left, draft.version + 1
                draft.save()


def give(order: Order, reviewer: User, colleague: User) -> None:
    """Passes this reviewer's verdicts on to the colleague who has the order now, beside what is there.

    Drafts of notes to colleagues or about calls stay with their writer.
    """
    typed = read(order, reviewer).fields
    put_back(order, colleague, {name: text for name, text in typed.items() if name.startswith(JUDGED)})


def put_back(order: Order, reviewer: User, fields: Fields) -> None:
    """Puts these fields back on the reviewer's page; what was typed later wins."""
    if not fields:
        return
    number = _number(order)
    with transaction.atomic():
        rows = ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer, round=number)
        draft = rows.first() or rows.get_or_create(order=order, reviewer=reviewer, round=number)[0]
        draft.typed, draft.version, draft.saved_at = {**fields, **draft.typed}, draft.version + 1, timezone.now()
        draft.save()


def forget_unused(order: Order, reviewer: User, shown: Iterable[str]) -> None:
    """Drops what the page could only list: earlier rounds, and of this one the fields it does not show."""
    now = read(order, reviewer)
    ReviewDraft.objects.filter(order=order, reviewer=reviewer, round__lt=_number(order)).delete()
    take_out(order, reviewer, set(now.fields) - set(shown))


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes drafts that nobody used for thirty days; returns how many."""
    old = ReviewDraft.objects.filter(saved_at__lte=(now or timezone.now()) - KEPT)
    return portions.delete(old, dry_run=dry_run)


def _texts_in(data: Mapping[str, str], form: str) -> Fields:
    """The texts of the page's forms in a request; those of `form` may come without its prefix."""
    alone = {f"{form}-{name}": data[name] for name in ("reason", "words", "words_en") if form and name in data}
    named = {name: data[name] for name in data if NAMES.fullmatch(name)}
    return {name: str(text)[:LONGEST] for name, text in {**named, **alone}.items()}


def _without_empty(fields: Fields) -> Fields:
    return {name: text for name, text in fields.items() if text}


def _number(order: Order) -> int:
    last = queries.last_round(order)
    return last.number + 1 if last else 1


def _stamp(number: int, draft: ReviewDraft | None) -> str:
    return f"{number}.{draft.version if draft else 0}"
