"""Where pages send what was typed into them."""

from django.urls import path

from icpportal.drafts import views

urlpatterns = [
    path("", views.keep, name="page-draft"),
    path("forget/", views.drop, name="page-draft-drop"),
]
