"""The addresses of the portal: one line for each part."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from icpportal.accounts.languages import set_language
from icpportal.operations.monitoring import health
from icpportal.operations.monitoring.metrics import metrics
from icpportal.pages.help.views import help_page
from icpportal.pages.privacy import privacy_page
from icpportal.pages.public import icon, robots
from icpportal.pages.theme import set_theme
from icpportal.pages.visitors import needs_no_token_of_visitors

handler400 = "icpportal.pages.errors.bad_request"
handler403 = "icpportal.pages.errors.permission_denied"
handler404 = "icpportal.pages.errors.not_found"
handler429 = "icpportal.pages.errors.too_many"
handler500 = "icpportal.pages.errors.server_error"

urlpatterns = [
    path("healthz", health.alive, name="alive"),
    path("healthz/deep", health.deep, name="deep-health"),
    path("favicon.ico", icon, name="favicon"),
    path("metrics", metrics, name="metrics"),
    path("robots.txt", robots, name="robots"),
    path("readyz", health.ready, name="ready"),
    path("", include("transfers.urls")),
    path("", include("filings.urls")),
    path("account/data/", include("transfers.rights.urls")),
    path("account/", include("icpportal.accounts.urls")),
    path("language/", needs_no_token_of_visitors(set_language), name="set_language"),
    path("theme/", needs_no_token_of_visitors(set_theme), name="set_theme"),
    path("drafts/", include("icpportal.drafts.urls")),
    path("help/", help_page, name="help"),
    path("privacy/", privacy_page, name="privacy"),
    path("messages/", include("icpportal.outbox.urls")),
    path("admin/", admin.site.urls),
]

if settings.EMAIL_ESP:
    urlpatterns += [path("mail-events/", include("icpportal.outbox.receipts.urls"))]
if settings.DEMO_URLS:
    urlpatterns += [path("demo/", include(settings.DEMO_URLS))]
