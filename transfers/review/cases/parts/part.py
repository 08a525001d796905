"""One part of a case as its page shows it: what is compared, what was found, the verdict."""

from dataclasses import dataclass, field

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from icpportal.desk.comparison import ComparisonLine
from icpportal.fields.form_types import Choice
from icpportal.fields.marked_text import zh, zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from transfers.review.cases.parts.papers import Picture
from transfers.review.cases.parts.verdicts import ASK, OK, OPEN, RETURN, Verdict

FOLDER = "admin/transfers/case"
MARK = RepeatedTemplate(f"{FOLDER}/mark.html", "word")
VERDICT = RepeatedTemplate(f"{FOLDER}/verdict.html", "label", "key", "ok", "returned", "asked", "ask_url")
REASON = RepeatedTemplate(f"{FOLDER}/reason.html", "key", "value", "checked", "words")
WHY = RepeatedTemplate(f"{FOLDER}/why.html", "anchor", "key", "reasons", "words", "words_en")
ROW = RepeatedTemplate(f"{FOLDER}/row.html", "anchor", "attributes", "mark", "marks", "label", "value", "sign")
LOOK = RepeatedTemplate(f"{FOLDER}/sign.html", icon="warning", words=gettext_lazy("look closely"))
CHANGED = RepeatedTemplate(f"{FOLDER}/sign.html", icon="refresh", words=gettext_lazy("changed"))
ASK_IS_ON = " is-on"

SAID_WORDS: dict[str, Words] = {
    OPEN: gettext_lazy("no verdict"),
    OK: gettext_lazy("OK"),
    RETURN: gettext_lazy("return"),
    ASK: gettext_lazy("asked"),
}


def attributes(**holds: bool) -> SafeString:
    """Data attributes of the part."""
    return format_html_join("", " {}", ((name.replace("_", "-"),) for name, is_so in holds.items() if is_so))


def anchor_of(part: str) -> str:
    """The id of a part in its page."""
    return "p-" + part.replace(".", "-").replace("_", "-")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the case; without `choices` it is shown but not judged."""

    key: str
    label: Words
    section: Words
    value: str  # in the list of parts
    lines: list[ComparisonLine]
    findings: list[Words]
    told: Words = ""  # what the last return said about it
    told_at: str = ""
    paper: str = ""  # the key of the picture to look at
    verdict: Verdict | None = None
    choices: list[Choice] = field(default_factory=list)
    asked: str = ""  # the question that waits for a colleague
    ask_url: str = ""  # where a colleague is asked, without the part
    is_changed: bool = False
    is_optional: bool = False
    is_masked: bool = False  # masked until revealed

    @property
    def anchor(self) -> str:
        """Its id in the page."""
        return anchor_of(self.key)

    @property
    def said_words(self) -> Words:
        """The verdict for screen readers."""
        return SAID_WORDS[self.said] if self.is_judged else ""

    @property
    def mark(self) -> str:
        """Its mark in the list; none for what is not judged."""
        return (self.said or "none") if self.is_judged else ""

    @property
    def row_markup(self) -> SafeString:
        """Its line in the list, with all marks, of which script shows the one that holds."""
        sign = LOOK.fill() if self.findings else CHANGED.fill() if self.is_changed else SafeString()
        return ROW.fill(
            anchor=self.anchor,
            attributes=self.link_attributes,
            mark=self.mark,
            marks=MARK.fill(word=self.said_words),
            label=zh_parts(self.label),
            value=zh(self.value),
            sign=sign,
        )

    @property
    def verdict_markup(self) -> SafeString:
        """The buttons OK, return and ask."""
        return VERDICT.fill(
            label=zh_parts(self.label),
            key=self.key,
            ok=attributes(checked=self.said == OK),
            returned=attributes(checked=self.said == RETURN),
            asked=ASK_IS_ON if self.is_asked else "",
            ask_url=self.ask_url,
        )

    @property
    def reason_markup(self) -> SafeString:
        """The reasons to return it, and the reviewer's own words."""
        verdict = self.verdict or Verdict(self.key)
        reasons = (
            REASON.fill(
                key=self.key, value=value, checked=attributes(checked=value == verdict.reason), words=zh_parts(words)
            )
            for value, words in self.choices
        )
        return WHY.fill(
            anchor=self.anchor,
            key=self.key,
            reasons=SafeString("".join(reasons)),
            words=verdict.words,
            words_en=verdict.words_en,
        )

    @property
    def link_attributes(self) -> SafeString:
        """Data attributes of its line in the list: whether it needs a close look, or was changed."""
        return attributes(data_looks=bool(self.findings), data_changed=self.is_changed or bool(self.told))

    @property
    def attributes(self) -> SafeString:
        """What script asks of the part."""
        asked = attributes(data_equal=self.is_equal, data_judged=self.is_judged, data_optional=self.is_optional)
        return format_html('{} data-paper="{}"', asked, self.paper) if self.paper else asked

    @property
    def is_judged(self) -> bool:
        """Whether a verdict can be given."""
        return self.verdict is not None

    @property
    def is_equal(self) -> bool:
        """Whether it may be accepted together with others: the answer equals what is on file, without finding."""
        on_file = [each for each in self.lines if each.tone in ("same", "hot")]
        return bool(on_file) and all(each.tone == "same" for each in on_file) and not self.findings

    @property
    def is_asked(self) -> bool:
        """Whether a colleague was asked about it."""
        return bool(self.asked)

    @property
    def said(self) -> str:
        """The verdict's word: ok, return, ask, or ""."""
        return self.verdict.said if self.verdict else ""


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the order: its parts, and the pictures to compare them with."""

    key: str
    title: Words
    parts: list[Part]
    pictures: list[Picture] = field(default_factory=list)

    @property
    def judged(self) -> list[Part]:
        """The parts that take a verdict."""
        return [part for part in self.parts if part.is_judged]

    @property
    def counted(self) -> list[Part]:
        """The parts that count; one that needs no verdict counts only if it has one."""
        return [part for part in self.judged if part.said or not part.is_optional]

    @property
    def done(self) -> int:
        """How many of them have a verdict."""
        return sum(part.said != "" for part in self.counted)
