"""The parts that a return named: the value then, the value now, and whether it was changed or explained.

An untouched part blocks resubmission unless its owner explains why it stays; a refused filing password must be entered
again. What is wrong in the filing itself has no part here: the owner says what was changed there before the same
report is sent again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from icpportal.gateways.miit.codes.processing_codes import Code, applicants_codes
from icpportal.privacy.masks import mask_email, mask_name
from transfers.models import FieldVerdict, Order, OrderDocument
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages.stages import FILING_PASSWORD
from transfers.proofs.papers import living_papers
from transfers.returns.answer_rows import NUMBERS, Masks, mask_of
from transfers.returns.changes import (
    PAPER,
    is_part_changed,
    is_part_explained,
    is_step_changed,
    value_at_return,
    value_of,
)
from transfers.returns.labels import label_of, names_of, section_of, url_of
from transfers.returns.record import kept_replies, was_turned_down
from transfers.returns.verdict_labels import besides_shown, reason_shown
from transfers.steps import STEPS, editable_parts

AUTHORITY = "authority"
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
    if step or not was_turned_down(order):
        return []
    return [_of_code(order, key, code, papers) for key, code in applicants_codes(order.authority_code)]


def unsettled_parts(parts: Iterable[ReturnedPart]) -> list[ReturnedPart]:
    """The parts that block resubmission."""
    return [part for part in parts if not part.is_settled]


def papers_to_replace(parts: Iterable[ReturnedPart]) -> set[str]:
    """The slots that still have the returned document, explained or not."""
    return {part.paper for part in parts if part.paper and not part.is_changed}


def _of_verdict(order: Order, verdict: FieldVerdict, papers: list[OrderDocument], *, mask: bool) -> ReturnedPart:
    part = verdict.field
    old, new = value_at_return(order, verdict), value_of(order, part, order.answers)
    hidden = mask_of(part, MASKS) if mask else str
    is_changed = is_part_changed(order, verdict, papers)
    is_explained = not is_changed and is_part_explained(order, verdict)
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
        is_changed=any(is_step_changed(order, step, living) for step in code.opens),
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
