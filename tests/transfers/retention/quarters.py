"""The data of a quarter of a year: at least one row of each table with personal data."""

import uuid
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.db.models import DateTimeField, F
from django.utils import timezone

from filings.models import LegacyClaim, LegacyClaimEvent, LegacyClaimPaper, LegacyRecord
from filings.models import legacy_states as claims
from icpportal.accounts.models import Pending, User
from icpportal.approvals.models import ApprovalRequest
from icpportal.audit.actions import append
from icpportal.audit.models import AuditEntry
from icpportal.codes.models import Allowance, CacheRow, Code
from icpportal.drafts.models import PageDraft
from icpportal.gateways import storage
from icpportal.gateways.miit.line.file_encryption import seal_body
from icpportal.gateways.miit.models import InboxFile, Outcome, Report, UploadFile
from icpportal.outbox.models import Message, State
from icpportal.privacy.models import AccessNote, LegalHold
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_place, make_reviewer, make_user
from tests.transfers.cancels import make_website
from transfers.models import (
    Call,
    CallAttempt,
    CauseCancellation,
    ColleagueNote,
    Decision,
    FieldVerdict,
    ListExport,
    Objection,
    Order,
    OrderDocument,
    OrderEvent,
    ParkedAnswer,
    PhoneCheck,
    ReviewDraft,
    ReviewRound,
    TypeCheck,
)
from transfers.rights.models import CorrectionRequest, DataExport
from verification import consents
from verification.models import (
    Backdrop,
    ConsentRequest,
    Document,
    PhoneProof,
    PhoneUpload,
    PlaceChoice,
    WrongPassword,
)

QUARTER = timedelta(days=91)
WORDS, MOBILE, NAME = "林示范 will be back on Friday", "13900000001", "林示范"
TOLD = {"zh": WORDS, "en": WORDS}
NOW = timedelta(0)
_number = count(1)


def cast(owner: User | None = None) -> SimpleNamespace:
    """The people who act in all of these years."""
    owner = owner or make_user()
    return SimpleNamespace(
        owner=owner,
        reviewer=make_reviewer(),
        lead=make_lead_reviewer(),
        website=make_website(owner),
        place=make_place(),
    )


def grow_older(by: timedelta = QUARTER) -> None:
    """Moves everything that exists so far into the past."""
    for model in apps.get_models():
        moments = [field.name for field in model._meta.concrete_fields if isinstance(field, DateTimeField)]
        if moments and model is not AuditEntry:  # which nobody may change
            model._base_manager.update(**{name: F(name) - by for name in moments})


def leave(people: SimpleNamespace, *, ago: timedelta = NOW) -> None:
    """An order that ended without a filing, one that was approved, and rows without an order."""
    for state in (states.WITHDRAWN, states.APPROVED):
        _order(state, people)
    for state in (claims.OPEN, claims.ACCEPTED, claims.DECLINED):
        _claim(state, people)
    _of_applicants(people.owner)
    _of_staff(people, ago)
    _of_the_ministry(next(_number))


def _order(state: str, people: SimpleNamespace) -> None:
    spoken = {"authority_words": WORDS, "came_back": {"subject": NAME}, "advice": {"subject": NAME}}
    order = make_order(people.owner, state=state, **spoken)
    order.save()  # creates its search keys
    OrderDocument.objects.create(order=order, slot="statement", side=1, document=_paper(order.reference))
    _on_phones(order)
    _judge(order, people)
    _spoken_about(order, people)


def _paper(holder: str) -> Document:
    """With a stored file, sealed with a key of its own."""
    name = storage.keep(storage.DOCUMENTS, f"{uuid.uuid4()}.jpg", b"picture")
    return Document.objects.create(
        kind="statement", holder=holder, state="ready", size=7, width=9, height=9, stored_name=name, sha256="0",
        display_name=f"{NAME}.jpg",
    )  # fmt: skip


def _on_phones(order: Order) -> None:
    now, holder = timezone.now(), order.reference
    mobile = {"mobile": MOBILE, "mobile_index": "m", "asked_at": now}
    PhoneProof.objects.create(holder=holder, person_key="subject_lead", **mobile)
    ConsentRequest.objects.create(holder=holder, person_key="p", digest=holder, expires_at=now, **mobile)
    consents.give(holder=holder, person_key="p", client="192.0.2.1")
    PhoneUpload.objects.create(holder=holder, purpose="papers", digest=holder, device_digest="d", expires_at=now)
    PhoneCheck.objects.create(order=order, report=1, role="administrator", mobile_masked="139****0001")
    PlaceChoice.objects.create(holder=holder, place=make_place(), owner=order.owner)
    to = {"recipient": NAME, "mobile": MOBILE, "region": "640106", "address": "示例路1号", "company": "示例纸业"}
    Backdrop.objects.create(holder=holder, owner=order.owner, state="delivered", **to)


def _judge(order: Order, people: SimpleNamespace) -> None:
    reviewer = {"reviewer": people.reviewer}
    judged = ReviewRound.objects.create(order=order, number=1, why=WORDS, own=TOLD, **reviewer)
    FieldVerdict.objects.create(
        round=judged, field="subject.lead_name", verdict="return", value=NAME, words=WORDS, own=TOLD, told=TOLD
    )
    ReviewDraft.objects.create(order=order, round=2, typed={"words": WORDS}, **reviewer)
    now = timezone.now()
    Decision.objects.create(
        order=order, move="pass", version=1, said={"words": WORDS}, final_at=now, ended_at=now, **reviewer
    )


def _spoken_about(order: Order, people: SimpleNamespace) -> None:
    now, state = timezone.now(), order.state
    OrderEvent.objects.create(order=order, move="call", from_state=state, to_state=state, by="reviewer", words=WORDS)
    ColleagueNote.objects.create(order=order, kind="question", author=people.reviewer, words=WORDS, answer=WORDS)
    objection = _objection(people.owner, order=order)
    call = Call.objects.create(
        order=order, objection=objection, role="objector", about=WORDS, asked_by=people.reviewer, next_at=now,
        ended_at=now, result="reached",
    )  # fmt: skip
    CallAttempt.objects.create(call=call, by=people.reviewer, outcome="reached", note=WORDS)
    TypeCheck.objects.create(owner=people.owner, answers={"name": NAME}, outcome="transfer", order=order)
    CauseCancellation.objects.create(
        website=people.website, cause="shell_site", words=WORDS, asked_by=people.reviewer, order=order,
        decision=CauseCancellation.APPROVED, decided_by=people.lead, decided_at=now,
    )  # fmt: skip


def _objection(owner: User, **columns: Any) -> Objection:
    return Objection.objects.create(
        owner=owner, domain="example.com", subject_key="k", words=WORDS, answers=TOLD, closed_at=timezone.now(),
        **columns,
    )  # fmt: skip


def _claim(state: str, people: SimpleNamespace) -> None:
    record = LegacyRecord.objects.create(
        subject_key="k", region="640106", domain=f"old{next(_number)}.cn", name=NAME, details={"name": NAME}
    )
    said = {} if state == claims.OPEN else {"words": WORDS, "answer": WORDS, "own_answer": TOLD}
    claim = LegacyClaim.objects.create(owner=people.owner, record=record, state=state, **said)
    LegacyClaimEvent.objects.create(claim=claim, move="send", from_state="open", to_state=state, by="x", words=WORDS)
    LegacyClaimPaper.objects.create(claim=claim, document=_paper(claim.reference))


def _of_applicants(owner: User) -> None:
    """Rows without an order: a session, codes, drafts of pages, a message, requests without a result."""
    now, key = timezone.now(), uuid.uuid4().hex
    Session.objects.create(session_key=key[:32], session_data="x", expire_date=now + timedelta(hours=1))
    UserSession.objects.create(user=owner, session_key=key[:32], ip="192.0.2.1", user_agent="Firefox", created_at=now)
    Code.objects.create(purpose="sign_in", holder=key, digest=key, destination="d", channel="sms", expires_at=now)
    Allowance.objects.create(name="sign_in", key=key, used=1, began_at=now)
    CacheRow.objects.create(key=key, value="1", expires_at=now + timedelta(hours=1))
    WrongPassword.objects.create(digest=key, at=now)
    Pending.objects.create(kind="mobile", user=owner, destination=MOBILE, channel="sms", facts={"name": NAME})
    PageDraft.objects.create(
        key=key, owner=owner, holder=key[:8], typed={"name": NAME}, typed_at=now, reply={}, expires_at=now + QUARTER / 2
    )
    Message.objects.create(
        key=key, channel="sms", state=State.DELIVERED, payload={"to": MOBILE}, next_at=None, user=owner
    )
    TypeCheck.objects.create(owner=owner, answers={"name": NAME}, outcome="transfer")
    _objection(owner)
    DataExport.objects.create(user=owner, stored_name=key, ready_at=now)
    CorrectionRequest.objects.create(
        user=owner, order=Order.objects.filter(owner=owner).latest("created_at"), item="lead", words=WORDS, due_at=now,
        answer=WORDS, outcome="done", closed_at=now,
    )  # fmt: skip


def _of_staff(people: SimpleNamespace, ago: timedelta) -> None:
    now, order, key = timezone.now(), Order.objects.latest("created_at"), str(next(_number))
    AccessNote.objects.create(actor=people.reviewer, what="order", reference=order.reference, last_at=now)
    change = LogEntry(user=people.reviewer, object_repr=str(order), action_flag=CHANGE, change_message=WORDS)
    LogEntry.objects.bulk_create([change])  # without an entry of the audit chain, whose order it would break
    append("look", actor=people.reviewer, what="order", reference=order.reference, reason=WORDS, now=now - ago)
    asked = {"asked_by": people.reviewer, "answered_by": people.lead}
    ApprovalRequest.objects.create(
        kind="refuse", key=key, reference=order.reference, owner=people.owner, said={"words": WORDS}, outcome="allowed",
        ended_at=now, **asked,
    )  # fmt: skip
    ListExport.objects.create(because=WORDS, query=f"q={NAME}", words=TOLD, rows=1, expires_at=now, **asked)
    LegalHold.objects.create(
        reference=order.reference, owner=people.owner, because=WORDS, asked_by=people.reviewer, lifted_at=now,
        lifted_by=people.lead, proposed_by=people.reviewer, proposed_because=WORDS, proposed_at=now,
    )  # fmt: skip
    for closed_at in (now, None):
        ParkedAnswer.objects.create(answer_id=f"{key}-{closed_at}", kind="granted", words=WORDS, closed_at=closed_at)


def _of_the_ministry(number: int) -> None:
    """A report with the file that carried it, and the answer with the file that brought it."""
    now = timezone.now()
    report = Report.objects.create(
        key=f"r-{number}", kind="access", reference="T7Q4-M2KX", payload="sealed", state="answered", reason=WORDS
    )
    sealed = dict(zip(("body", "key"), seal_body(b"{}", bound_to=f"file {number}"), strict=True))
    UploadFile.objects.create(
        report=report, isp_id=1, sequence=number, name="a", digest="x", accepted_at=now, words=WORDS, **sealed
    )
    sealed = dict(zip(("body", "key"), seal_body(b"{}", bound_to=f"inbox {number}"), strict=True))
    file = InboxFile.objects.create(
        isp_id=1, name="b", digest=str(number), state="processed", processed_at=now, **sealed
    )
    Outcome.objects.create(
        once=str(number), report=report, file=file, kind="record", payload="sealed", acknowledged_at=now
    )
