"""The simulator's addresses: the ministry's three services, our phone extension, JSON for commands, pages."""

from django.urls import include, path
from django.views.i18n import set_language

from demo.ministry.interface import endpoints
from demo.ministry.pages import api

urlpatterns = [
    path("ISPWebService/upDownLoad", endpoints.service, {"service": "files"}, name="files"),
    path("BeianStatusWebService/queryBeianStatus", endpoints.service, {"service": "status"}, name="status"),
    path("BeianStatusWebService/verifyBamm", endpoints.service, {"service": "password"}, name="password"),
    path("phones/<int:isp_id>", endpoints.phones_of, name="phones-of"),
    path("phones/<int:isp_id>/<int:own_id>", endpoints.phones, name="phones"),
    path("healthz", endpoints.healthz, name="healthz"),
    path("api/", include(api.urlpatterns)),
    path("language/", set_language, name="set_language"),
    path("", include("demo.ministry.pages.urls")),
]
