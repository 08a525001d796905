"""Shanghai's app (上海管局 App): fetches the photo for a picture code from its system, like an upload."""

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.fields.components import DrawnSlot, SlotAction
from icpportal.fields.fields import NumberField
from icpportal.gateways.photo_app import base as gateway
from transfers.documents import actions as paper_actions
from transfers.documents import drawn_slots, slots
from transfers.models import Order, OrderDocument
from transfers.orders import queries
from transfers.orders.people import administrator
from transfers.pages.service_errors import busy, too_many
from verification.documents.upload_messages import UploadRefused
from verification.photos import app_codes
from verification.photos.app_codes import State
from verification.photos.methods import SHANGHAI_APP

BAD = "sh_code_bad"
# refusals about the photo, the number of uploads or our storage, not about their system
MINE = ("photo_size", "file_pixels", "file_big", "uploads_order", "uploads_account", "uploads_all", "storage_down")


class NotFetched(Exception):
    """No photo was fetched; `problem` is what the applicant reads."""

    def __init__(self, problem: ValidationError) -> None:
        super().__init__(problem.code)
        self.problem = problem


class PictureCodeField(NumberField):
    """A picture code in capitals, as the app shows it, however it is typed."""

    def to_python(self, value: str | None) -> str:
        return super().to_python(value).upper()


def is_asked(order: Order) -> bool:
    """Whether the photo comes from the app's system: the app is mandatory, and we can ask it."""
    return queries.rules_of(order).photo_ways == (SHANGHAI_APP,) and gateway.is_there()


def code_bad() -> ValidationError:
    """What to do about a wrong picture code."""
    return ValidationError(_("The code does not match: enter it exactly as the app shows it"), code=BAD)


def wrong(outcome: app_codes.Outcome) -> ValidationError:
    """What to do about a wrong code that cost an attempt, and how many attempts are left."""
    if not outcome.left:
        return ValidationError(_("The code does not match, and no attempts are left: try again in an hour"), code=BAD)
    words = ngettext(
        "The code does not match: enter it exactly as the app shows it. %(n)s attempt left",
        "The code does not match: enter it exactly as the app shows it. %(n)s attempts left",
        outcome.left,
    )
    return ValidationError(words, code=BAD, params={"n": outcome.left})


def fits(code: str) -> bool:
    """Whether it has the form of a picture code; checking costs no attempt."""
    return 4 <= len(code) <= 8 and code.isascii() and code.isalnum()


def unreadable() -> ValidationError:
    """Their system sent something that is not a photo."""
    return ValidationError(
        _("The app's server did not send a readable photo. This attempt was not counted. Try again later"),
        code="photo_unreadable",
    )


class FetchedPhoto:
    """The data from the app's system, as an upload."""

    def __init__(self, content: bytes, code: str) -> None:
        self.name: str | None = f"{code}.jpg"
        self.size: int | None = len(content)
        self.content = content

    def read(self, num_bytes: int = -1, /) -> bytes:  # noqa: ARG002 -- bounded by the gateway, measured again by the intake
        return self.content


def photo_of(order: Order) -> OrderDocument | None:
    """The present photo if it was fetched; one uploaded while nobody could be asked is not the app's."""
    paper = queries.photo_of(order)
    return paper if paper is not None and paper.mark else None


def fetch(order: Order, code: str, *, account_key: str) -> OrderDocument:
    """Takes the photo of this code into the order.

    Raises `NotFetched` or `OrderChanged`, and then nothing has changed. Makes a network call: call it outside a
    transaction.
    """
    if not fits(code):
        raise NotFetched(code_bad())
    mobile = administrator(order).mobile
    outcome = app_codes.ask(code, mobile, order_key=order.reference, account_key=account_key)
    if outcome.state != State.FOUND:
        raise NotFetched(REFUSALS[outcome.state](outcome))
    try:
        return paper_actions.upload(
            order, slot=slots.PHOTO, file=FetchedPhoto(outcome.content, code), kind=slots.PHOTO, mark=code
        )
    except UploadRefused as refused:
        raise NotFetched(refused if refused.code in MINE else unreadable()) from refused


def _down(_outcome: app_codes.Outcome) -> ValidationError:
    return ValidationError(
        _("The app's server did not respond. This attempt was not counted. Try again later"), code="app_down"
    )


REFUSALS: dict[State, Callable[[app_codes.Outcome], ValidationError]] = {
    State.WRONG: wrong,
    State.UNREACHABLE: _down,
    State.PAUSED: lambda outcome: too_many(outcome.until),
    State.BUSY: lambda outcome: busy(),
}


def photo_slot_context(order: Order, paper: OrderDocument | None, *, reason: str = "") -> DrawnSlot:
    """The arguments of the photo's slot: an upload, or the two answers about a fetched photo."""
    shown = drawn_slots.photo_slot(order, paper, reason=reason)
    if not is_asked(order):
        return shown
    url = shown["form_url"]
    shown["form"], shown["form_url"] = None, ""
    actions: list[SlotAction] = []
    if paper is not None and paper.document.is_ready:
        actions.append(_button(url, _("This photo is usable"), "usable", paper.document.reference, "primary"))
    if paper is not None:
        actions.append(_button(url, _("Retake the photo"), "again", paper.document.reference, "secondary"))
    shown["actions"] = actions
    return shown


def _button(url: str, label: str | Promise, name: str, value: str, kind: str) -> SlotAction:
    return {"label": label, "url": url, "post": True, "name": name, "value": value, "kind": kind}
