"""Notes above a case: unused text, objections, the authority's answer, likely errors."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.accounts.models import User
from icpportal.approvals.models import ApprovalRequest
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.marked_text import beijing, zh, zh_parts
from icpportal.fields.types import Words
from transfers.calls.queries import next_call
from transfers.models import ColleagueNote, Objection, Order
from transfers.objections.queries import is_contested, shown_objections
from transfers.orders import queries
from transfers.orders.kinds import is_in
from transfers.orders.rows import Group
from transfers.pages.authority_words import AuthorityWords, authority_words
from transfers.review import leases
from transfers.review.cases.parts.photo_rules import part_label
from transfers.review.cases.unused import UnusedText
from transfers.second_look.queries import has_look

NAMELESS = _(
    "The authority has not given us its number for this access (Jrid) yet. "
    "The request is sent automatically when the record (BASJ) arrives."
)
HELD = _("A fault on our side keeps this order from the authority. Operations resubmit it once the fault is fixed")


@dataclass(frozen=True, slots=True)
class CaseNote:
    """A heading with its lines; `can_discard` if a button removes them."""

    title: Words
    lines: list[SafeString]
    can_discard: bool = False


def notes(
    order: Order,
    reader: User,
    *,
    unused: Iterable[UnusedText],
    hints: Iterable[Words],
    sent_back: ApprovalRequest | None = None,
) -> list[CaseNote]:
    """The notes with content, in the order of the page."""
    written = _notes(order, reader)
    found = [
        CaseNote(_("Handed on to you"), _handed_on(order, reader, written)),
        CaseNote(_("A colleague has answered"), _answers(reader, written)),
        CaseNote(_("Not here any more"), _erasures(order)),
        CaseNote(_("You typed this and it was not used"), [_unused_line(each) for each in unused], can_discard=True),
        CaseNote(_("A second person has sent it back"), _sent_back(sent_back)),
        CaseNote(_("Somebody objects to this order"), [_objection(each) for each in shown_objections(order)]),
        CaseNote(_("An objection to this order is justified"), _objection_lines(order)),
        CaseNote(_("Calls to make"), _call(order)),
        CaseNote(pgettext_lazy("note", "On hold"), [format_html("{}", HELD)] if order.held else []),
        CaseNote(pgettext_lazy("who", "The authority"), _authority(order)),
        CaseNote(_("What may be wrong"), [zh_parts(hint) for hint in hints]),
    ]
    return [note for note in found if note.lines]


def _erasures(order: Order) -> list[SafeString]:
    """What was erased, and when."""
    erasures = (
        (order.erased_at, _("What was entered was deleted:")),
        (order.papers_erased_at, _("The pictures were deleted:")),
    )
    return [format_html("{} {}", words, beijing(at, "short")) for at, words in erasures if at is not None]


def _notes(order: Order, reader: User) -> list[ColleagueNote]:
    """What the reader and colleagues wrote to each other since the order is here; of one that waits, for its holder."""
    if not is_in(order, Group.IN_REVIEW) or (has_look(order) and not leases.holds(order, reader)):
        return []
    people = Q(author=reader) | Q(addressee=reader)
    return list(order.colleague_notes.filter(people, at__gte=order.entered_at).select_related("author", "answered_by"))


def _handed_on(order: Order, reader: User, written: list[ColleagueNote]) -> list[SafeString]:
    """Who gave it to the reader, who has it since then, and what they wrote."""
    since = order.claimed_since
    given = [each for each in written if each.kind == ColleagueNote.HANDED_ON and each.author_id != reader.pk]
    is_new = given and since and given[-1].at >= since and leases.holds(order, reader)
    last = given[-1] if is_new else None
    return [_line(zh(str(last.author)), *filter(None, [zh_parts(last.words)]))] if last else []


def _answers(reader: User, written: list[ColleagueNote]) -> list[SafeString]:
    """What colleagues answered to the reader's questions, each about its part."""
    answered = [each for each in written if each.author_id == reader.pk and each.answered_at is not None]
    return [
        _line(zh(str(each.answered_by)), zh_parts(part_label(each.part)), zh_parts(each.answer)) for each in answered
    ]


def _unused_line(typed: UnusedText) -> SafeString:
    return _line(zh_parts(typed["label"]), zh(typed["text"]))


def _sent_back(asked: ApprovalRequest | None) -> list[SafeString]:
    """Who returned a colleague's acceptance, what they found, and in which parts."""
    if asked is None:
        return []
    parts = [zh_parts(part_label(part)) for part in asked.said["answer"]["parts"]]
    return [_line(zh(str(asked.answered_by)), zh_parts(asked.answer), *parts)]


def _objection(objection: Objection) -> SafeString:
    url = reverse("admin:desk_objection", args=[objection.pk])
    when = format_html('<a href="{}">{}</a>', url, beijing(objection.created_at, "short"))
    return _line(when, zh(objection.words))


def _objection_lines(order: Order) -> list[SafeString]:
    words = _("Nobody can accept the order. Refusing it takes a second lead")
    return [format_html("{}", words)] if is_contested(order) else []


def _call(order: Order) -> list[SafeString]:
    """The next attempt, with a link."""
    found = next_call(order)
    if found is None:
        return []
    key, at = found
    return [format_html('<a href="{}">{}</a>', reverse("admin:desk_call", args=[key]), beijing(at, "short"))]


def _authority(order: Order) -> list[SafeString]:
    answer = authority_words(order, chinese=reads_chinese())
    return [
        *([format_html("{}", NAMELESS)] if queries.waits_for_id(order) else []),
        *([_authority_line(answer)] if answer else []),
    ]


def _authority_line(said: AuthorityWords) -> SafeString:
    meaning = [zh_parts(said.advice)] if said.code else []
    return _line(said.code, *meaning, *([zh(said.words)] if said.words else []))


def _line(*parts: object) -> SafeString:
    return format_html_join(" · ", "{}", ((part,) for part in parts))
