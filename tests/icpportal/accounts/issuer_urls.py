"""The account pages of a portal with an issuer."""

from django.urls import include, path

from icpportal.accounts.views import issuer
from tests.icpportal.accounts.urls import urlpatterns as others

handler404 = "icpportal.pages.errors.not_found"
urlpatterns = [path("account/", include(issuer.addresses)), *others]
