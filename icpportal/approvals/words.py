"""Texts about requests: on the page of what they are about, in its timeline, and at the head of the desk."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from icpportal.accounts.models import User
from icpportal.approvals.models import KINDS, OF_ACCOUNTS, ApprovalRequest
from icpportal.approvals.queries import lone_requests, requests_of
from icpportal.privacy.masks import mask_account
from icpportal.time_format import to_beijing

MOST = 5  # notices at the head of the desk


@dataclass(frozen=True, slots=True)
class Answer:
    """A button of an answer."""

    move: str
    label: str


@dataclass(frozen=True, slots=True)
class RequestPanel:
    """The variables of `admin/asked.html`: who asks what, and the reader's possible answers."""

    key: str
    told: str
    words: str
    alone: str  # when it is carried out without a second person
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of a timeline."""

    at: datetime
    who: str
    what: str
    words: str = ""


def asked_for(asked: ApprovalRequest | None, reader: User) -> RequestPanel | None:
    """The open request as this reader sees it."""
    if asked is None:
        return None
    return RequestPanel(
        key=str(asked.pk),
        told=asked_words(asked),
        words=asked.words,
        alone=alone_words(asked),
        answers=_answers(asked, reader),
    )


def _answers(asked: ApprovalRequest, reader: User) -> list[Answer]:
    """The asker may withdraw, a second person may allow or decline; nobody else has a button."""
    if asked.asked_by_id == reader.pk:
        return [Answer("withdraw_request", _("Withdraw the request"))]
    if KINDS[asked.kind].has_page or asked.owner_id == reader.pk or not reader.has_perm(asked.permission):
        return []
    return [
        Answer("allow_request", pgettext("a colleague's request", "Allow")),
        Answer("decline_request", pgettext("a colleague's request", "Decline")),
    ]


def asked_words(asked: ApprovalRequest) -> str:
    """`Gao Yang has asked a second person: Refusing an order permanently`."""
    facts = {"name": str(asked.asked_by), "what": asked.label}
    return _("%(name)s has asked a second person: %(what)s") % facts


def thing_words(asked: ApprovalRequest) -> str:
    """What it is about: an account by its person, anything else by its reference."""
    return str(asked.owner) if asked.kind in OF_ACCOUNTS and asked.owner else asked.reference


def masked_thing(asked: ApprovalRequest) -> str:
    """The same for everybody who works here: a customer's name is masked."""
    is_customers = asked.kind in OF_ACCOUNTS and asked.owner is not None and not asked.owner.is_staff
    return mask_account(thing_words(asked)) if is_customers else thing_words(asked)


def notices() -> list[str]:
    """Notices to all staff while somebody acts alone."""
    return [f"{_alone_notice(asked)} {alone_words(asked)}" for asked in lone_requests(MOST)]


def _alone_notice(asked: ApprovalRequest) -> str:
    facts = {"name": str(asked.asked_by), "what": asked.label, "reference": masked_thing(asked)}
    return _("%(name)s acts without a second person: %(what)s, %(reference)s.") % facts


def alone_words(asked: ApprovalRequest) -> str:
    """When it is carried out without a second person; "" if there is one."""
    if asked.alone_at is None:
        return ""
    sentence = _("Nobody else holds this duty: it is done on %(time)s unless it is withdrawn.")
    return sentence % {"time": f"{to_beijing(asked.alone_at):%Y-%m-%d %H:%M}"}


def lines_of(kind: str, key: object) -> list[HistoryLine]:
    """Requests and answers, for the timeline of what they are about."""
    return [line for asked in requests_of(key, kind) for line in said_of(asked)]


def said_of(asked: ApprovalRequest) -> list[HistoryLine]:
    """That it was asked, and how it ended."""
    by_nobody = _("asked to act alone, nobody else holds the duty: %(what)s")
    wanted = by_nobody if asked.alone_at else _("asked a second person: %(what)s")
    first = HistoryLine(asked.asked_at, str(asked.asked_by), wanted % {"what": asked.label}, asked.words)
    return [first, _end(asked)] if asked.ended_at else [first]


def _end(asked: ApprovalRequest) -> HistoryLine:
    ends = {
        ApprovalRequest.ALLOWED: _("allowed what %(name)s had asked"),
        ApprovalRequest.DECLINED: _("declined what %(name)s had asked"),
        ApprovalRequest.WITHDRAWN: _("withdrew the request"),
        ApprovalRequest.ALONE: _("did after 24 hours what %(name)s had asked alone: no second person was there"),
        ApprovalRequest.FAILED: _("could not do what %(name)s had asked: it had changed since"),
    }
    by_itself = asked.asked_by if asked.outcome == ApprovalRequest.WITHDRAWN else _("The system")
    who = asked.answered_by or by_itself
    return HistoryLine(
        asked.ended_at or asked.asked_at, str(who), ends[asked.outcome] % {"name": asked.asked_by}, asked.answer
    )
