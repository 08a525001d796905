"""The parts that a return named: the value then, the value now, and whether it was changed or explained.

An untouched part blocks resubmission unless its owner explains why it stays; a refused filing password must be entered
again. What is wrong in the filing itself has no part here: the owner says what was changed there before the same
report is sent again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from icpportal.accounts.models import User
from icpportal.fields.components import SummaryRow
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Json, Words
from icpportal.gateways.miit.codes.processing_codes import Code, applicants_codes
from icpportal.lifecycle import APPLICANT
from icpportal.privacy.fields import seal_value
from icpportal.privacy.masks import mask_email, mask_name
from transfers.documents import slots
from transfers.models import FieldVerdict, Order, OrderDocument
from transfers.orders.kinds import in_group, is_in
from transfers.orders.machine import note
from transfers.orders.rows import Group
from transfers.pages.stages import FILING_PASSWORD
from transfers.proofs import freshness
from transfers.proofs.papers import living_papers
from transfers.returns.answer_rows import NUMBERS, Masks, mask_of, words
from transfers.returns.labels import label_of, names_of, section_of, url_of
from transfers.returns.verdict_labels import besides_shown, reason_shown
from transfers.steps import STEPS, editable_parts
from transfers.steps.editable_parts import REMARKS, may_explain

PAPER, AUTHORITY = "paper", "authority"
LANGUAGES = ("zh-hans", "en")
MASKS: Masks = (
    (("site_name",), str),  # not personal
    (("_name", "investor"), mask_name),
    (("_email",), mask_email),
    *NUMBERS,
)


@dataclass(frozen=True)
class ReturnedPart:
    """One part to be changed, for its owner."""

    key: str  # "subject.lead_name", "paper.statement", "authority.1041"
    label: str
    sentence: Words
    words: Words
    url: str
    old: str
    new: str
    is_changed: bool  # or explained in the remarks
    reply: str
    is_explained: bool = False  # in the remarks alone: its own value is the same
    is_elsewhere: bool = False  # nothing can be changed here: the owner says what was changed elsewhere
    must_change: bool = False  # words cannot settle it: the filing password is entered again
    said_by: Words = ""
    said_at: datetime | None = None
    paper: str = ""  # the slot, if it is about one document only
    picture_url: str = ""  # of a document that is still there

    @property
    def is_settled(self) -> bool:
        """Whether this part no longer blocks resubmission."""
        return self.is_changed or (bool(self.reply) and not self.must_change)

    @property
    def settled(self) -> str:
        """The same, as the page marks it."""
        return "yes" if self.is_settled else "no"

    @property
    def mark(self) -> str:
        """How it was settled; "" while it is not."""
        if self.is_changed:
            return _("Explained in the remarks") if self.is_explained else _("Changed")
        if not self.is_settled:
            return ""
        return _("Settled elsewhere") if self.is_elsewhere else _("Stays as it is")

    @property
    def shows_difference(self) -> bool:
        """Whether old and new value are shown side by side."""
        return self.is_changed and self.is_fact and not self.is_explained

    @property
    def takes_words(self) -> bool:
        """Whether its owner may say why it stays, or what was done elsewhere."""
        return not self.is_changed and not self.must_change

    @property
    def reason(self) -> str:
        """What its owner said instead of a change."""
        return self.reply if self.takes_words else ""

    @property
    def link(self) -> str:
        """The text of the link to its page."""
        return _("Say what was done") if self.is_elsewhere else _("Make changes")

    @property
    def step(self) -> str:
        """The page or kind of the part."""
        return self.key.partition(".")[0]

    @property
    def is_fact(self) -> bool:
        """Whether it has values to show."""
        return bool(self.old or self.new)


def returned_parts(
    order: Order, papers: Iterable[OrderDocument] | None = None, *, mask: bool = False, step: str = ""
) -> list[ReturnedPart]:
    """Everything the last return named, in its order; empty for an order that was not returned.

    With `step` only what it named on that page.
    """
    if not is_in(order, Group.RETURNED):
        return []
    verdicts = editable_parts.read(order)[1]
    if verdicts:
        named = [verdict for part, verdict in verdicts.items() if part.startswith(f"{step}." if step else "")]
        asks = papers is None and any(verdict.field.startswith(f"{PAPER}.") for verdict in named)
        living = living_papers(order) if asks else list(papers or ())
        return [_of_verdict(order, verdict, living, mask=mask) for verdict in named]
    if step or not _was_turned_down(order):
        return []
    return [_of_code(order, key, code, papers) for key, code in applicants_codes(order.authority_code)]


def unsettled_parts(parts: Iterable[ReturnedPart]) -> list[ReturnedPart]:
    """The parts that block resubmission."""
    return [part for part in parts if not part.is_settled]


def papers_to_replace(parts: Iterable[ReturnedPart]) -> set[str]:
    """The slots that still have the returned document, explained or not."""
    return {part.paper for part in parts if part.paper and not part.is_changed}


class ReturnRecord(TypedDict, total=False):
    """What is kept of a returned order: the answers then, who returned it, why parts stay."""

    before: dict[str, dict[str, Json]]
    turned_down: bool
    replies: dict[str, str]


def _stored_at_return(order: Order) -> ReturnRecord:
    """What `keep_at_return` stored; empty for an order returned before there was such a record."""
    return order.came_back or ReturnRecord()


def _was_turned_down(order: Order) -> bool:
    return bool(_stored_at_return(order).get("turned_down"))


# --- one part --------------------------------------------------------------------------------


def _of_verdict(order: Order, verdict: FieldVerdict, papers: list[OrderDocument], *, mask: bool) -> ReturnedPart:
    part = verdict.field
    old, new = _old(order, verdict), _value(order, part, order.answers)
    hidden = mask_of(part, MASKS) if mask else str
    is_changed = _is_changed(order, verdict, papers)
    is_explained = not is_changed and _is_explained(order, verdict)
    return ReturnedPart(
        key=part,
        label=f"{section_of(part)} · {label_of(part)}",
        sentence=reason_shown(verdict, chinese=reads_chinese()),
        words=besides_shown(verdict, chinese=reads_chinese()),
        url=url_of(order, part),
        old=hidden(old),
        new=hidden(new),
        is_changed=is_changed or is_explained,
        is_explained=is_explained,
        reply=kept_replies(order).get(part, ""),
        said_by=gettext_lazy("Our reviewer"),
        said_at=verdict.round.decided_at,
        paper=_paper_of((part,)),
        picture_url=_picture(part, papers),
    )


def _paper_of(named: Sequence[str]) -> str:
    """The slot, where one document alone is named."""
    step, _dot, slot = named[0].partition(".") if len(named) == 1 else ("", "", "")
    return slot if step == PAPER else ""


def _picture(part: str, papers: list[OrderDocument]) -> str:
    """The first picture in the slot, as its owner may see it."""
    step, _dot, slot = part.partition(".")
    mine = (paper.document for paper in papers if step == PAPER and paper.slot == slot and paper.document.is_ready)
    return next((f"{reverse('document', args=[each.reference])}?preview=1" for each in mine), "")


def _of_code(order: Order, key: str, code: Code, papers: Iterable[OrderDocument] | None) -> ReturnedPart:
    asks = papers is None and any(part.partition(".")[0] == PAPER for part in code.opens)
    living = living_papers(order) if asks else list(papers or ())
    return ReturnedPart(
        key=f"{AUTHORITY}.{key}",
        label=_label(key, code),
        sentence=code.zh if reads_chinese() else code.en,
        words=order.authority_words,
        url=_page_of(order, code.opens[0]) if code.opens else _reply_of(order, key),
        old="",
        new="",
        is_changed=any(_step_changed(order, step, living) for step in code.opens),
        reply=kept_replies(order).get(f"{AUTHORITY}.{key}", ""),
        is_elsewhere=code.is_settled_elsewhere,
        must_change=code.opens == (FILING_PASSWORD,),
        paper=_paper_of(code.opens),
        said_by=pgettext_lazy("who", "The authority"),
    )


def _label(key: str, code: Code) -> str:
    """The parts that the code names; two codes may name the same one."""
    parts = names_of(code.opens) if code.opens else _("The filing itself")
    return _("%(parts)s (code %(code)s)") % {"parts": parts, "code": key} if key else parts


def _reply_of(order: Order, key: str) -> str:
    """The owner's explanation of what was done elsewhere."""
    return f"{reverse('check', args=[order.reference])}#id_reply.{AUTHORITY}.{key}"


def _page_of(order: Order, part: str) -> str:
    step = part.partition(".")[0]
    if "." in part:
        return url_of(order, part)
    if step == PAPER:
        return reverse("documents", args=[order.reference])
    applies = any(each.key == step and each.applies(order) for each in STEPS)
    return reverse("step" if applies else "people", args=[order.reference, *([step] if applies else [])])


def _is_changed(order: Order, verdict: FieldVerdict, papers: list[OrderDocument]) -> bool:
    step, _dot, name = verdict.field.partition(".")
    if step == PAPER:
        return _paper_changed(order, name, papers)
    if "before" in _stored_at_return(order):
        before = _stored_at_return(order)["before"].get(step, {})
        return _plain(before.get(name)) != _plain(order.answer(step).get(name))
    return verdict.value not in {_in_language(order, verdict.field, language) for language in LANGUAGES}


def _in_language(order: Order, part: str, language: str) -> str:
    with override(language):
        return _value(order, part, order.answers)


def _is_explained(order: Order, verdict: FieldVerdict) -> bool:
    """Whether the remarks, in which the part may be explained, have changed."""
    step, _dot, name = REMARKS.partition(".")
    if verdict.field == REMARKS or not may_explain(order, verdict) or "before" not in _stored_at_return(order):
        return False
    now = _plain(order.answer(step).get(name))
    return bool(now) and now != _plain(_stored_at_return(order)["before"].get(step, {}).get(name))


def _paper_changed(order: Order, slot: str, papers: list[OrderDocument]) -> bool:
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


def _step_changed(order: Order, part: str, papers: list[OrderDocument]) -> bool:
    step, _dot, slot = part.partition(".")
    if step == PAPER and slot:
        return _paper_changed(order, slot, papers)
    if step == PAPER:
        return any(_paper_changed(order, slot, papers) for slot in {paper.slot for paper in papers})
    if step == FILING_PASSWORD:
        confirmed = order.password_confirmed_at
        return freshness.is_password_fresh(order) and confirmed is not None and confirmed >= order.entered_at
    if "before" not in _stored_at_return(order):  # returned before this was recorded: unknown
        return True
    names = ("service_code", "server") if step == "service_code" else (step,)
    return any(
        _plain(_stored_at_return(order)["before"].get(name)) != _plain(order.answers.get(name)) for name in names
    )


def _plain(value: Json) -> Json:
    """A value for comparison, in which all forms of empty are equal."""
    if isinstance(value, Mapping):
        return {name: plain for name, inner in value.items() if (plain := _plain(inner)) is not None}
    return None if value in ("", [], False) else value


# --- values in words -------------------------------------------------------------------------


def _old(order: Order, verdict: FieldVerdict) -> str:
    if "before" not in _stored_at_return(order):
        return verdict.value
    return _value(order, verdict.field, _stored_at_return(order)["before"])


def _value(order: Order, part: str, answers: Mapping[str, Mapping[str, Json]]) -> str:
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


# --- explained in words ----------------------------------------------------------------------


def kept_replies(order: Order) -> Mapping[str, str]:
    """The explanations of unchanged parts, by part."""
    return _stored_at_return(order).get("replies", {})


def keep_replies(order: Order, replies: Mapping[str, str]) -> bool:
    """Stores why parts stay unchanged; returns False when the order was changed in the meantime."""
    if replies == kept_replies(order):
        return True
    order.came_back = {**_stored_at_return(order), "replies": dict(replies)}
    mine = Order.objects.filter(in_group(Group.RETURNED), pk=order.pk, version=order.version)
    written = mine.update(came_back=seal_value(order, "came_back"), version=F("version") + 1)
    order.version += written
    return bool(written)


def note_replies(order: Order, parts: Iterable[ReturnedPart], *, actor: User) -> None:
    """Notes in the timeline what stays and why: later reviewers read it too."""
    for part in parts:
        if part.reason:
            note(order, "explained", by=APPLICANT, actor=actor, words=f"{part.key}: {part.reason}")


def reply_rows(order: Order) -> list[SummaryRow]:
    """The applicant's explanations of unchanged parts for the reviewer: label and words."""
    return [{"label": label_of(key), "value": words_} for key, words_ in kept_replies(order).items()]
