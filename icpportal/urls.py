"""Where each address leads; one line a room of the house."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("transfers.urls")),
    path("", include("filings.urls")),
    path("account/", include("icpportal.accounts.urls")),
    path("language/", set_language, name="set_language"),
    path("messages/", include("icpportal.outbox.urls")),
    path("admin/", admin.site.urls),
]

if settings.SIMULATORS:
    urlpatterns += [
        path("demo/messages/", include("icpportal.outbox.demo_urls")),
        path("demo/authority/", include("icpportal.gateways.miit.simulated.urls")),
    ]
