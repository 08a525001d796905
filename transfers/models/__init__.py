"""Orders with their events, documents, reviews and phones."""

from transfers.models.calls import Call, CallAttempt
from transfers.models.cause import CauseCancellation
from transfers.models.counts import CountedDay, DeskCount, DeskDay, DurationCount, ReviewerCount
from transfers.models.duties import Duty, FooterCheck
from transfers.models.exports import ListExport
from transfers.models.order import Order, OrderEvent
from transfers.models.papers import OrderDocument
from transfers.models.parked import ParkedAnswer
from transfers.models.phones import PhoneCheck, PhoneRegister, PhoneWindow
from transfers.models.review import (
    ColleagueNote,
    Decision,
    DeskSettings,
    FieldVerdict,
    ReasonVersion,
    ReturnReason,
    ReviewDraft,
    ReviewRound,
)
from transfers.models.search import SearchKey
from transfers.models.typecheck import Objection, TypeCheck

__all__ = [
    "Call",
    "CallAttempt",
    "CauseCancellation",
    "ColleagueNote",
    "CountedDay",
    "DeskCount",
    "DeskDay",
    "Decision",
    "DeskSettings",
    "DurationCount",
    "Duty",
    "FieldVerdict",
    "FooterCheck",
    "ListExport",
    "Objection",
    "Order",
    "OrderDocument",
    "OrderEvent",
    "ParkedAnswer",
    "PhoneCheck",
    "PhoneRegister",
    "PhoneWindow",
    "ReasonVersion",
    "ReturnReason",
    "ReviewDraft",
    "ReviewRound",
    "ReviewerCount",
    "SearchKey",
    "TypeCheck",
]
