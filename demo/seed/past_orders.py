"""Ended orders of the past nine weeks, so that the desk's figures have data."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from demo import fake_data
from demo.seed.answers import PLACES
from filings.register.blind_keys import subject_key
from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User
from icpportal.lifecycle import CLOCK, LEAD
from icpportal.time_format import BEIJING, to_beijing
from icpportal.workdays.calendar import Calendar, calendar
from transfers.durations import counting
from transfers.models import FieldVerdict, Order, OrderEvent, ReturnReason, ReviewRound
from transfers.orders import kinds, queries, states
from transfers.orders.moves import TABLE
from transfers.orders.rows import Group, Move
from transfers.review.figures import daily_count
from transfers.review.search import backfill

OWNER = "past@example.com"
WEEKS = 9
A_DAY = (4, 9)  # orders that arrive on a working day
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NAMED = (  # what a return names: the part, and the reason
    ("website.site_name", "site_name"),
    ("paper.statement", "statement_unsealed"),
    ("paper.lead_id", "picture_bad"),
)
RETURNED, REFUSED, MISSED, NEXT_DAY = 0.28, 0.02, 0.05, 0.25  # shares of the orders
ROUNDS = 4  # at most
USUAL, SLOW, SLOWEST = (2, 9), (4, 14), "44"  # days at the authority, and the province that takes longer
LEADS, BEGINS = 0.3, 0.06  # the lead's share of the work, and a beginner's


@dataclass
class _Past:
    """The history of one order: its states with times and actors, and its rounds."""

    order: Order
    at: datetime
    events: list[OrderEvent] = field(default_factory=list)
    rounds: list[tuple[ReviewRound, tuple[str, str] | None]] = field(default_factory=list)

    def goes(self, to: Group, at: datetime, actor: User | None = None) -> Move:
        """Makes the move that notifies people, from its current state to a state of this group."""
        rows = (row for row in self._rows() if row.target in states.keys(to) and row.notify)
        return self._make(next(rows), at, actor)

    def ends(self, by: str, at: datetime, actor: User | None = None) -> Move:
        """Makes this actor's move that ends it without an approval."""
        over = set(states.keys(Group.ENDED)) - set(states.keys(Group.APPROVED))
        return self._make(next(row for row in self._rows() if row.by == by and row.target in over), at, actor)

    def _rows(self) -> Iterator[Move]:
        here = self.events[-1].to_state if self.events else kinds.initial()
        return (row for row in TABLE.rows if here in row.sources and TABLE.holds_for(row, self.order.kind))

    def _make(self, row: Move, at: datetime, actor: User | None) -> Move:
        before = self.events[-1].to_state if self.events else kinds.initial()
        event = OrderEvent(order=self.order, move=row.name, from_state=before, to_state=row.target, by=row.by, at=at)
        event.actor = actor
        self.events.append(event)
        self.order.state, self.order.entered_at, self.at = row.target, at, at
        return row


@dataclass(frozen=True)
class _World:
    """Everybody and everything that takes part."""

    dice: random.Random
    owner: User
    people: tuple[tuple[User, float], ...]  # reviewers, and each one's share of the work
    known: Calendar
    now: datetime


def are_placed() -> bool:
    """Whether an earlier start has created them."""
    return User.objects.filter(email=OWNER).exists()


def place(accounts: dict[str, User], *, now: datetime | None = None) -> int:
    """Creates the past orders and the counts of their days unless they exist. Returns how many there are."""
    now = now or timezone.now()
    owner = User.objects.filter(email=OWNER).first()
    if owner is None:
        with transaction.atomic():
            owner = open_account(email=OWNER, password=None, held_roles=(roles.APPLICANT,), now=now)
            _fill(_world(owner, accounts, now))
            for counted in (counting, daily_count):
                while counted.count_days(now=now):
                    pass
            backfill.fill()
    return Order.objects.filter(owner=owner).count()


def _world(owner: User, accounts: dict[str, User], now: datetime) -> _World:
    begun = accounts["colleague"]
    people = ((accounts["reviewer"], 1 - LEADS - BEGINS), (accounts["lead"], LEADS), (begun, BEGINS))
    known = calendar((now - timedelta(weeks=WEEKS)).date(), now.date() + DAY)
    dice = random.Random(WEEKS)  # noqa: S311 -- invented data; its own generator, so that the other data stay the same
    return _World(dice, owner, people, known, now)


def _fill(world: _World) -> None:
    today = to_beijing(world.now).date()
    days = [today - n * DAY for n in range(WEEKS * 7, 0, -1)]
    found = [
        _past(world, day, f"{day:%m%d}{number}")
        for day in days
        if world.known.is_workday(day)
        for number in range(world.dice.randint(*A_DAY))
    ]
    Order.objects.bulk_create([past.order for past in found], batch_size=200)
    OrderEvent.objects.bulk_create([event for past in found for event in past.events], batch_size=500)
    rounds = [row for past in found for row in past.rounds]
    ReviewRound.objects.bulk_create([opened for opened, _named in rounds], batch_size=500)
    reasons = {reason.key: reason for reason in ReturnReason.objects.all()}
    FieldVerdict.objects.bulk_create(
        [
            FieldVerdict(
                round=opened, field=named[0], verdict=FieldVerdict.RETURN, reason=reason, told=reason.as_told()
            )
            for opened, named in rounds
            if named and (reason := reasons.get(named[1]))
        ],
        batch_size=200,
    )


def _past(world: _World, day: date, name: str) -> _Past:
    """The whole history of an order that arrived on this day."""
    came = _clock(world, day)
    past = _Past(_order(world, came, name), came)
    past.goes(Group.PAPERS_IN_REVIEW, came)
    if not _review(world, past) or not _phones(world, past):
        return past
    took = world.dice.randint(*SLOW if past.order.province == SLOWEST else USUAL)
    past.goes(Group.APPROVED, min(past.at + took * DAY, world.now - HOUR / 2))
    return past


def _phones(world: _World, past: _Past) -> bool:
    """The report, and the phone verification where the province has one; returns whether the authority decides next."""
    dice, reported = world.dice, min(past.at + HOUR / 2, world.now - HOUR)
    if queries.rules_of(past.order).phones is None:
        past.goes(Group.IN_AUTHORITY_REVIEW, reported)
        return True
    past.goes(Group.PHONES_OPEN, reported)
    texted = past.at
    if dice.random() < MISSED and texted + 3 * DAY < world.now:
        past.goes(Group.LAPSED, texted + 2 * DAY)
        past.ends(CLOCK, min(texted + 32 * DAY, world.now - HOUR))
        return False
    verified = texted + (DAY if dice.random() < NEXT_DAY else HOUR)
    past.goes(Group.IN_AUTHORITY_REVIEW, min(verified, world.now - HOUR))
    return True


def _review(world: _World, past: _Past) -> bool:
    """The rounds at our desk; returns whether the order was accepted in the end."""
    dice = world.dice
    for number in range(ROUNDS):
        person, at = _person(world), _later(world, past.at)
        if dice.random() < REFUSED:
            _note(world, past, past.ends(LEAD, at, person), person)
            return False
        if number == ROUNDS - 1 or dice.random() > RETURNED or at > world.now - DAY:
            break
        _note(world, past, past.goes(Group.RETURNED, at, person), person, dice.choice(NAMED))
        past.goes(Group.PAPERS_IN_REVIEW, min(at + HOUR * dice.randint(1, 30), world.now - 3 * HOUR))
    _note(world, past, past.goes(Group.BEING_SUBMITTED, at, person), person)
    return True


def _person(world: _World) -> User:
    people, shares = zip(*world.people, strict=True)
    found: User = world.dice.choices(people, shares)[0]
    return found


def _note(world: _World, past: _Past, row: Move, person: User, named: tuple[str, str] | None = None) -> None:
    """Records the round of the decision just made, with the part and reason it named."""
    opened_at = past.at - timedelta(seconds=world.dice.randint(90, 420))
    number = len(past.rounds) + 1
    opened = ReviewRound(
        order=past.order, number=number, reviewer=person, opened_at=opened_at, decided_at=past.at, decision=row.name
    )
    past.rounds.append((opened, named))


def _clock(world: _World, day: date) -> datetime:
    """A moment in the working hours of a day."""
    return datetime.combine(day, time(9), tzinfo=BEIJING) + timedelta(minutes=world.dice.randint(0, 480))


def _later(world: _World, at: datetime) -> datetime:
    """When we answer something that arrived at this moment: within hours, sometimes a day late."""
    answered = at + timedelta(minutes=world.dice.randint(20, 300))
    while answered.astimezone(BEIJING).hour >= 18 or not world.known.is_workday(answered.astimezone(BEIJING).date()):
        answered += 15 * HOUR
    if world.dice.random() < MISSED:
        answered += 2 * DAY
    return min(answered, world.now - 2 * HOUR)


def _order(world: _World, came: datetime, name: str) -> Order:
    province = world.dice.choice(sorted(PLACES))
    region, short, _address = PLACES[province]
    organisation, code = fake_data.organisation(world.dice, province, short)
    key = subject_key("1", code)
    domain = f"past{name}-example.cn"
    filing = fake_data.filing_number(world.dice, province)
    answers = {
        "type": {
            "region": region, "nature": "enterprise", "id_type": "1", "id_number": code, "name": organisation,
            "domain": domain, "subject_key": key,
        }
    }  # fmt: skip
    return Order(
        owner=world.owner,
        kind=kinds.TRANSFER.key,
        rule_profile=settings.RULE_PROFILE,
        province=province,
        subject_key=key,
        domain=domain,
        subject_number=filing,
        site_number=f"{filing}-1",
        answers=answers,
        created_at=came - HOUR,
        submitted_at=came,
        report=1,
    )
