"""The pages on which a person plays the authority."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
