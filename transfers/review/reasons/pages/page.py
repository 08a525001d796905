"""The page of the catalogue: every reason, and for one its changes, its way to publication, its versions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from icpportal.approvals.models import ApprovalRequest
from icpportal.approvals.words import RequestPanel
from icpportal.desk.pages import DeskPage
from icpportal.fields.language_marks import comma_list, reads_chinese
from icpportal.fields.types import Words
from icpportal.time_format import short_words
from transfers.models import ReasonVersion, ReturnReason
from transfers.returns.labels import label_of, section_of
from transfers.review.baskets.forms import province_name
from transfers.review.cases.decision.letters import Preview
from transfers.review.reasons.blanks import BLANK, BLANKS
from transfers.review.reasons.publication import begins_at_of
from transfers.review.reasons.queries import times_told

LANGUAGES = (("zh", "zh-Hans", "中文"), ("en", "en", "English"))
DRAFT, ENDED = "is-draft", "is-ended"  # CSS classes of a reason


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """One reason in the list."""

    key: str
    name: str
    about: str
    mark: Words
    mark_class: str
    is_here: bool

    @property
    def url(self) -> str:
        """The page of the reason."""
        return reverse("admin:desk_reason", args=[self.key])

    @property
    def current(self) -> SafeString:
        """The HTML attribute for the reason that is open."""
        return format_html(' aria-current="{}"', "true") if self.is_here else SafeString()


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way into force."""

    name: Words
    words: Words
    state: str  # done, now, or ""


@dataclass(frozen=True, slots=True)
class Change:
    """A text in one language, the old above the new."""

    label: str
    language: str
    old: SafeString
    new: SafeString


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version in the table."""

    number: int
    state: Words
    since: str
    told: str
    because: str


@dataclass(frozen=True, slots=True)
class Item:
    """One reason."""

    key: str
    name: str
    crumb: str
    marks: list[tuple[str, str]]  # CSS class and words
    steps: list[Step]
    span: str  # `version 3 → 4`
    changes: list[Change]
    facts: list[tuple[Words, Words]]
    rows: list[VersionRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsPage(DeskPage):
    """What `admin/reasons/reasons.html` draws."""

    template: ClassVar[str] = "admin/reasons/reasons.html"

    listed: list[ReasonRow]
    asked_for: str
    item: Item | None = None
    can_write: bool = False
    has_draft: bool = False
    seen: str = ""  # which version the form was filled in from
    form: forms.Form | None = None
    try_form: forms.Form | None = None
    ask_form: forms.Form | None = None
    asked: list[RequestPanel] = field(default_factory=list)
    previews: list[Preview] = field(default_factory=list)
    tried: str = ""
    blanks: list[tuple[str, Words]] = field(default_factory=list)


def language() -> str:
    """Of the page."""
    return "zh" if reads_chinese() else "en"


def versions_of_all() -> dict[str, list[ReasonVersion]]:
    """Every version by its reason, newest first."""
    found: dict[str, list[ReasonVersion]] = {}
    rows = ReasonVersion.objects.select_related("reason", "author", "published_by")
    for row in rows.order_by("reason__key", "-number"):
        found.setdefault(row.reason.key, []).append(row)
    return found


def holding(versions: list[ReasonVersion], now: datetime) -> ReasonVersion | None:
    """The version in force: the last one that has begun."""
    return next((each for each in versions if each.published_at and (each.begins_at or now) <= now), None)


def matching_reasons(found: dict[str, list[ReasonVersion]], query: str, here: str) -> list[ReasonRow]:
    """The reasons whose texts match, by their short form."""
    now = timezone.now()
    rows = [_reason_row(key, versions, here, now) for key, versions in found.items() if _holds(key, versions, query)]
    return sorted(rows, key=lambda row: row.name)


def _holds(key: str, versions: list[ReasonVersion], query: str) -> bool:
    newest = versions[0]
    haystack = " ".join(
        (key, newest.text_zh, newest.text_en, newest.short_zh, newest.short_en, newest.code, newest.fields)
    )
    return query.casefold() in haystack.casefold()


def _reason_row(key: str, versions: list[ReasonVersion], here: str, now: datetime) -> ReasonRow:
    held = holding(versions, now)
    newest = versions[0]
    is_over = held is not None and held.ends_at is not None and held.ends_at <= now
    mark = _("draft") if newest.published_at is None else pgettext("a reason", "ended") if is_over else ""
    return ReasonRow(
        key=key,
        name=newest.short(language()),
        about=f"{newest.code or '–'} · v{(held or newest).number}",
        mark=mark,
        mark_class=DRAFT if newest.published_at is None else ENDED,
        is_here=key == here,
    )


def item(reason: ReturnReason, versions: list[ReasonVersion], asked: ApprovalRequest | None) -> Item:
    """One reason: its newest version compared with the one before.

    Versions that came with the portal have no author.
    """
    now, newest = timezone.now(), versions[0]
    held = holding(versions, now)
    before = held if held and held.pk != newest.pk else next(iter(versions[1:]), None)
    counted = times_told(reason)
    return Item(
        key=reason.key,
        name=newest.short(language()),
        crumb=" · ".join([_("Ministry's code %(code)s") % {"code": newest.code or "–"}, _places(newest)]),
        marks=_marks(newest, held, now),
        steps=_steps(newest, asked, now) if newest.author else [],
        span=_("version %(old)s → %(new)s") % {"old": before.number, "new": newest.number} if before else "",
        changes=[_change(label, tag, before, newest, key) for key, tag, label in LANGUAGES],
        facts=_facts(newest),
        rows=[_row(each, held, counted.get(each.number, 0), now) for each in versions],
    )


def _parts(version: ReasonVersion) -> str:
    named = [label_of(part) if "." in part else section_of(part) for part in version.fields.split()]
    return comma_list(named) or _("every part")


def _places(version: ReasonVersion) -> str:
    named = [province_name(code) for code in version.provinces.split()]
    return comma_list(named) or _("all provinces")


def _marks(newest: ReasonVersion, held: ReasonVersion | None, now: datetime) -> list[tuple[str, str]]:
    found = []
    if newest.published_at is None:
        found.append((DRAFT, _("version %(n)s, draft") % {"n": newest.number}))
    if held is not None and (held.ends_at is None or held.ends_at > now):
        found.append(("live", _("version %(n)s is in force") % {"n": held.number}))
    return found


def _steps(newest: ReasonVersion, asked: ApprovalRequest | None, now: datetime) -> list[Step]:
    is_published, begins = newest.published_at is not None, newest.begins_at
    second = str(newest.published_by or _("nobody")) if is_published else str(asked.asked_by) if asked else ""
    from_at = begins_at_of(asked) if asked else begins
    has_begun = is_published and (begins is None or begins <= now)
    ways = (
        (_("Draft"), f"{newest.author or '–'}, {short_words(newest.written_at)}", True),
        (_("Tried on a past case"), newest.tried_on or _("not yet"), bool(newest.tried_on) or is_published),
        (_("Second person"), second or _("not asked yet"), is_published),
        (pgettext("a reason", "In force"), short_words(from_at) if from_at else _("as soon as published"), has_begun),
    )
    now_at = next((n for n, (_name, _words, is_done) in enumerate(ways) if not is_done), len(ways))
    return [
        Step(name, words, "done" if is_done else "now" if n == now_at else "")
        for n, (name, words, is_done) in enumerate(ways)
    ]


def _change(label: str, tag: str, before: ReasonVersion | None, newest: ReasonVersion, key: str) -> Change:
    old = before.text(key) if before else ""
    return Change(label, tag, _with_blanks(old if old != newest.text(key) else ""), _with_blanks(newest.text(key)))


def _with_blanks(text: str) -> SafeString:
    """The text with its blanks as boxes."""
    pieces = BLANK.split(text)
    drawn = [
        format_html('<span class="ph">{}</span>', BLANKS[piece].label if piece in BLANKS else piece)
        if n % 2
        else format_html("{}", piece)
        for n, piece in enumerate(pieces)
    ]
    return format_html_join("", "{}", ((piece,) for piece in drawn))


def _facts(version: ReasonVersion) -> list[tuple[Words, Words]]:
    between = " · "
    found: list[tuple[Words, Words]] = [
        (_("Short form"), between.join((version.short_zh, version.short_en))),
        (_("Why"), version.because),
        (_("For"), between.join((_parts(version), _places(version)))),
        (_("Until"), short_words(version.ends_at) if version.ends_at else _("without end")),
    ]
    return [(label, words) for label, words in found if words]


def _state(version: ReasonVersion, held: ReasonVersion | None, now: datetime) -> str:
    """The state of a version: draft, scheduled, in force, or over."""
    if version.published_at is None:
        return _("draft")
    if held is None or version.number > held.number:
        return _("published, not in force yet")
    is_over = version.pk != held.pk or (held.ends_at is not None and held.ends_at <= now)
    return pgettext("a reason", "ended") if is_over else pgettext("a version", "in force")


def _row(version: ReasonVersion, held: ReasonVersion | None, n: int, now: datetime) -> VersionRow:
    people = comma_list(dict.fromkeys(str(each) for each in (version.author, version.published_by) if each))
    begins, ends = version.begins_at, version.ends_at
    since = " – ".join(short_words(each) for each in (begins, ends) if each) or _("from the beginning")
    times_words = ngettext("told %(n)s time", "told %(n)s times", n) % {"n": n}
    return VersionRow(
        number=version.number,
        state=comma_list(filter(None, (_state(version, held, now), people))),
        since=since if version.published_at else "",
        told=times_words,
        because=version.because,
    )
