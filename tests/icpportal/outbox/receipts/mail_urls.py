"""The portal's addresses with EMAIL_ESP set."""

from django.urls import include, path

from icpportal import urls as portal

handler400, handler404, handler500 = portal.handler400, portal.handler404, portal.handler500
urlpatterns = [*portal.urlpatterns, path("mail-events/", include("icpportal.outbox.receipts.urls"))]
