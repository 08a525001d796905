"""Sign-in with the provider's issuer: there and back. Without `OIDC_ISSUER` these addresses do not exist."""

import secrets
from collections.abc import Callable
from typing import Any

from allauth.account.views import LoginView
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from requests import RequestException

from icpportal.accounts.guards import safe_next, with_next
from icpportal.accounts.staff.issuer import FAILED, PROVIDER, Issuer, refuse
from icpportal.fields.components import Link


class SignIn(LoginView):
    """Address or mobile, and password; with a link to the issuer for staff, if there is one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "issuer": _link(self.request)}


def _link(request: HttpRequest) -> Link | None:
    if not settings.OIDC_ISSUER:
        return None
    label = _("Staff: sign in with %(name)s") % {"name": settings.OIDC_NAME}
    return Link(label, with_next(reverse("openid_connect_login", args=[PROVIDER]), safe_next(request)))


@never_cache
@require_safe
def there(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Redirects to the issuer, with a state bound to this browser; ignores allauth's other parameters."""
    nonce = secrets.token_urlsafe(24)

    def ask() -> HttpResponse:
        provider = Issuer(request, provider_id).get_provider()
        answer: HttpResponse = provider.redirect(
            request, AuthProcess.LOGIN, safe_next(request) or None, auth_params={"nonce": nonce}, nonce=nonce
        )
        return answer

    return _answer(request, provider_id, ask)


@never_cache
@require_safe
def back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Handles the issuer's answer."""
    view = OAuth2CallbackView.adapter_view(Issuer(request, provider_id))
    return _answer(request, provider_id, lambda: view(request))


def _answer(request: HttpRequest, provider_id: str, ask: Callable[[], HttpResponse]) -> HttpResponse:
    """An unreachable issuer or a nonsensical answer is not an error of ours."""
    if provider_id != PROVIDER:
        raise Http404
    try:
        try:
            return ask()
        except (RequestException, OAuth2Error, KeyError) as error:
            refuse(request, FAILED, type(error).__name__)
    except ImmediateHttpResponse as answer:
        response: HttpResponse = answer.response
        return response


addresses = [  # allauth looks these names up
    path("issuer/<slug:provider_id>/", there, name="openid_connect_login"),
    path("issuer/<slug:provider_id>/back/", back, name="openid_connect_callback"),
]
