"""Accounts at the review desk: who there is, their roles, whether they may sign in. Personal data is masked."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Field, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.guards import account_of
from icpportal.accounts.models import User
from icpportal.accounts.sessions import end_sessions
from icpportal.accounts.staff import invitations
from icpportal.accounts.staff.forms import NewStaffForm, RolesForm
from icpportal.approvals import actions as approvals
from icpportal.approvals import role_changes, second_factor_resets
from icpportal.approvals.actions import RequestRefused
from icpportal.approvals.models import ROLE, SECOND_FACTOR, ApprovalRequest
from icpportal.approvals.queries import open_request
from icpportal.approvals.words import RequestPanel, asked_for
from icpportal.desk.event_lines import in_all_languages, log_change
from icpportal.fields import phones

if TYPE_CHECKING:
    from django.forms import BaseFormSet
    from django.utils.functional import _StrOrPromise

# allauth shows whole addresses, keys and sessions in lists of its own; a group's permissions come from settings
for each in (EmailAddress, EmailConfirmation, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession, Group):
    if admin.site.is_registered(each):
        admin.site.unregister(each)


READ = (
    "masked_email", "masked_mobile", "mobile_confirmed_at", "language", "terms_version", "terms_agreed_at",
    "last_login", "date_joined",
)  # fmt: skip
TYPED = ("name", "held_roles", "is_active")
TYPED_FIRST = ("email", "name", "held_roles")  # fields of a new account


ASKED = _("A second person must allow it: no role has changed yet")
ASKED_RESET = _("A second person must allow it: the second factor stays until then")
WITHDRAWN = _("Your request is withdrawn")
ANSWERS: "dict[str, dict[str, tuple[Callable[..., None], _StrOrPromise]]]" = {  # functions by kind of request
    ROLE: {
        "allow_request": (approvals.allow, _("Allowed: the roles are changed")),
        "decline_request": (role_changes.decline, _("Declined: the roles stay as they are")),
        "withdraw_request": (role_changes.withdraw, WITHDRAWN),
    },
    SECOND_FACTOR: {
        "allow_request": (approvals.allow, _("Allowed: the second factor is reset")),
        "decline_request": (approvals.decline, _("Declined: the second factor stays as it is")),
        "withdraw_request": (approvals.withdraw, WITHDRAWN),
    },
}
OVERTAKEN = _("A colleague changed the roles after you opened the page; their change stays. Roles now: %(roles)s")
RESET, INVITE = "reset_second_factor", "invite_again"

# of a request whose form changed nothing yet: a second person was asked, or somebody else was first
NOTHING_SAVED = "_account_nothing_saved"


class RoleFilter(admin.SimpleListFilter):
    """Filters accounts by role."""

    title = _("Roles")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> "list[tuple[str, _StrOrPromise]]":  # noqa: ARG002
        return list(roles.NAMES.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:  # noqa: ARG002
        return queryset.filter(groups__name=self.value()) if self.value() in roles.NAMES else queryset


@admin.register(User)
class AccountAdmin(admin.ModelAdmin):
    """Mostly read-only: a name, open or closed, and the roles. No account is deleted here."""

    form = RolesForm
    change_form_template = "admin/accounts/user/change_form.html"
    add_form_template = "admin/change_form.html"
    list_display = ["__str__", "masked_email", "masked_mobile", "role_words", "is_active", "date_joined"]
    list_filter = ["is_active", RoleFilter]
    search_fields = ["email"]  # whole addresses and mobiles only: see get_search_results
    search_help_text = _("A full email address or mobile number")
    ordering = ["-date_joined"]
    readonly_fields = READ
    fields = TYPED + READ
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(
        self,
        request: HttpRequest,
        queryset: QuerySet[User],
        search_term: str,  # noqa: ARG002
    ) -> tuple[QuerySet[User], bool]:
        typed = search_term.strip()
        if not typed:
            return queryset, False
        try:
            return queryset.filter(pk__in=User.objects.with_mobile(phones.mobile(typed))), False
        except ValidationError:
            return queryset.filter(email=typed.lower()), False

    @admin.display(description=_("Email"))
    def masked_email(self, user: User) -> str:
        return user.masked_email

    @admin.display(description=_("Mobile"))
    def masked_mobile(self, user: User) -> str:
        return user.masked_mobile

    @admin.display(description=_("Roles"))
    def role_words(self, user: User) -> str:
        return roles.in_words(group.name for group in user.groups.all())

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return TYPED + READ if obj else TYPED_FIRST

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return READ if obj else ()

    def get_form(
        self,
        request: HttpRequest,
        obj: User | None = None,
        change: bool = False,
        **kwargs: "Callable[..., Field] | Sequence[str]",
    ) -> "type[forms.ModelForm]":
        if not self.has_change_permission(request, obj) and obj:
            return super().get_form(request, obj, change=change, **kwargs)
        base = RolesForm if obj else NewStaffForm
        # declared fields are not columns: the factory gets columns only
        kwargs["fields"] = base.Meta.fields
        form = super().get_form(request, obj, change=change, form=base, **kwargs)
        if issubclass(form, RolesForm):
            form.current_user = account_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: User, form: RolesForm, change: bool) -> None:
        if not change:
            account = open_account(
                email=form.cleaned_data["email"],
                password=None,
                name=form.cleaned_data["name"],
                language=get_language() or settings.LANGUAGE_CODE,
                confirmed=False,
                held_roles=self._given_alone(form.cleaned_data["held_roles"]),
            )
            obj.pk = account.pk
            if account.is_staff:
                invitations.welcome(account, by=account_of(request))
                self.message_user(request, _("The invitation is on its way: its link is valid for three days"))
            self._change_roles(request, account, form.cleaned_data["held_roles"])
            return
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["name", "is_active"])
        if "is_active" in form.changed_data:
            self._log_closing(request, obj)
            roles.note_duties_changed(obj)
        if "held_roles" in form.changed_data:
            User.objects.select_for_update().get(pk=obj.pk)  # a colleague may have been faster
            is_overtaken = form.is_overtaken
            is_done = self._change_roles(request, obj, form.roles_chosen(form["held_roles"].data))
            setattr(request, NOTHING_SAVED, not is_done and form.changed_data == ["held_roles"])
            if is_overtaken:
                now = roles.in_words(sorted(roles.names_of(obj))) or "—"
                self.message_user(request, OVERTAKEN % {"roles": now}, messages.WARNING)
        if not obj.is_active:
            end_sessions(obj)

    def _given_alone(self, chosen: list[str]) -> list[str]:
        """The roles that a new account gets at once."""
        return [name for name in chosen if not (approvals.is_needed() and name in role_changes.GIVEN_BY_TWO)]

    def _change_roles(self, request: HttpRequest, user: User, chosen: Iterable[str]) -> bool:
        """Whether they are changed; else a message says why not."""
        try:
            if role_changes.change(user, chosen, actor=account_of(request)):
                return True
            self.message_user(request, ASKED, messages.WARNING)
        except RequestRefused as refused:  # somebody else was first
            self.message_user(request, str(refused.words), messages.ERROR)
        except ValidationError as refused:  # by roles that somebody else gave a moment ago
            self.message_user(request, refused.messages[0], messages.ERROR)
        return False

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        """Does not say that the account was changed where nothing was."""
        if getattr(request, NOTHING_SAVED, False):
            return self.response_post_save_change(request, obj)
        return super().response_change(request, obj)

    def _log_closing(self, request: HttpRequest, user: User) -> None:
        action = gettext_noop("opened the account again") if user.is_active else gettext_noop("closed the account")
        log_change(user, account_of(request), lambda: gettext(action))

    def construct_change_message(
        self, request: HttpRequest, form: forms.Form, formsets: "Iterable[BaseFormSet]", add: bool = False
    ) -> "list[dict[str, dict[str, list[str]]]]":
        """Without what has a row of its own: roles, which `role_changes` records, and closing."""
        form.changed_data = [name for name in form.changed_data if name not in ("held_roles", "is_active")]
        return super().construct_change_message(request, form, formsets, add)

    def log_addition(
        self, request: HttpRequest, obj: User, message: "str | list[dict[str, dict[str, list[str]]]]"
    ) -> LogEntry:
        """With the roles that the account begins with."""
        given = roles.names_of(User.objects.get(pk=obj.pk))
        words = in_all_languages(lambda: role_changes.words_of((), given)) if given else message
        return super().log_addition(request, obj, words)

    def log_change(
        self, request: HttpRequest, obj: User, message: "str | list[dict[str, dict[str, list[str]]]]"
    ) -> LogEntry:
        """Not when nothing else was changed."""
        return super().log_change(request, obj, message) if message else LogEntry()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: "dict[str, list[RequestPanel] | bool] | None" = None,
    ) -> HttpResponse:
        """Shows the account with requests about it that a second person can answer."""
        if request.method == "POST" and (move := request.POST.get("move", "")):
            own = {RESET: self._reset, INVITE: self._invite}.get(move)
            return own(request, object_id) if own else self._answer(request, object_id, move)
        seen = [self._request_panel(request, kind, object_id) for kind in ANSWERS]
        user = self.get_object(request, object_id)
        context: dict[str, list[RequestPanel] | bool] = {
            "requests": list(filter(None, seen)),
            "may_reset": self._may_reset(request, user),
            "may_invite": self._may_invite(request, user),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})

    def _request_panel(self, request: HttpRequest, kind: str, object_id: str) -> RequestPanel | None:
        asked = open_request(kind, object_id)
        seen = asked_for(asked, account_of(request))
        return replace(seen, words=role_changes.change_words(asked)) if asked and seen and kind == ROLE else seen

    def _answer(self, request: HttpRequest, object_id: str, move: str) -> HttpResponse:
        """Answers the request that the page showed, not a later one."""
        if move not in ANSWERS[ROLE] or not self.has_change_permission(request):
            raise PermissionDenied
        shown = request.POST.get("request")
        kind = SECOND_FACTOR if _is_of(open_request(SECOND_FACTOR, object_id), shown) else ROLE
        answer, done = ANSWERS[kind][move]
        try:
            answer(approvals.request_shown(kind, object_id, shown), actor=account_of(request))
            self.message_user(request, done, messages.SUCCESS)
        except RequestRefused as refused:
            self.message_user(request, str(refused.words), messages.ERROR)
        return redirect(request.path)

    def _reset(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks a second person to remove a second factor that its owner has lost."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        try:
            if second_factor_resets.ask(user, actor=account_of(request)):
                self.message_user(request, _("The second factor is reset"), messages.SUCCESS)
            else:
                self.message_user(request, ASKED_RESET, messages.WARNING)
        except RequestRefused as refused:
            self.message_user(request, str(refused.words), messages.ERROR)
        return redirect(request.path)

    def _invite(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mail a new link to somebody who has not used theirs; the earlier one ends."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            raise Http404
        if not self._may_invite(request, user):
            self.message_user(request, _("This person works here already, or the account is closed"), messages.ERROR)
            return redirect(request.path)
        with transaction.atomic():
            invitations.invite(user)
            log_change(user, account_of(request), lambda: gettext("invited again"))
        self.message_user(request, _("A new invitation is on its way; the earlier link is no longer valid"))
        return redirect(request.path)

    def _may_invite(self, request: HttpRequest, user: User | None) -> bool:
        """Whether the page offers it: staff who have never made the account their own."""
        if user is None or not self.has_change_permission(request):
            return False
        return user.is_staff and user.is_active and not invitations.has_begun(user)

    def _may_reset(self, request: HttpRequest, user: User | None) -> bool:
        """Whether the page offers that: it is somebody else's app, and nobody has asked yet."""
        if user is None or user == request.user or not self.has_change_permission(request):
            return False
        has_app = user.is_active and Authenticator.objects.filter(user=user).exists()
        return has_app and open_request(SECOND_FACTOR, str(user.pk)) is None

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:  # noqa: ARG002
        return False


def _is_of(asked: ApprovalRequest | None, shown: str | None) -> bool:
    return asked is not None and str(asked.pk) == shown
