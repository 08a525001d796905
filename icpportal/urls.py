"""Where each address leads; one line a room of the house."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from icpportal import health
from icpportal.accounts.languages import set_language
from icpportal.appearance import set_theme
from icpportal.standing import help_page, privacy_page

handler400 = "icpportal.errors.bad_request"
handler403 = "icpportal.errors.permission_denied"
handler404 = "icpportal.errors.not_found"
handler429 = "icpportal.errors.too_many"
handler500 = "icpportal.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("healthz/deep", health.deep, name="deep-health"),
    path("readyz", health.ready, name="ready"),
    path("", include("transfers.urls")),
    path("", include("filings.urls")),
    path("account/", include("icpportal.accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("theme/", set_theme, name="set_theme"),
    path("help/", help_page, name="help"),
    path("privacy/", privacy_page, name="privacy"),
    path("messages/", include("icpportal.outbox.urls")),
    path("admin/", admin.site.urls),
]

if settings.SIMULATORS:
    urlpatterns += [
        path("demo/messages/", include("icpportal.outbox.demo_urls")),
        path("demo/photo-app/", include("icpportal.gateways.photo_app.demo_urls")),
        path("demo/old-platform/", include("filings.legacy.demo_urls")),
        path("demo/authority/", RedirectView.as_view(url=f"{settings.SIMULATOR_URL}/"), name="demo-authority"),
    ]
