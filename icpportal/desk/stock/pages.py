"""The page of a row with its texts, and its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from icpportal.desk.event_lines import read_of_log
from icpportal.desk.pages import DeskPage, draw
from icpportal.desk.readonly_admin import ReadOnlyAdmin
from icpportal.desk.stock.bounded import CappedPaginator, found_exactly
from icpportal.desk.stock.lists import is_picked, of_the_desk
from icpportal.fields.components import Link
from icpportal.fields.fields import name_missing
from icpportal.fields.types import Words

LONGEST_HISTORY = 200
ACTED = "_has_acted"  # attribute of a request


@dataclass(frozen=True, slots=True)
class FormWords:
    """The texts of `admin/change_form.html` above the fields."""

    title: Words
    lead: Sequence[Words]
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class RecordedAct:
    """One act on a row."""

    at: datetime
    who: Words
    what: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage(DeskPage):
    """The acts on a row, newest first."""

    template: ClassVar[str] = "admin/object_history.html"
    row: Link
    history: Sequence[RecordedAct]


class CheckedForm(forms.Form):
    """A form submitted by Enter in a text field: validated, not saved."""

    checked_words: Words

    def clean(self) -> dict[str, Any] | None:
        """As the form's own; valid forms are not accepted yet either."""
        cleaned: dict[str, Any] | None = super().clean()
        if not self.errors:
            raise ValidationError(str(self.checked_words), code="only_checked")
        return cleaned


class SeenForm(forms.Form):
    """A form about a row that colleagues change too: what counts is what was changed on this page, not since."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        hidden = [self.add_initial_prefix(name) for name in self.fields]
        # several choices of which none was shown have no hidden input: that of any other field tells that they were
        is_told = any(name in self.data for name in hidden)
        for each in self.fields.values():  # a POST without what the page showed is compared with the row
            each.show_hidden_initial = not self.is_bound or is_told
        if is_told and isinstance(self.data, MultiValueDict):  # a refused page shows none again, not what was chosen
            self.data = MultiValueDict({**dict.fromkeys(hidden, []), **dict(self.data.lists())})


def _left_words(request: HttpRequest) -> str:
    """That what was picked has left the list; with what was typed, as an empty list has no field for it."""
    typed = request.POST.get("reason", "").strip()
    if not typed:
        return _("Nothing was done: what you picked has left this list since")
    return _("Nothing was done: what you picked has left this list since. You typed: %(words)s") % {"words": typed}


def _partly_left_words(n: int) -> str:
    """That so many of the picked rows have left the list, and were left out."""
    return ngettext(
        "%(n)s of the picked rows was left out: it has left this list since",
        "%(n)s of the picked rows were left out: they have left this list since",
        n,
    ) % {"n": n}


class StockPages(ModelAdmin):
    """What `ReviewDesk.register` adds to an admin class, so that Django's pages look like ours."""

    lead: Words = ""  # text of list and row below the heading
    keeps_history: bool | None = None  # None: depends on whether the class has actions
    paginator = CappedPaginator
    list_per_page = 25
    show_full_result_count = False
    formfield_overrides: ClassVar[dict[Any, Any]] = {
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}
    }

    def formfield_for_dbfield(
        self, db_field: "models.Field[Any, Any]", request: HttpRequest, **options: Any
    ) -> forms.Field | None:
        """As Django's, with our sentence for a missing answer."""
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None:
            name_missing(field)
        return field

    def get_changelist(self, request: HttpRequest, **kwargs: str) -> type[ChangeList]:
        """The class's list, limited and with our texts."""
        return of_the_desk(super().get_changelist(request, **kwargs))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Words] | None = None) -> HttpResponse:
        """As Django's, but Enter in a text field beside the actions does nothing.

        What was typed there stays. A list without actions accepts no POST, and one with actions none from readers
        without permission for them.
        """
        if request.method == "POST" and not self.get_actions(request):
            if self.actions:
                raise PermissionDenied
            return HttpResponseNotAllowed(["GET"])
        if request.method == "POST" and (lacking := self._lacking(request)):
            self.message_user(request, lacking, messages.WARNING)
            return self._typed_again(request, extra_context)
        answer = super().changelist_view(request, extra_context)
        is_redirect = request.method == "POST" and answer.status_code == HTTPStatus.FOUND
        if not is_redirect or getattr(request, ACTED, False):
            return answer
        if self._has_left(request):
            self.message_user(request, _left_words(request), messages.WARNING)
        return self._typed_again(request, extra_context)

    def response_action(
        self, request: HttpRequest, queryset: models.QuerySet[Any], *given: Any, **named: Any
    ) -> HttpResponse | None:
        """As Django's, and tells how many of the picked rows were left out because they are no longer in the list."""
        picked = set(request.POST.getlist(ACTION_CHECKBOX_NAME))
        is_all = request.POST.get("select_across", "0") != "0"
        listed = 0 if is_all else queryset.filter(pk__in=picked).count()  # before the action moves them out of it
        answer: HttpResponse | None = super().response_action(request, queryset, *given, **named)
        if listed and answer is not None and len(picked) > listed:
            self.message_user(request, _partly_left_words(len(picked) - listed), messages.WARNING)
        return answer

    def _has_left(self, request: HttpRequest) -> bool:
        """Whether no picked row is in the list any more: a colleague was faster, and the action had nothing to do."""
        try:
            listed = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:  # a filter that nobody can read: there is no list
            return False
        return not listed.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)).exists()

    def _lacking(self, request: HttpRequest) -> str:
        """What is missing in the POST of an action, in our words; "" when nothing is."""
        if "_save" in request.POST:
            return "" if self.list_editable else _("Nothing was done: press “Run action” for the chosen rows")
        if not request.POST.getlist(ACTION_CHECKBOX_NAME):
            return _("Nothing was done: pick at least one row")
        return "" if any(request.POST.getlist("action")) else _("Nothing was done: choose an action")

    def message_user(
        self,
        request: HttpRequest,
        message: Words,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        """As Django's, and notes that an action did something: what it did not do it tells as a warning or an error."""
        if level in (messages.INFO, messages.SUCCESS):
            setattr(request, ACTED, True)
        super().message_user(request, str(message), level, extra_tags, fail_silently)

    def _typed_again(self, request: HttpRequest, extra_context: dict[str, Words] | None) -> HttpResponse:
        """The list after a press that did nothing, with its ticks and what was typed beside the actions."""
        if not request.POST.get("reason") and ACTION_CHECKBOX_NAME not in request.POST:
            return redirect(request.get_full_path())
        form = self.action_form(auto_id=None, initial=request.POST.dict())
        form.fields["action"].choices = self.get_action_choices(request)
        request.method = "GET"
        return super().changelist_view(request, {**(extra_context or {}), "action_form": form})

    def action_checkbox(self, row: models.Model) -> SafeString:
        """The tick box of a row; the tick of a refused action stays."""
        box = super().action_checkbox(row)
        return SafeString(box.replace("<input ", "<input checked ", 1)) if is_picked(row) else box

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """As Django's; whole-value fields ("=name") are searched by their index."""
        names, term = self.get_search_fields(request), search_term.strip()
        if not term or not names or not all(name.startswith("=") for name in names):
            return super().get_search_results(request, queryset, search_term)
        return found_exactly(queryset, [name[1:] for name in names], term), False

    checked_words: Words = gettext_lazy("Nothing is saved yet: Enter only checks. The entries are in order, press Save")

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """Django's; Enter in a text field presses a button of its own that only validates."""
        form: type[forms.ModelForm] = super().get_form(request, obj, change=change, **kwargs)
        if change:
            form = type(form.__name__, (SeenForm, form), {})
        if "_check" not in request.POST:
            return form
        return type(form.__name__, (CheckedForm, form), {"checked_words": self.checked_words})

    def save_model(self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool) -> None:
        """Of a row that was there, writes what was changed on the page: the rest may be a colleague's by now."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        columns = {each.name for each in obj._meta.concrete_fields}
        obj.save(update_fields=columns.intersection(form.changed_data))

    def row_title(self, row: models.Model) -> str:
        """The title of a row's page."""
        return str(row)

    def row_context(self, row: models.Model) -> dict[str, Any]:  # noqa: ARG002 -- for classes to say
        """What its template needs besides the fields."""
        return {}

    def row_links(self, request: HttpRequest, row: models.Model) -> list[Link]:
        """Links of the row's page."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_history"
        return [Link(_("History"), reverse(name, args=[row.pk]))] if self.has_history else []

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: models.Model | None = None,
    ) -> HttpResponse:
        """Titled by its row, not by what is to be done with it."""
        title = (
            self.row_title(obj) if obj is not None and not add else _("Add %(name)s") % {"name": self.opts.verbose_name}
        )
        links = self.row_links(request, obj) if obj is not None and not add else []
        words = FormWords(title, [self.lead] if self.lead else [], links)
        shown = self.row_context(obj) if obj is not None else {}
        context |= {"title": title, "page_words": words, **shown}
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    # --- history ---

    @property
    def has_history(self) -> bool:
        """Whether anybody acts on these rows here; read-only ones have no history of their own."""
        if self.keeps_history is not None:
            return self.keeps_history
        return bool(self.actions) or not isinstance(self, ReadOnlyAdmin)

    def get_urls(self) -> list[URLPattern]:
        """Django's, without old addresses of rows and without histories of read-only rows."""
        named = [each for each in super().get_urls() if each.name]
        return [each for each in named if self.has_history or not str(each.name).endswith("_history")]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Words] | None = None
    ) -> HttpResponse:
        """Shows who did what to the row, and when."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET"])
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        page = HistoryPage(
            title=_("History"),
            row=Link(
                self.row_title(row),
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
            ),
            history=self.history_of(row),
        )
        return draw(request, self.admin_site, page)

    def history_of(self, row: models.Model) -> list[RecordedAct]:
        """The acts on a row at the desk."""
        kind = ContentType.objects.get_for_model(self.model)
        found = LogEntry.objects.filter(content_type=kind, object_id=row.pk).select_related("user")
        return [
            RecordedAct(each.action_time, str(each.user), read_of_log(each.change_message))
            for each in found.order_by("-action_time")[:LONGEST_HISTORY]
        ]
