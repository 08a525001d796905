"""The start page: whether this is the right service, and what to prepare."""

from dataclasses import dataclass
from typing import ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from filings.provinces import PROVINCES, Province, province
from filings.register.certificates import INDIVIDUAL
from icpportal.fields.components import Link
from icpportal.fields.fields import ChoiceField
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Words
from transfers.documents.samples import samples_of
from transfers.documents.slots import Slot, papers_to_have
from transfers.filing_type import start_answers
from transfers.filing_type.how_long import HowLong, how_long
from transfers.filing_type.start_answers import ANOTHER, SAME
from transfers.orders import queries
from transfers.pages.frame import Page, render_page
from transfers.pages.rules_summary import RulesBrief, RulesToday, brief, of_today

WHO = (("organisation", _("A company or body")), (INDIVIDUAL, _("An individual")))
ADMINISTRATORS = ((ANOTHER, _("No, someone else")), (SAME, _("Yes")))
USUAL = "64"  # the province whose list is shown until one is chosen


def _provinces() -> list[tuple[str, str]]:
    chinese = reads_chinese()
    return [(each.code, each.name_zh if chinese else each.name_en) for each in PROVINCES.values()]


class StartForm(forms.Form):
    """The three questions; the answers are in the URL and used by later pages."""

    in_address = True

    who = ChoiceField(label=_("Who files?"), choices=WHO, widget=forms.RadioSelect(attrs={"class": "segments"})).called(
        _("answer")
    )
    province = ChoiceField(label=_("Province of the subject"), choices=_provinces)
    administrator = ChoiceField(
        label=_("Is the subject lead also the website administrator?"),
        choices=ADMINISTRATORS,
        widget=forms.RadioSelect(attrs={"class": "segments"}),
    ).called(_("answer"))


@dataclass(frozen=True, slots=True)
class Door:
    """One of the four ways to begin: who it is for, its drawing, and what its page offers."""

    label: Words
    sentence: Words
    verb: Words
    url: Words
    drawing: str


DOORS = (
    Door(
        _("Transfer a filing"),
        _("The site is on file elsewhere. It is the first one you bring to us."),
        pgettext_lazy("verb", "Start"),
        reverse_lazy("verify-type"),
        "bridge",
    ),
    Door(
        _("Transfer another"),
        _("You already have a filing with us and bring one more site of the same subject."),
        _("Reuse my details"),
        reverse_lazy("another"),
        "papers",
    ),
    Door(
        _("Import from the old platform"),
        _("You filed on our old platform. Take the record over before anything else."),
        pgettext_lazy("verb", "Import"),
        reverse_lazy("import"),
        "tube",
    ),
    Door(
        _("Cancel a transfer"),
        _("The site leaves our servers. Your number stays valid; see first what happens."),
        _("See what happens"),
        format_lazy("{url}?tab=sites", url=reverse_lazy("dashboard")),
        "bridge-open",
    ),
)


@dataclass(frozen=True, slots=True)
class PaperToHave:
    """One document of the list, with the drawing of a good picture."""

    key: str
    title: Words
    hint: Words
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage(Page):
    """Whether this is the right service, and what to prepare."""

    template: ClassVar[str] = "transfers/filing_type/start.html"
    form: StartForm
    brief: RulesBrief | None
    papers: list[PaperToHave]
    list_title: Words
    list_about: str
    ways: tuple[Door, ...]
    draft: Link | None
    today: RulesToday
    how_long: HowLong


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Shows three questions, without signing in; the answers choose the printed list of documents."""
    answers = start_answers.of(request)
    code = answers.get("province", "")
    nature = INDIVIDUAL if answers.get("who") == INDIVIDUAL else "enterprise"
    same = answers.get("administrator") != ANOTHER
    rules = province(code) if code in PROVINCES else None
    today = of_today()
    page = StartPage(
        form=StartForm(initial=answers),
        brief=brief(rules, nature) if rules else None,
        papers=[_paper(slot) for slot in papers_to_have(rules or PROVINCES[USUAL], nature, same_person=same)],
        list_title=_("Your list") if rules else _("What most people need"),
        list_about=_about(rules, nature, same_person=same) if rules else "",
        ways=DOORS,
        draft=_way_back(request),
        today=today,
        how_long=how_long(today, rules),
    )
    return start_answers.remember(render_page(request, page), answers)


def _paper(slot: Slot) -> PaperToHave:
    return PaperToHave(slot.key, slot.title, slot.hint, samples_of(slot.drawing)[0].drawing)


def _about(rules: Province, nature: str, *, same_person: bool) -> str:
    """Whose list it is: "Company · Ningxia · two people"."""
    who = dict(WHO)[INDIVIDUAL if nature == INDIVIDUAL else "organisation"]
    people = _("one person") if same_person else _("two people")
    return f"{who} · {rules.name_zh if reads_chinese() else rules.name_en} · {people}"


def _way_back(request: HttpRequest) -> Link | None:
    """A link to the newest order that its owner can continue."""
    if not request.user.is_authenticated:
        return None
    draft = queries.editable_of(request.user).first()
    if draft is None:
        return None
    return Link(gettext("Continue order %(ref)s") % {"ref": draft.reference}, draft.get_absolute_url())
