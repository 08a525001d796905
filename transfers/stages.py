"""The seven numbered stages of a transfer, and where each leads; a province or profile can switch one off."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transfers import queries, standing, states
from transfers.judging import is_over
from transfers.sentences import SENTENCES

TYPE = "type"
SERVICE_CODE = "service_code"
FILING_PASSWORD = "filing_password"  # noqa: S105 -- the name of a step
ADMINISTRATORS = "administrators"
DOCUMENTS = "documents"
PHOTO = "photo"
PHONES = "phones"
CONSEQUENCES = "consequences"
CODE = "code"
LAST_LOOK = "last_look"


@dataclass(frozen=True)
class Stage:
    """One numbered stage: when it applies, when it is behind the applicant, where its page is."""

    key: str
    title: str | Promise
    url_name: str
    done: Callable[[Any], bool]
    applies: Callable[[Any], bool] = lambda order: True
    is_step: bool = False

    def url(self, order: Any) -> str:
        return reverse(self.url_name, args=[order.reference, self.key] if self.is_step else [order.reference])


def _sent(order: Any) -> bool:
    return order.state not in states.EDITABLE


def _photo_done(order: Any) -> bool:
    return bool(order.photo_accepted_for)


def _phones_done(order: Any) -> bool:
    return order.state in (states.AUTHORITY_REVIEW, states.AUTHORITY_RETURNED, states.APPROVED)


def asks_password(order: Any) -> bool:
    """Whether the rules this order began under ask for a filing password."""
    return queries.rules_of(order).asks_password


STAGES = (
    Stage(TYPE, _("Filing type"), "order-type", done=lambda order: True),
    Stage(SERVICE_CODE, _("Product"), "step", done=standing.code_stands, is_step=True),
    Stage(
        FILING_PASSWORD,
        _("Filing password"),
        "step",
        done=lambda order: standing.password_stands(order) or _sent(order),
        applies=asks_password,
        is_step=True,
    ),
    Stage(
        ADMINISTRATORS,
        _("Details"),
        "people",
        done=lambda order: {"subject", "website", "administrator"} <= set(order.answers),
    ),
    Stage(DOCUMENTS, _("Documents"), "documents", done=_sent),
    Stage(PHOTO, _("Photo"), "photo", done=_photo_done),
    Stage(
        PHONES,
        _("Phones"),
        "phones",
        done=_phones_done,
        applies=lambda order: queries.rules_of(order).phones is not None,
    ),
)
GATES = (TYPE, SERVICE_CODE, FILING_PASSWORD)

# the cancellation's own way (取消接入)
CANCEL_STAGES = (
    Stage(CONSEQUENCES, _("Consequences"), "cancel-consequences", done=lambda order: True),
    Stage(CODE, _("Code by text"), "cancel-code", done=lambda order: _sent(order) or queries.is_proved(order)),
    Stage(
        FILING_PASSWORD,
        _("Filing password"),
        "cancel-password",
        done=lambda order: order.password_kept or _sent(order),
        applies=asks_password,
    ),
    Stage(LAST_LOOK, _("Last look"), "cancel-confirm", done=_sent),
)
STAGES_OF = {states.CANCELLATION: CANCEL_STAGES}


def applying(order: Any) -> list[Stage]:
    """The stages this order has."""
    return [stage for stage in STAGES_OF.get(order.kind, STAGES) if stage.applies(order)]


def next_url(order: Any, key: str) -> str:
    """Where a saved page of stage `key` leads: a hub's page back to the hub, a gate to the next stage."""
    stages = applying(order)
    position = [stage.key for stage in stages].index(key)
    if key not in (*GATES, CODE):
        return stages[position].url(order)
    following = stages[position + 1]
    return reverse("gates-passed", args=[order.reference]) if following.key == ADMINISTRATORS else following.url(order)


def back_url(order: Any, key: str) -> str:
    """Where a page inside stage `key` goes back to: a gate to the stage before, a hub's page to its hub."""
    return before_url(order, key) if key in GATES else _stage(order, key).url(order)


def before_url(order: Any, key: str) -> str:
    """The stage before `key`; the order's own page before the first."""
    stages = applying(order)
    position = [stage.key for stage in stages].index(key)
    return stages[position - 1].url(order) if position else order.get_absolute_url()


def _stage(order: Any, key: str) -> Stage:
    return next(stage for stage in applying(order) if stage.key == key)


def first_unanswered(order: Any) -> Stage:
    """Where "continue" leads: the first stage that is not done."""
    stages = applying(order)
    return next((stage for stage in stages if not stage.done(order)), stages[-1])


KIND_NAMES = {
    states.TRANSFER: _("Transfer"),
    states.TRANSFER_ANOTHER: _("Transfer another"),
    states.CANCELLATION: _("Cancellation"),
}
ARRIVED = (states.APPROVED, states.CANCELLED)
CURRENT_STAGE = {
    states.PHOTO_DUE: PHOTO,
    states.PHOTO_REVIEW: PHOTO,
    states.PHONE_DUE: PHONES,
}


def current(order: Any) -> str:
    """The stage an order stands in: the first open one of a draft; documents while it is with our reviewers."""
    if order.is_editable and order.submitted_at is None:
        return first_unanswered(order).key
    return CURRENT_STAGE.get(order.state, DOCUMENTS if not order.photo_accepted_for else PHOTO)


def stepper(order: Any, key: str | None = None) -> dict[str, Any]:
    """What `partials/stepper.html` draws: "Transfer · Step 3 of 7" and each stage with its state."""
    if order.state in states.ENDED and order.state not in ARRIVED:
        return {"name": KIND_NAMES[order.kind], "over": SENTENCES[order.state].label, "steps": []}
    stages = applying(order)
    now = key or current(order)
    number = next((index for index, stage in enumerate(stages, 1) if stage.key == now), len(stages))
    return {
        "name": KIND_NAMES[order.kind],
        "number": number,
        "total": len(stages),
        "closed": order.state in ARRIVED,
        "steps": [_drawn(order, stage, now) for stage in stages],
    }


def _drawn(order: Any, stage: Stage, now: str) -> dict[str, Any]:
    done = order.state in ARRIVED or (stage.done(order) and stage.key != now)
    linked = order.is_editable and not is_over(order) and (stage.done(order) or stage.key == now)
    return {
        "title": stage.title,
        "url": stage.url(order) if linked else "",
        "state": "done" if done else ("now" if stage.key == now else "todo"),
    }
