from django.urls import path

from filings import views

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rules_of_province, name="rules-province"),
]
