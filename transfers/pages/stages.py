"""The seven numbered stages of a transfer and their pages; a province or profile can switch one off."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words
from icpportal.kept_html.gaps import addresses, gap
from icpportal.paths import path
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.expiry import is_over
from transfers.orders.history import cause_of
from transfers.orders.kinds import CANCELLATION_STAGES, TRANSFER_STAGES, is_in, kind_of, state_of
from transfers.orders.rows import Group
from transfers.proofs import freshness

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
    """One numbered stage: when it applies, when it is done, where its page is."""

    key: str
    title: Words
    url_name: str
    done: Callable[[Order], bool]
    applies: Callable[[Order], bool] = lambda order: True
    is_step: bool = False

    def url(self, order: Order) -> str:
        return self.url_of(order.reference)

    def url_of(self, reference: str) -> str:
        return path(self.url_name, reference, *([self.key] if self.is_step else []))


def _is_submitted(order: Order) -> bool:
    return not is_in(order, Group.EDITABLE)


def _photo_done(order: Order) -> bool:
    return bool(order.photo_accepted_for)


def _phones_done(order: Order) -> bool:
    return is_in(order, Group.PHONES_BEHIND)


def asks_password(order: Order) -> bool:
    """Whether the order's rules ask for a filing password."""
    return queries.rules_of(order).asks_password


STAGES = (
    Stage(TYPE, _("Filing type"), "order-type", done=lambda order: True),
    Stage(SERVICE_CODE, _("Product"), "step", done=freshness.is_code_fresh, is_step=True),
    Stage(
        FILING_PASSWORD,
        _("Filing password"),
        "step",
        done=lambda order: freshness.is_password_fresh(order) or _is_submitted(order),
        applies=asks_password,
        is_step=True,
    ),
    Stage(ADMINISTRATORS, _("Details"), "people", done=queries.has_details),
    Stage(DOCUMENTS, _("Documents"), "documents", done=_is_submitted),
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

# the stages of a cancellation (取消接入)
CANCEL_STAGES = (
    Stage(CONSEQUENCES, _("Consequences"), "cancel-consequences", done=lambda order: True),
    Stage(CODE, _("Code by text"), "cancel-code", done=lambda order: _is_submitted(order) or queries.is_proved(order)),
    Stage(
        FILING_PASSWORD,
        _("Filing password"),
        "cancel-password",
        done=lambda order: order.password_kept or _is_submitted(order),
        applies=asks_password,
    ),
    Stage(LAST_LOOK, _("Final check"), "cancel-confirm", done=_is_submitted),
)
STAGE_SETS = {TRANSFER_STAGES: STAGES, CANCELLATION_STAGES: CANCEL_STAGES}


def stages_of(order: Order) -> list[Stage]:
    """The stages of this order."""
    return [stage for stage in STAGE_SETS[kind_of(order).stages] if stage.applies(order)]


def next_url(order: Order, key: str) -> str:
    """Where to go after saving a page of stage `key`: to its hub, or to the next stage."""
    stages = stages_of(order)
    position = [stage.key for stage in stages].index(key)
    if key not in (*GATES, CODE):
        return stages[position].url(order)
    following = stages[position + 1]
    return path("gates-passed", order.reference) if following.key == ADMINISTRATORS else following.url(order)


def back_url(order: Order, key: str) -> str:
    """Where a page in stage `key` links back to: the previous stage, or its hub."""
    return before_url(order, key) if key in GATES else _stage(order, key).url(order)


def before_url(order: Order, key: str) -> str:
    """The stage before `key`; the order's own page before the first."""
    stages = stages_of(order)
    position = [stage.key for stage in stages].index(key)
    return stages[position - 1].url(order) if position else order.get_absolute_url()


def _stage(order: Order, key: str) -> Stage:
    return next(stage for stage in stages_of(order) if stage.key == key)


def first_unanswered(order: Order) -> Stage:
    """Where "continue" leads: the first stage that is not done."""
    stages = stages_of(order)
    return next((stage for stage in stages if not stage.done(order)), stages[-1])


def current(order: Order) -> str:
    """The order's present stage: the first open one of a draft, documents while our reviewers have it.

    Passed stages stay passed: once phones are verified, it stays at the phones to the end.
    """
    if order.is_editable and order.submitted_at is None:
        return first_unanswered(order).key
    if _phones_done(order) or is_in(order, Group.LAPSED):
        return PHONES
    return state_of(order).stage or (PHOTO if order.photo_accepted_for else DOCUMENTS)


STEP_STATES: dict[str, Words] = {
    "done": pgettext_lazy("step", "done"),
    "now": _("you are here"),
    "todo": pgettext_lazy("step", "not yet"),
}


@dataclass(frozen=True, slots=True)
class StepShown:
    """One stage of the stepper; with an address if it can be opened, which has a gap for the order's reference."""

    title: str
    url: str
    is_done: bool
    is_now: bool

    @property
    def word(self) -> str:
        """The suffix of its class."""
        return "done" if self.is_done else "now" if self.is_now else "todo"

    @property
    def icon(self) -> str:
        """The tick of a finished one."""
        return "check" if self.is_done else ""

    @property
    def state(self) -> Words:
        """Its state in words."""
        return STEP_STATES[self.word]


@dataclass(frozen=True, slots=True)
class Stepper:
    """The variables of `partials/stepper.html`: "Transfer · Step 3 of 7" and each stage with its state."""

    name: str
    number: int = 0
    total: int = 0
    closed: bool = False  # all is done
    over: str = ""  # how it ended, if not done
    steps: tuple[StepShown, ...] = ()
    reference: str = field(default="", compare=False)  # fills the gap of addresses: others are drawn the same

    @property
    def next_title(self) -> str:
        """The stage after the reader's; "" at the last."""
        following = self.steps[self.number : self.number + 1] if not (self.over or self.closed) else ()
        return following[0].title if following else ""

    @property
    def line(self) -> str:
        """Where the order is, in words."""
        if self.over:
            return f"{self.name} · {self.over}"
        if self.closed:
            return str(self.name)
        where = {"name": self.name, "number": self.number, "total": self.total}
        return gettext("%(name)s · Step %(number)s of %(total)s") % where


def stepper(order: Order, key: str | None = None) -> Stepper:
    """The stepper of this order; while it is filled in, at the page of stage `key`.

    Once submitted, every page shows the same stage, so that the number never goes back from one page to the next.
    """
    name = str(kind_of(order).name)
    has_arrived = is_in(order, Group.ARRIVED)
    if is_in(order, Group.ENDED) and not has_arrived:
        return Stepper(name, over=str(state_of(order).label))
    if not order.is_editable and cause_of(order):  # its owner has gone through none of the steps
        return Stepper(name, over=str(state_of(order).label))
    stages = stages_of(order)
    now = key if key and order.is_editable else current(order)
    number = next((index for index, stage in enumerate(stages, 1) if stage.key == now), len(stages))
    is_open = order.is_editable and not is_over(order)
    done = tuple([(stage.key, stage.done(order)) for stage in stages])
    shown = _steps(
        get_language(), addresses(), kind_of(order).stages, done, now, is_open=is_open, has_arrived=has_arrived
    )
    return Stepper(name, number, len(stages), has_arrived, steps=shown, reference=order.reference)


@lru_cache(512)  # of two kinds of orders in two languages, each with some tens of states
def _steps(
    _language: str | None,
    _addresses: tuple[str, str],
    stages: str,
    done: tuple[tuple[str, bool], ...],
    now: str,
    *,
    is_open: bool,
    has_arrived: bool,
) -> tuple[StepShown, ...]:
    """The steps of all orders that are as far; `done` says of each stage whether it is."""
    by_key = {stage.key: stage for stage in STAGE_SETS[stages]}
    return tuple(
        _step_shown(by_key[key], is_behind=is_behind, is_now=key == now, is_open=is_open, has_arrived=has_arrived)
        for key, is_behind in done
    )


def _step_shown(stage: Stage, *, is_behind: bool, is_now: bool, is_open: bool, has_arrived: bool) -> StepShown:
    done = has_arrived or (is_behind and not is_now)
    url = stage.url_of(gap("reference")) if is_open and (is_behind or is_now) else ""
    return StepShown(str(stage.title), url, is_done=done, is_now=is_now and not done)
