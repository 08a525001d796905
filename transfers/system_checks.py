"""System checks of the tables in `orders/` and of the steps."""

from collections.abc import Iterator, Sequence

from django.apps import AppConfig
from django.core import checks
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from icpportal.lifecycle import APPLICANT
from icpportal.lifecycle.system_check import check_table
from icpportal.outbox.texts import catalogue
from transfers.order_page import sentence
from transfers.order_page.panels import PANELS
from transfers.orders import kinds, queries, states
from transfers.orders.moves import MOVES, TABLE
from transfers.orders.rows import Move, State
from transfers.pages.buttons import FIRST_UNANSWERED
from transfers.pages.stages import ADMINISTRATORS, STAGE_SETS, STAGES
from transfers.second_look import policy
from transfers.steps import STEPS
from transfers.steps.base import Step, always

REFERENCE = "AAAA-AAAA"  # only to test whether an address exists


@checks.register
def check_orders(**kwargs: Sequence[AppConfig] | Sequence[str] | None) -> list[checks.CheckMessage]:
    """Reports what rows of states, moves, kinds and steps lack."""
    lives = check_table(
        TABLE, name="transfers", sentences=states.BY_KEY, has_message=catalogue.has, initial=kinds.initial()
    )
    lacks = [
        *(
            f"state {state.key}: {lack}"
            for kind in kinds.KINDS
            for state in kind.all_states()
            for lack in _state(state)
        ),
        *(f"move {row.name}: {lack}" for row in MOVES for lack in _move(row)),
        *(f"kind {kind.key}: {lack}" for kind in kinds.KINDS for lack in _kind(kind)),
        *(f"step {step.key}: {lack}" for step in STEPS for lack in _step(step)),
        *policy.lacks(),
    ]
    return [*lives, *(checks.Error(lack, id="transfers.E001") for lack in dict.fromkeys(lacks))]


def _state(state: State) -> Iterator[str]:
    for name in ("key", "label", "heading", "sentence", "turn", "tone", "icon", "part"):
        if not getattr(state, name):
            yield f"no {name}"
    if state.kept and not (state.date and state.clock and state.reminder and state.calendar):
        yield "it is kept for a time, so it needs a date, a calendar entry, a reminder and a move of the clock"
    if state.clock and state.clock not in {row.name for row in MOVES if state.key in row.sources}:
        yield f"the clock's move {state.clock} does not leave it"
    if state.reminder and not catalogue.has(state.reminder):
        yield f"no text of the message {state.reminder}"
    if state.page and not (state.button and _is_address(state.page)):
        yield f"no button, or no page {state.page}"
    yield from (f"unknown panel {name}" for name in state.panels if name not in PANELS)
    yield from (
        f"unknown condition {each.condition}" for each in state.instead if each.condition not in sentence.CONDITIONS
    )


def _is_address(name: str) -> bool:
    if name == FIRST_UNANSWERED:
        return True
    try:
        reverse(name, args=[REFERENCE])
    except NoReverseMatch:
        return False
    return True


def _move(row: Move) -> Iterator[str]:
    if not row.said:
        yield "no words for the timeline"
    if not row.audience:
        yield "nobody is told"
    if row.by == APPLICANT and row.button is None and not row.own_page:
        yield "the applicant has neither a button nor a page for it"


def _kind(kind: kinds.Kind) -> Iterator[str]:
    if kind.stages not in STAGE_SETS:
        yield f"unknown stages {kind.stages}"
    for name in (kind.report, kind.answers):
        try:
            import_string(name)
        except ImportError:
            yield f"{name} is not there"


def _step(step: Step) -> Iterator[str]:
    if step.form_class.step_key != step.key:
        yield f"its form is of the step “{step.form_class.step_key}”"
    if step.stage not in {stage.key for stage in STAGES}:
        yield f"unknown stage {step.stage}"
    if (step.stage == ADMINISTRATORS) != (step.key in queries.DETAILS):
        yield "the pages of the details are not those of DETAILS in transfers/orders/queries.py"
    if step.key in queries.DETAILS and step.when is not always:
        yield "a page of the details is asked of every order"
