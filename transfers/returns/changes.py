"""What has changed in an order since it was returned: values then and now, documents, steps."""

from collections.abc import Mapping

from django.utils.translation import override

from icpportal.fields.types import Json
from transfers.documents import slots
from transfers.models import FieldVerdict, Order, OrderDocument
from transfers.pages.stages import FILING_PASSWORD
from transfers.proofs import freshness
from transfers.returns.answer_rows import words
from transfers.returns.record import stored_at_return
from transfers.steps import STEPS
from transfers.steps.editable_parts import REMARKS, may_explain

PAPER = "paper"
DERIVED = {"subject.post_same": ("post_region", "post_address")}  # not stored: the answers that say it
LANGUAGES = ("zh-hans", "en")


def is_part_changed(order: Order, verdict: FieldVerdict, papers: list[OrderDocument]) -> bool:
    """Whether the part that the reviewer named has another value or document now."""
    step, _dot, name = verdict.field.partition(".")
    if step == PAPER:
        return _is_paper_changed(order, name, papers)
    if "before" in stored_at_return(order):
        before = stored_at_return(order)["before"].get(step, {})
        names = DERIVED.get(verdict.field, (name,))
        return any(_plain(before.get(each)) != _plain(order.answer(step).get(each)) for each in names)
    return verdict.value not in {_in_language(order, verdict.field, language) for language in LANGUAGES}


def _in_language(order: Order, part: str, language: str) -> str:
    with override(language):
        return value_of(order, part, order.answers)


def is_part_explained(order: Order, verdict: FieldVerdict) -> bool:
    """Whether the remarks, in which the part may be explained, have changed."""
    step, _dot, name = REMARKS.partition(".")
    if verdict.field == REMARKS or not may_explain(order, verdict) or "before" not in stored_at_return(order):
        return False
    now = _plain(order.answer(step).get(name))
    return bool(now) and now != _plain(stored_at_return(order)["before"].get(step, {}).get(name))


def _is_paper_changed(order: Order, slot: str, papers: list[OrderDocument]) -> bool:
    """Whether the slot has another picture now, or is not needed any more."""
    mine = [paper for paper in papers if paper.slot == slot]
    fresh = [paper for paper in mine if paper.added_at >= order.entered_at and paper.document.is_ready]
    if not mine:
        return all(each.key != slot for each in slots.needed_slots(order))
    if not fresh:
        return False
    seen = order.papers.filter(slot=slot, added_at__lt=order.entered_at).select_related("document")
    known = {mark for paper in seen for mark in (paper.document_id, paper.document.sha256) if mark}
    return any(paper.document_id not in known and paper.document.sha256 not in known for paper in fresh)


def is_step_changed(order: Order, part: str, papers: list[OrderDocument]) -> bool:
    """Whether anything has changed in what a code of the authority opened: a step, one document, or all of them."""
    step, _dot, slot = part.partition(".")
    if step == PAPER and slot:
        return _is_paper_changed(order, slot, papers)
    if step == PAPER:
        return any(_is_paper_changed(order, slot, papers) for slot in {paper.slot for paper in papers})
    if step == FILING_PASSWORD:
        confirmed = order.password_confirmed_at
        return freshness.is_password_fresh(order) and confirmed is not None and confirmed >= order.entered_at
    if "before" not in stored_at_return(order):  # returned before this was recorded: unknown
        return True
    names = ("service_code", "server") if step == "service_code" else (step,)
    return any(_plain(stored_at_return(order)["before"].get(name)) != _plain(order.answers.get(name)) for name in names)


def _plain(value: Json) -> Json:
    """A value for comparison, in which all forms of empty are equal."""
    if isinstance(value, Mapping):
        return {name: plain for name, inner in value.items() if (plain := _plain(inner)) is not None}
    return None if value in ("", [], False) else value


def value_at_return(order: Order, verdict: FieldVerdict) -> str:
    """The value of the part when it was returned, in the reader's words."""
    if "before" not in stored_at_return(order):
        return verdict.value
    return value_of(order, verdict.field, stored_at_return(order)["before"])


def value_of(order: Order, part: str, answers: Mapping[str, Mapping[str, Json]]) -> str:
    """A part's value in these answers, in the reader's words; "" for a document."""
    key, _dot, name = part.partition(".")
    step = next((each for each in STEPS if each.key == key), None)
    value = answers.get(key, {}).get(name, "")
    if step is None or name not in step.form_class.base_fields or value in (None, "", []):
        return ""
    field = step.form_class.base_fields[name]
    if not getattr(field, "choices", ()):
        return words(field, value)
    return words(step.form_class(row=order).fields.get(name, field), value)
