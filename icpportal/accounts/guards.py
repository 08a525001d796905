"""Guards of views: signed in, confirmed, authenticated again just now, staff."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from icpportal.accounts.models import User

Given = ParamSpec("Given")  # the view's arguments
View = Callable[Concatenate[HttpRequest, Given], HttpResponseBase]
VOUCHED = "issuer_second_factor"  # in the session: for whom the issuer asked a second factor
PICTURE_LOST = _("You were signed out and the picture was not saved: sign in, then choose it again")
Judge = Callable[[HttpRequest], HttpResponseBase | None]


def account_of(request: HttpRequest) -> User:
    """The signed-in account; for views behind one of these guards."""
    if not request.user.is_authenticated:
        raise PermissionDenied
    return request.user


def safe_next(request: HttpRequest) -> str:
    """The page the reader wanted, if it is in this portal; else ""."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME) or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""


def with_next(url: str, wanted: str) -> str:
    """The address that continues to `wanted` afterwards."""
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: wanted})}" if wanted else url


def _place(request: HttpRequest) -> str:
    """Where to continue afterwards; a redirect cannot repeat a POST, so for one it is the page with the button."""
    page = request.META.get("HTTP_REFERER", "") if request.method == "POST" else ""
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return request.get_full_path()
    place = urlunsplit(urlsplit(page)._replace(scheme="", netloc="", fragment=""))
    return place if url_has_allowed_host_and_scheme(place, allowed_hosts=None) else request.get_full_path()


def _guard(judge: Judge) -> Callable[[View[Given]], View[Given]]:
    def guard(view: View[Given]) -> View[Given]:
        @wraps(view)
        def guard_view(request: HttpRequest, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponseBase:
            return judge(request) or view(request, *args, **kwargs)

        return guard_view

    return guard


def _to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    """The sign-in page, which says so if a picture came with the request: no draft keeps one."""
    if request.FILES:
        messages.warning(request, PICTURE_LOST)
    return redirect_to_login(back)


def _not_signed_in(request: HttpRequest) -> HttpResponse | None:
    return None if request.user.is_authenticated else _to_sign_in(request, _place(request))


def _not_confirmed(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return _to_sign_in(request, _place(request))
    if request.user.confirmed:
        return None
    return HttpResponseRedirect(with_next(reverse("account_confirm"), _place(request)))


def proof_again(request: HttpRequest, back: str = "") -> HttpResponse | None:
    """Where to authenticate again, unless they just did; for a single button on an unguarded page.

    Afterwards they return here, or to the page `back`.
    """
    back = back or _place(request)
    if not request.user.is_authenticated:
        return _to_sign_in(request, back)
    if _has_proved(request, timezone.now()):
        return None
    method = get_adapter(request).get_reauthentication_methods(request.user)[0]
    return HttpResponseRedirect(with_next(method["url"], back))


def _has_proved(request: HttpRequest, now: datetime) -> bool:
    """Whether they authenticated again recently; signing in does not count, however it was done.

    allauth's own check says yes for anyone without password and app, such as staff of an issuer.
    """
    proofs = [each for each in get_authentication_records(request, request.user) if each.get("reauthenticated")]
    until = timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return bool(proofs) and now - datetime.fromtimestamp(proofs[-1]["at"], UTC) < until


def second_factor_missing(user: User | AnonymousUser) -> bool:
    """Whether this is staff who must first set up an authenticator (not required in the demo)."""
    if not settings.STAFF_SECOND_FACTOR or not user.is_authenticated or not user.is_staff:
        return False
    return not Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists()


def issuer_vouches(request: HttpRequest, user: User) -> bool:
    """Whether this session began at the provider's issuer with a second factor, and that is trusted here."""
    return settings.OIDC_SECOND_FACTOR == "trusted" and request.session.get(VOUCHED) == str(user.pk)


def _not_staff(request: HttpRequest) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return redirect_to_login(_place(request))
    if not (request.user.is_staff and request.user.is_active):
        raise Http404
    if second_factor_missing(request.user) and not issuer_vouches(request, request.user):
        return HttpResponseRedirect(with_next(reverse("mfa_activate_totp"), _place(request)))
    return None


signed_in_required = _guard(_not_signed_in)
confirmed_required = _guard(_not_confirmed)  # applicant pages: address and mobile proved, else to the confirmation page
step_up_required = _guard(proof_again)  # sensitive pages: proved within ACCOUNT_REAUTHENTICATION_TIMEOUT
staff_required = _guard(_not_staff)  # pages of staff: a stranger gets 404; a second factor where it is asked for
