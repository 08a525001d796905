"""An invented order in every state, so that every page has something to show."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from demo import fake_data
from demo.ministry.api.rows import SiteGiven
from demo.photo_app import file_inbox as photo_app
from demo.seed import desk_work, free_filings
from demo.seed.answers import PLACES, SITE_NAME, Answers, answers_of
from demo.seed.consents import answer_on_the_phone
from demo.seed.pictures import Picture, opened_once
from demo.servers.names import save as save_names
from filings.actions import end_access, record_access
from filings.models import Website
from icpportal.accounts.models import User
from icpportal.gateways.miit.base import authority as ministry_gateway
from icpportal.privacy.masks import mask_mobile
from transfers.authority import approval
from transfers.authority.reports import access_report
from transfers.documents import slots
from transfers.documents.validity import mark_of, person_of
from transfers.duties import actions as duties
from transfers.models import FieldVerdict, Order, OrderDocument, OrderEvent, PhoneCheck, ReturnReason, ReviewRound
from transfers.orders import kinds, queries, states
from transfers.orders.moves import TABLE
from transfers.orders.people import administrator
from transfers.orders.rows import Group
from transfers.phones import windows as phone_windows
from verification import consents
from verification.documents.actions import receive
from verification.documents.examination import examine
from verification.filing_passwords import md5_hex

FURTHER_NAME = "示例品牌商城"
APP_CODE = "AB12CD"  # of the app's photo for the order in Shanghai
SERVED = (states.APPROVED.key, states.COOLING_OFF.key)  # the authority has these on record as ours, with an id (Jrid)
POINTS = {states.APPROVED.key: "192.0.2.10", states.COOLING_OFF.key: "203.0.113.7"}  # here, and elsewhere since
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@dataclass(frozen=True)
class Seed:
    """A state, the province it is shown in, the moves that led there, and columns that differ."""

    state: str
    moves: tuple[str, ...]
    province: str = "64"
    kind: str = kinds.TRANSFER.key
    columns: dict[str, str | int] = field(default_factory=dict)
    papers: bool = True
    whole_answers: bool = False  # without papers
    other_mobile: bool = False
    waits: timedelta = timedelta(hours=5)  # how long it has been in this state
    objected: bool = False  # another account objected to it
    called: bool = False  # a call was requested for it


SENT = ("start", "submit")
ACCEPTED = (*SENT, "accept", "send_photo", "accept_photo")
OUR_FAULT = "1063"  # the address is not in the provider's own IP filings
REPORTED = (*ACCEPTED, "reported")
SEEDS = (
    Seed(states.DRAFT.key, ("start",), papers=False),
    Seed(states.SUBMITTED.key, SENT),
    Seed(states.RETURNED.key, (*SENT, "send_back")),
    Seed(states.PHOTO_DUE.key, (*SENT, "accept"), "44"),
    Seed(states.PHOTO_REVIEW.key, (*SENT, "accept", "send_photo"), "44"),
    Seed(states.HANDING_OVER.key, (*ACCEPTED, "report_failed"), "44", columns={"held": True, "report": 1, "authority_code": OUR_FAULT}),
    Seed(states.PHONE_DUE.key, REPORTED, "12", columns={"report": 1}, other_mobile=True),
    Seed(states.AUTHORITY_REVIEW.key, REPORTED, "44", columns={"report": 1}),
    Seed(states.AUTHORITY_RETURNED.key, (*REPORTED, "turn_down"), "44", columns={"report": 1, "authority_code": "1055", "authority_words": "核验单不属于该备案"}),
    Seed(states.LAPSED.key, (*REPORTED, "lapse"), "12", columns={"report": 1}, other_mobile=True),
    Seed(states.APPROVED.key, (*REPORTED, "grant"), "44", columns={"report": 1}),
    Seed(states.REFUSED.key, (*SENT, "refuse")),
    Seed(states.WITHDRAWN.key, (*SENT, "withdraw")),
    Seed(states.ABANDONED.key, ("start", "abandon"), papers=False),
    Seed(states.EXPIRED.key, ("start", "expire_draft"), papers=False),
    Seed(states.COOLING_OFF.key, ("start", "cool"), kind=kinds.CANCELLATION.key, papers=False, whole_answers=True),
    Seed(states.CANCELLED.key, ("start", "confirm_cancel", "reported", "ended"), kind=kinds.CANCELLATION.key, papers=False, whole_answers=True),
    Seed(states.PHOTO_DUE.key, (*SENT, "accept"), "31"),
    Seed(states.SUBMITTED.key, SENT, "44", waits=timedelta(hours=30)),
    Seed(states.SUBMITTED.key, SENT, "12", waits=timedelta(hours=20), objected=True),
    Seed(states.SUBMITTED.key, SENT, "31", waits=timedelta(hours=2), called=True),
    Seed(states.SUBMITTED.key, (*SENT, "send_back", "submit"), "12", waits=timedelta(hours=9)),
    Seed(states.PHOTO_REVIEW.key, (*SENT, "accept", "send_photo"), "12", waits=timedelta(hours=3)),
    Seed(states.PHOTO_REVIEW.key, (*SENT, "accept", "send_photo"), "44", waits=timedelta(hours=5)),
)  # fmt: skip
NOTES = {
    "withdraw": "wrong_details",
    "refuse": "网站内容不适合备案",
    "turn_down": "1055 核验单不属于该备案",
    "report_failed": OUR_FAULT,
}
TOOK = {"lapse": DAY}  # since the move before, where that is not six hours
ACTORS = {
    "start": "applicant", "submit": "applicant", "send_photo": "applicant", "withdraw": "applicant", "abandon": "applicant", "confirm_cancel": "applicant", "cool": "applicant", "send_back": "reviewer", "accept": "reviewer",
    "accept_photo": "reviewer", "refuse": "lead", "reported": "authority", "grant": "authority", "turn_down": "authority", "report_failed": "authority", "ended": "authority", "lapse": "clock", "expire_draft": "clock",
}  # fmt: skip


def place(owner: User, dice: random.Random) -> int:
    """Creates the orders of the demo's applicant unless they exist. Returns how many there are."""
    if not Order.objects.filter(owner=owner).exists():
        for number, seed in _possible():
            _place(owner, seed, dice, number)
        save_names({domain_of(number): [POINTS[seed.state]] for number, seed in _possible() if seed.state in POINTS})
    return Order.objects.filter(owner=owner).count()


def _possible() -> list[tuple[int, Seed]]:
    """The seeds possible with these settings: without a cooling-off time, no cancellation waits for one."""
    cools_off = timedelta(0) < settings.CANCEL_COOL_OFF
    return [row for row in enumerate(SEEDS) if cools_off or row[1].state != states.COOLING_OFF.key]


def domain_of(number: int) -> str:
    """The domain of the seed with this number."""
    return f"sample{number + 1}-example.cn"


def password_of(number: int) -> str:
    """The filing password of the seed with this number."""
    return f"Pw{number:06d}"


def _number_of_approved() -> int:
    return next(number for number, seed in enumerate(SEEDS) if seed.state == states.APPROVED.key)


def cancellable() -> str:
    """The site whose transfer can be cancelled, for the demo's text."""
    number = _number_of_approved()
    return f"{domain_of(number)}  filing password {password_of(number)}, the code goes to a mobile of the filing"


def further_of(number: int) -> str:
    """The domain of a further website of the same subject, which is with another provider."""
    return f"further-{domain_of(number)}"


def transferable() -> str:
    """The further website that the customer's subject can transfer, for the demo's text."""
    number = _number_of_approved()
    return f"{further_of(number)}  filing password {password_of(number)}, of the subject of {domain_of(number)}"


def by_app() -> str:
    """The order whose photo comes from Shanghai's app, for the demo's text."""
    number = next(number for number, seed in enumerate(SEEDS) if seed.province == "31")
    return f"{domain_of(number)}  picture code {APP_CODE}"


def _place(owner: User, seed: Seed, dice: random.Random, number: int) -> None:
    region, short, address = PLACES[seed.province]
    name, code = fake_data.organisation(dice, seed.province, short)
    leader, admin = fake_data.two_people(dice, seed.province)
    domain = domain_of(number)
    filing = fake_data.filing_number(dice, seed.province)
    on_file = fake_data.person(dice, seed.province).mobile if seed.other_mobile else admin.mobile
    password = password_of(number)
    free_filings.ministry().add_filing(
        number=filing,
        province=seed.province,
        id_type_code=1,
        id_number=code,
        name=name,
        password=password,
        lead=free_filings.person(leader.name, leader.id_number, leader.mobile),
        administrator=free_filings.person(admin.name, admin.id_number, on_file),
        sites=_sites(seed, number),
    )
    answers = answers_of(region, name, code, domain, address, leader, admin)
    with transaction.atomic():
        order = _order(owner, seed, region, filing, domain, answers, timezone.now(), md5_hex(password))
        _history(order, seed, owner)
        if seed.state == states.APPROVED.key:
            duties.begin(order, order.entered_at)
    if seed.papers:
        _papers(order, with_photo="send_photo" in seed.moves)
    EXTRAS.get(seed.state, lambda *_: None)(order, owner, on_file)
    if "send_back" in seed.moves and seed.state == states.SUBMITTED.key:
        _add_return(order, owner, on_file)
        Order.objects.filter(pk=order.pk).update(returns=1)
    if seed.objected:
        desk_work.object_to(order)
    if seed.called:
        desk_work.ask_for_call(order)


def _sites(seed: Seed, number: int) -> list[SiteGiven]:
    """The website of the order and, if approved, another one of the same subject at another provider."""
    sites: list[SiteGiven] = [{"domain": domain_of(number), "name": SITE_NAME, "ours": seed.state in SERVED}]
    if seed.state == states.APPROVED.key:
        sites.append({"domain": further_of(number), "name": FURTHER_NAME})
    return sites


def _order(
    owner: User, seed: Seed, region: str, filing: str, domain: str, answers: Answers, now: datetime, digest: str
) -> Order:
    due = {
        **{state.key: now + getattr(settings, state.kept) for state in states.STATES if state.kept},
        states.PHONE_DUE.key: now + timedelta(hours=20),
        states.COOLING_OFF.key: now + timedelta(hours=24),
    }
    in_progress = seed.state not in states.keys(Group.ENDED) and "submit" in seed.moves
    moved = _times(seed, now - seed.waits)
    last = dict(zip(seed.moves, moved, strict=True))
    return Order.objects.create(
        owner=owner,
        kind=seed.kind,
        state=seed.state,
        due_at=due.get(seed.state),
        rule_profile=settings.RULE_PROFILE,
        province=seed.province,
        subject_key=str(answers["type"]["subject_key"]),
        domain=domain,
        subject_number=filing,
        site_number=f"{filing}-1",
        answers=answers if seed.papers or seed.whole_answers else {"type": answers["type"]},
        claimed=in_progress,
        password_kept=in_progress,
        password_digest=digest if in_progress else "",
        service_code="00000000-0000-4000-8000-000000000000" if seed.papers else "",
        instance="i-example-demo0001" if seed.papers else "",
        submitted_at=last.get("submit"),
        reported_at=last.get("reported"),
        created_at=moved[0],
        entered_at=moved[-1],
        **seed.columns,
    )


def _times(seed: Seed, entered: datetime) -> list[datetime]:
    """When each move was made, the last when the order entered its state."""
    found = [entered]
    for move in reversed(seed.moves[1:]):
        found.append(found[-1] - TOOK.get(move, 6 * HOUR))
    return found[::-1]


def _history(order: Order, seed: Seed, owner: User) -> None:
    """The events that led to the state, each with the state it reached."""
    state, events = states.DRAFT.key, []
    for move, at in zip(seed.moves, _times(seed, order.entered_at), strict=True):
        target = _target(order, move, state)
        events.append(
            OrderEvent(
                order=order,
                move=move,
                from_state=state,
                to_state=target,
                by=ACTORS[move],
                actor=owner if ACTORS[move] == "applicant" else None,
                words=NOTES.get(move, ""),
                at=at,
            )
        )
        state = target
    events[-1].to_state = order.state
    OrderEvent.objects.bulk_create(events)
    if "accept_photo" in seed.moves:
        Order.objects.filter(pk=order.pk).update(photo_accepted_for=administrator(order).key)


def _target(order: Order, move: str, state: str) -> str:
    facts = queries.facts_of(order)
    rows = (row for row in TABLE.rows if row.name == move and state in row.sources and TABLE.holds_for(row, order.kind))
    return next((row.target for row in rows if row.guard is None or row.guard(order, facts)), state)


def _papers(order: Order, *, with_photo: bool) -> None:
    wanted = [(slot.key, side) for slot in slots.needed_slots(order) for side in range(1, slot.needed + 1)]
    for slot, side in [*wanted, *([("photo", 1)] if with_photo else [])]:
        document = receive(kind=slot, side=side, upload=Picture(f"{slot} {side}"), holder=order.reference)
        examine(document.pk, opener=opened_once)
        OrderDocument.objects.create(
            order=order, slot=slot, side=side, mark=mark_of(order, slot), document=document, added_at=order.created_at
        )
        person = person_of(order, slot)
        if person is not None:
            consents.give(holder=order.reference, person_key=person.key)
    answer_on_the_phone(order)


def _add_return(order: Order, owner: User, on_file: str) -> None:
    decided_at = order.events.get(move="send_back").at
    opened = ReviewRound.objects.create(
        order=order, number=1, reviewer=owner, decision="send_back", decided_at=decided_at
    )
    named = (
        ("website.site_name", "site_name", order.answer("website")["site_name"]),
        ("paper.statement", "statement_unsealed", ""),
    )
    for place, (part, key, value) in enumerate(named, 1):
        reason = ReturnReason.objects.get(key=key)
        FieldVerdict.objects.create(round=opened, place=place, field=part, verdict="return", reason=reason, value=value)


def _add_report(order: Order, owner: User, on_file: str) -> None:
    gateway = ministry_gateway()
    gateway.queue(access_report(order, order.report))
    gateway.send()
    if order.state == states.PHONE_DUE.key:
        phone_windows.refresh(order, now=timezone.now())


def _add_hold(order: Order, owner: User, on_file: str) -> None:
    """Its report, which the authority answers with a fault of ours."""
    _add_report(order, owner, on_file)
    ministry = free_filings.ministry()
    for report in ministry.reports(domain=order.domain, limit=1):
        ministry.decide(report["key"], "report_failed", code=OUR_FAULT)


def _add_lapse(order: Order, owner: User, on_file: str) -> None:
    sent = order.reported_at or order.entered_at
    lead = {"role": "subject_lead", "mobile_masked": mask_mobile(order.answer("subject")["lead_phone1"])}
    missing = {"role": "administrator", "mobile_masked": mask_mobile(on_file)}
    PhoneCheck.objects.create(order=order, report=order.report, sent_at=sent, confirmed_at=sent + HOUR, **lead)
    PhoneCheck.objects.create(order=order, report=order.report, sent_at=sent, **missing)


def _on_file(order: Order, owner: User, on_file: str) -> None:
    """In the register, with the authority's record, which brings its id of the access, on its way."""
    _put_on_file(order)
    free_filings.ministry().push("BASJ", number=order.subject_number)


def _put_on_file(order: Order) -> Website:
    subject, website = record_access(approval.access_facts(order, order.report_key))
    Order.objects.filter(pk=order.pk).update(subject=subject, website=website)
    return website


def _add_cancellation(order: Order, owner: User, on_file: str) -> None:
    end_access(_put_on_file(order), because="cancelled", now=order.entered_at)


def _add_photo(order: Order, owner: User, on_file: str) -> None:
    """In Shanghai the app has taken the photo, with a known code."""
    if order.province == "31":
        photo_app.put(administrator(order).mobile, code=APP_CODE)


EXTRAS = {
    states.PHOTO_DUE.key: _add_photo,
    states.RETURNED.key: _add_return,
    states.HANDING_OVER.key: _add_hold,
    states.PHONE_DUE.key: _add_report,
    states.AUTHORITY_REVIEW.key: _add_report,
    states.LAPSED.key: _add_lapse,
    states.APPROVED.key: _on_file,
    states.COOLING_OFF.key: _on_file,
    states.CANCELLED.key: _add_cancellation,
}
