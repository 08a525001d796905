"""The header that says where a page may load from (Content-Security-Policy)."""

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

OWN = ("_csp_exempt", "_csp_config", "_csp_update", "_csp_replace")  # what the library's decorators leave on a response


class ContentPolicy(CSPMiddleware):
    """The library's; writes the policy of the settings once, not for each response.

    A page with a policy of its own, or with a nonce, gets it from the library.
    """

    _written: tuple[object, str] = (None, "")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Adds the header."""
        has_own = getattr(request, "_csp_nonce", None) or any(hasattr(response, name) for name in OWN)
        if has_own or settings.DEBUG or hasattr(settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY"):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy())
        return response

    def _policy(self) -> str:
        wanted = settings.CONTENT_SECURITY_POLICY
        if self._written[0] is not wanted:
            self._written = wanted, build_policy()
        return self._written[1]
