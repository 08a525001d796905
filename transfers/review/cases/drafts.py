"""What a reviewer has typed into the case page and not used yet: kept for each round, so that no button loses it.

The page is one form. Whatever is pressed, everything that stands in it comes along and is kept here first; a decision
then takes out what it has used. A second window of the same reviewer never clears what the first one typed.
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
LONGEST = 2000  # of one text, far beyond what a form takes
KEPT = timedelta(days=30)
# what the fields begin with in which a reviewer judges the parts, and the photo as well
VERDICTS = ("verdict.", "reason.", "words.", "words_en.", "return-")
JUDGED = (*VERDICTS, "photo-")

Fields = dict[str, str]


@dataclass(frozen=True)
class Typed:
    """What was typed in this round: as the page shows it, or as it is after a request."""

    fields: Fields
    stamp: str  # comes back with the page and says whether it knew all of this
    earlier: Fields = field(default_factory=dict)  # before somebody else decided, and never used
    came: frozenset[str] = frozenset()  # the names that came with the request
    is_whole: bool = True  # False: another window of this reviewer had typed what the page did not show
    posted: Mapping[str, str] = field(default_factory=dict)  # all that came, for forms that are never kept
    client: str = ""  # where the request came from


NOTHING = Typed({}, "")


def read(order: Order, reviewer: User, number: int | None = None) -> Typed:
    """What this reviewer typed, for the page; `number` is that of the round now being judged, where it is known."""
    number = number or _number(order)
    drafts = list(ReviewDraft.objects.filter(order=order, reviewer=reviewer).order_by("round"))
    now = next((draft for draft in drafts if draft.round == number), None)
    earlier = {name: text for draft in drafts if draft.round < number for name, text in draft.typed.items()}
    return Typed(dict(now.typed) if now else {}, _stamp(number, now), earlier)


def take_in(
    order: Order,
    reviewer: User,
    data: Mapping[str, str],
    *,
    form: str = "",
    client: str = "",
    now: datetime | None = None,
) -> Typed:
    """Keep what came with a request. A field that did not come stays as it was."""
    sent = _sent(data, form)
    number = _number(order)
    with transaction.atomic():
        mine = ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer, round=number)
        draft = mine.first()
        if draft is None and any(sent.values()):
            draft = mine.get_or_create(order=order, reviewer=reviewer, round=number)[0]
        before = dict(draft.typed) if draft else {}
        knew = data.get("kept", _stamp(number, None)) == _stamp(number, draft)
        fields = _filled({**before, **(sent if knew else _filled(sent))})
        if draft is not None and fields != before:
            draft.typed, draft.version, draft.saved_at = fields, draft.version + 1, now or timezone.now()
            draft.save()
    is_whole = knew or fields == _filled(sent)
    return Typed(fields, _stamp(number, draft), came=frozenset(sent), is_whole=is_whole, posted=data, client=client)


def take_out(order: Order, reviewer: User, used: Iterable[str]) -> None:
    """These fields were used, or are not wanted any more."""
    gone = set(used)
    with transaction.atomic():
        for draft in ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer):
            left = {name: text for name, text in draft.typed.items() if name not in gone}
            if not left:
                draft.delete()
            elif left != draft.typed:
                draft.typed, draft.version = left, draft.version + 1
                draft.save()


def give(order: Order, reviewer: User, colleague: User) -> None:
    """What this reviewer has said of the order goes on to the colleague who has it now, beside what stands there.

    What was begun to colleagues or about a call stays with who writes it.
    """
    typed = read(order, reviewer).fields
    put_back(order, colleague, {name: text for name, text in typed.items() if name.startswith(JUDGED)})


def put_back(order: Order, reviewer: User, fields: Fields) -> None:
    """These fields stand on the reviewer's page again, beside what stands there: what was typed later wins."""
    if not fields:
        return
    number = _number(order)
    with transaction.atomic():
        rows = ReviewDraft.objects.select_for_update().filter(order=order, reviewer=reviewer, round=number)
        draft = rows.first() or rows.get_or_create(order=order, reviewer=reviewer, round=number)[0]
        draft.typed, draft.version, draft.saved_at = {**fields, **draft.typed}, draft.version + 1, timezone.now()
        draft.save()


def forget_unused(order: Order, reviewer: User, shown: Iterable[str]) -> None:
    """Forget what the page could only list: earlier rounds, and of this one all but the fields it shows."""
    now = read(order, reviewer)
    ReviewDraft.objects.filter(order=order, reviewer=reviewer, round__lt=_number(order)).delete()
    take_out(order, reviewer, set(now.fields) - set(shown))


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Delete what nobody came back to for thirty days; how many that were."""
    old = ReviewDraft.objects.filter(saved_at__lte=(now or timezone.now()) - KEPT)
    return portions.delete(old, dry_run=dry_run)


def _sent(data: Mapping[str, str], form: str) -> Fields:
    """The texts of the page's forms that came with a request; of `form` alone they may come without its name."""
    alone = {f"{form}-{name}": data[name] for name in ("reason", "words", "words_en") if form and name in data}
    named = {name: data[name] for name in data if NAMES.fullmatch(name)}
    return {name: str(text)[:LONGEST] for name, text in {**named, **alone}.items()}


def _filled(fields: Fields) -> Fields:
    return {name: text for name, text in fields.items() if text}


def _number(order: Order) -> int:
    last = queries.last_round(order)
    return last.number + 1 if last else 1


def _stamp(number: int, draft: ReviewDraft | None) -> str:
    return f"{number}.{draft.version if draft else 0}"
