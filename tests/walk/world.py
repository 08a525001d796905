"""The walk's world: every role, an order of each kind in each state, and a row at least of everything with a page."""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from demo.seed import second_look
from demo.seed.photo_places import fill as fill_places
from demo.seed.service_codes import fill as fill_codes
from filings.legacy_import import actions as imports
from filings.legacy_import import runner
from filings.legacy_import.claims import claims as claiming
from filings.legacy_import.lifecycle import CLAIM, IMPORT
from filings.models import LegacyAccount, LegacyClaim, LegacyRecord, Website
from icpportal.accounts import roles
from icpportal.accounts.models import User
from icpportal.alarms.actions import open_alarm
from icpportal.alarms.models import SetAside
from icpportal.codes.shares import Requester
from icpportal.gateways.inventory import fake as lists
from icpportal.gateways.miit import fake as ministries
from icpportal.gateways.miit.models import InboxFile, MinistryLine, Report, TableRow, UploadFile
from icpportal.privacy import holds
from icpportal.privacy.actions import note_access
from icpportal.privacy.models import LegalHold
from icpportal.workdays.models import WorkCalendarDay
from tests.filings.legacy_import.dumps import filing, load_rows, personal
from tests.transfers import states
from tests.transfers.builders import make_user, type_answers
from tests.transfers.outside import server
from tests.transfers.review.desk import all_ok
from tests.walk import begun, orders
from transfers.calls import actions as calls
from transfers.cancellation import cause as for_cause
from transfers.documents import slots
from transfers.filing_type.decision import Outcome
from transfers.models import (
    DeskCount,
    DurationCount,
    ListExport,
    Objection,
    Order,
    ParkedAnswer,
    ReviewerCount,
    TypeCheck,
)
from transfers.orders.people import administrator
from transfers.retention.erasure import erase
from transfers.review import leases
from transfers.review.cases import drafts
from transfers.rights import corrections
from transfers.rights.exports import actions as copies
from transfers.rights.exports import worker
from transfers.rights.models import Closure, DataExport
from verification.backdrops import actions as backdrops
from verification.models import PhotoPlace, ServiceCode
from verification.phones import consent_links, proofs, uploads
from verification.photos import places as photo_places

OWNER = "many@example.com"
VISITOR = "visitor"
HALFWAY = "halfway"
# the roles; the visitor has no account, "halfway" has entered the password but not the app's code yet
ROLES = (VISITOR, HALFWAY, "newcomer", "unconfirmed", "stranger", "owner", "reviewer", "lead", "auditor", "operations")
STAFF = {
    "reviewer": roles.REVIEWER,
    "lead": roles.LEAD_REVIEWER,
    "auditor": roles.AUDITOR,
    "operations": roles.OPERATIONS,
}
FAR = timezone.now() + timedelta(days=9)
PROFILES = ("seed-2018", "current-2020")


@dataclass
class World:
    """The people, and the objects a page may be about."""

    profile: str
    people: dict[str, User] = field(default_factory=dict)
    orders: list[Order] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)  # secrets that no page shows

    @property
    def papers_by_phone(self) -> Order:
        return of(self, states.DRAFT)

    @property
    def photo_by_phone(self) -> Order:
        return of(self, states.PHOTO_DUE)

    def about(self, url: str) -> str:
        """The kind and state of the order that an address is about."""
        return next((self._named[part] for part in urlsplit(url).path.split("/") if part in self._named), "")

    @cached_property
    def _named(self) -> dict[str, str]:
        """The kind and state of each order, by its name in addresses."""
        return {name: f"{each.kind}.{each.state}" for each in self.orders for name in (each.reference, str(each.pk))}


def build(profile: str, folder: Path, change: Any) -> World:
    """Builds all of it, under these rules; `change` is pytest-django's `settings`."""
    outside(change, profile)
    world = World(profile)
    roles.ensure()
    world.people = {name: make_user(f"{name}@example.com") for name in ("newcomer", "stranger")}
    world.people["unconfirmed"] = User.objects.create_user("unconfirmed@example.com", "correct horse battery")
    world.people["owner"] = make_user(OWNER)
    for name, role in STAFF.items():
        world.people[name] = make_user(f"{name}@example.com", held_roles=(role,))
    people = SimpleNamespace(**world.people)
    world.orders = list(orders.place(people, profile))
    _checks(world)
    _codes(people)
    _old_platform(people, folder)
    _by_the_way(world)
    _rights(world)
    _desk(people)
    _judge_two(world)
    _accept_one(world)
    begun.by(world.people, world.tokens)
    return world


RETURNED = {
    "verdict.website.site_name": "return",
    "reason.website.site_name": "own",
    "words.website.site_name": "网站名称不清",
    "return-although": "on",
}


def hand_over(world: World) -> None:
    """Pages for a phone, one for the papers and one for the photo; only the first phone to open one may keep it."""
    for purpose, order in ((uploads.PAPERS, world.papers_by_phone), (uploads.PHOTO, world.photo_by_phone)):
        world.tokens[purpose] = uploads.make(holder=order.reference, purpose=purpose)


def of(world: World, state: str, kind: str = states.TRANSFER) -> Order:
    """The first order of this kind in this state."""
    return next(order for order in world.orders if (order.kind, order.state) == (kind, state))


def waits_for_look(world: World) -> Order:
    """The order that a colleague of the reviewer and the lead has accepted."""
    return of(world, states.PHOTO_REVIEW, states.TRANSFER_ANOTHER)


def outside(change: Any, profile: str) -> None:
    """An in-memory ministry and server list, and the rules everything begins with."""
    change.RULE_PROFILE = profile
    change.PAPERS_BY_PHONE_EVERYWHERE = True
    change.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    change.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.FakeInventory"
    ministries.FakeAuthority.forget()
    lists.FakeInventory.accounts = {OWNER: [server(codes_max=5), server("i-example0002", public_ip="")]}


def _checks(world: World) -> None:
    """Step 1 with every result it can have, and an objection to somebody else's order."""
    owner = world.people["owner"]
    for outcome in Outcome:
        domain = f"{outcome.replace('_', '-')}.cn"
        TypeCheck.objects.create(owner=owner, answers=type_answers(domain=domain), outcome=outcome)
    Objection.objects.create(
        owner=world.people["stranger"],
        domain=world.orders[1].domain,
        subject_key=world.orders[1].subject_key,
        words="这个网站是我们的",
    )


def _codes(people: SimpleNamespace) -> None:
    """A service code in every state, one offered to the stranger and one offered by them."""
    fill_codes(people.owner, people.stranger)
    ServiceCode.objects.create(instance_id="i-example0001", slot=2, product="ecs", account=OWNER)
    people.stranger.refresh_from_db()


def _old_platform(people: SimpleNamespace, folder: Path) -> None:
    """An import and a claim in every state."""
    made = ("previewed", "running", "imported", "failed")
    rows = [
        filing(
            account_email=f"{state}@old.example.com",
            domain=f"{state}-old.cn",
            site_number=f"宁ICP备00000040号-{number}",
            subject_number="宁ICP备00000040号",
        )
        for number, state in enumerate(made, 1)
    ]
    claims = ("open", "sent", "accepted", "declined")
    load_rows(folder / "old.json", *rows, *(personal(domain=f"{state}-claim.cn") for state in claims))
    for account, state in zip(LegacyAccount.objects.order_by("created_at", "pk"), made, strict=True):
        mine = imports.begin(people.owner, account)
        if state != "previewed":
            record = LegacyRecord.objects.filter(account=account).get()
            imports.run(mine, {record.pk: False}, [])
        if state == "imported":
            runner.run(mine.pk)
        elif state == "failed":
            mine.items.update(outcome="unreadable")
            IMPORT.apply(mine, "finish", by="clock", facts=runner.counts(mine), columns={"holds": False})
    for state in claims:
        claim = claiming.begin(people.owner, LegacyRecord.objects.get(domain=f"{state}-claim.cn"))
        _lead_claim(claim, state, people)


def _lead_claim(claim: LegacyClaim, state: str, people: SimpleNamespace) -> None:
    if state == "open":
        return
    facts = {"papers_ready": True, "reset": False}
    CLAIM.apply(claim, "send", by="applicant", actor=people.owner, facts=facts)
    if state == "accepted":
        claiming.accept(claim, people.reviewer)
    elif state == "declined":
        claiming.decline(claim, people.reviewer, {"zh": "材料不清晰"})


def _by_the_way(world: World) -> None:
    """What belongs to an order: a look, a place for the photo, a backdrop, a page for a phone, a link in a text."""
    note_access(actor=world.people["lead"], what="order", reference=of(world, states.SUBMITTED).reference, client="")
    over = of(world, states.WITHDRAWN)
    hold = LegalHold(reference=over.reference, owner=over.owner, because="法院调取材料")
    holds.set_hold(hold, actor=world.people["lead"])
    fill_places()
    owner = world.people["owner"]
    due = world.photo_by_phone
    place = PhotoPlace.objects.filter(region__startswith=due.province).first() or PhotoPlace.objects.all()[0]
    photo_places.choose(due.reference, place, owner=owner, words={"domain": due.domain})
    to = backdrops.Address("林示范", "13900000001", "640106", "宁夏回族自治区银川市金凤区", "示例路1号")
    backdrops.ask(holder=of(world, states.SUBMITTED).reference, owner=owner, to=to, words={})
    draft = world.papers_by_phone
    draft.answers = {**draft.answers, "documents": {"way": slots.BY_PHONE}}
    draft.save()
    links: list[str] = []
    proofs.start(
        holder=world.orders[-3].reference,
        person_key="subject_lead",
        mobile="13900000001",
        language="en",
        requester=Requester(),
        context={"domain": draft.domain, "ref": draft.reference},
        link=lambda token: links.append(token) or token,
    )
    world.tokens["phone-link"] = links[0]
    person = administrator(draft)
    consent_links.forget(draft.reference)
    consent_links.ask(
        holder=draft.reference,
        person_key=person.key,
        mobile=person.mobile,
        language="en",
        requester=Requester(),
        context={"domain": draft.domain},
        link=lambda token: links.append(token) or token,
    )
    world.tokens["consent-asked"] = links[1]


def _rights(world: World) -> None:
    """A finished copy and one in progress, an account about to be closed, an emptied order."""
    owner, lead = world.people["owner"], world.people["lead"]
    worker.run(copies.ask(lead).pk)
    DataExport.objects.create(user=owner, language="en", tries=1, lease=uuid4(), leased_until=FAR, done=12, total=40)
    Closure.objects.create(user=owner)
    erase(of(world, states.EXPIRED))
    late = timezone.now() - timedelta(days=30)
    for state in (states.APPROVED, states.SUBMITTED):
        asked = corrections.ask(
            owner, order=of(world, state), website=None, item="lead", words="姓名应为林示範", now=late
        )
        if state == states.APPROVED:
            corrections.answer(asked, actor=lead, outcome=corrections.DONE, words="已更正，请查看备案信息")


def _judge_two(world: World) -> None:
    """One order that a reviewer and a lead have found in order, with a call, and one with something to return."""
    in_order, to_return = of(world, states.SUBMITTED), of(world, states.SUBMITTED, states.TRANSFER_ANOTHER)
    for name in ("reviewer", "lead"):
        drafts.take_in(in_order, world.people[name], all_ok(in_order))
        drafts.take_in(to_return, world.people[name], RETURNED)
    about = "证件号码差一位"
    calls.ask(in_order, world.people["reviewer"], role="subject_lead", about=about, part="subject.lead_id_number")


def _accept_one(world: World) -> None:
    """One order accepted by a colleague of both, so that it waits for a second look; the reviewer has it."""
    waits = waits_for_look(world)
    waits.rounds.all().delete()  # the reviewer's, who could not be the second person
    second_look.accept(waits, ListExport.objects.get().asked_by)
    for order in (of(world, states.PHOTO_REVIEW), waits):
        leases.assign_to_me(order, world.people["reviewer"])


def _desk(people: SimpleNamespace) -> None:
    """Rows that only staff see."""
    now = timezone.now()
    website = Website.objects.filter(owner=people.owner).first()
    for_cause.request_cancellation(website, cause="shell_site", words="域名解析到别处", actor=people.reviewer)
    ParkedAnswer.objects.create(answer_id="a-1", kind="granted", report_key="no-such-order", reason="no such order")
    open_alarm("sms.unknown", reference="m-1", detail="500")
    SetAside.objects.create(
        job="deadlines.due", key="k", reference="T7Q4-M2KX", cause="deadlines.row_failed", trouble="Unreadable",
        since=now, next_at=now,
    )  # fmt: skip
    WorkCalendarDay.objects.create(date=now.date(), is_workday=True, source="示例通知")
    backdrops.stock()
    MinistryLine.objects.get_or_create(isp_id=settings.MIIT_ISP_ID)
    report = Report.objects.create(key="r-1", kind="access", reference="T7Q4-M2KX", payload="")
    UploadFile.objects.create(
        report=report, isp_id=settings.MIIT_ISP_ID, sequence=1, name="a.xml", digest="x", sent_at=now
    )
    InboxFile.objects.create(isp_id=settings.MIIT_ISP_ID, name="b.xml", digest="y", kind="BAJG")
    TableRow.objects.create(table="JCDM", code=1, name="示例")
    _figures(people)


def _figures(people: SimpleNamespace) -> None:
    """Yesterday's counts, as left by the worker, and a list that another lead has requested."""
    now = timezone.now()
    day = now.date() - timedelta(days=1)
    counted = (("arrived", ""), ("answered", "passed"), ("answered", "sent_back"), ("reason", "site_name"),
               ("part", "website.site_name"), ("phones", "later"), ("phones", "missed"))  # fmt: skip
    for figure, part in counted:
        DeskCount.objects.create(day=day, province="64", figure=figure, part=part, round=1, minutes=75, times=30)
    DurationCount.objects.create(day=day, province="64", stage="authority", length=6, times=30)
    for reviewer in (people.reviewer, people.lead):
        ReviewerCount.objects.create(day=day, reviewer=reviewer, outcome="passed", seconds=185, times=30)
    ListExport.objects.create(
        asked_by=make_user(held_roles=(roles.LEAD_REVIEWER,)), because="月度汇总", query="queue=all", rows=101,
        keys=[str(uuid4()) for _row in range(101)], file_type="csv", expires_at=now + timedelta(days=1),
    )  # fmt: skip
