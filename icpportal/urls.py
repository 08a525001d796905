"""Where each address leads; one line a room of the house."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

from icpportal.accounts.languages import set_language
from icpportal.appearance import set_theme

handler400 = "icpportal.errors.bad_request"
handler403 = "icpportal.errors.permission_denied"
handler404 = "icpportal.errors.not_found"
handler429 = "icpportal.errors.too_many"
handler500 = "icpportal.errors.server_error"

urlpatterns = [
    path("", include("transfers.urls")),
    path("", include("filings.urls")),
    path("account/", include("icpportal.accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("theme/", set_theme, name="set_theme"),
    path("help/", TemplateView.as_view(template_name="pages/help.html"), name="help"),
    path("privacy/", TemplateView.as_view(template_name="pages/privacy.html"), name="privacy"),
    path("messages/", include("icpportal.outbox.urls")),
    path("admin/", admin.site.urls),
]

if settings.SIMULATORS:
    urlpatterns += [
        path("demo/messages/", include("icpportal.outbox.demo_urls")),
        path("demo/authority/", include("icpportal.gateways.miit.simulated.urls")),
    ]
