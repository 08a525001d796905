"""Addresses to which pages send unsaved input."""

from django.urls import path

from icpportal.drafts import views

urlpatterns = [
    path("", views.keep, name="page-draft"),
    path("forget/", views.drop, name="page-draft-drop"),
]
