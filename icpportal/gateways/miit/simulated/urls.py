"""The simulated authority's pages, under /demo/authority/."""

from django.urls import path

from icpportal.gateways.miit.simulated import views

urlpatterns = [
    path("", views.DeskView.as_view(), name="demo-authority"),
    path("decide/", views.DecideView.as_view(), name="demo-authority-decide"),
    path("codes/", views.CodesView.as_view(), name="demo-authority-codes"),
    path("texts/<int:text>/resend/", views.ResendView.as_view(), name="demo-authority-resend"),
    path("faults/", views.FaultsView.as_view(), name="demo-authority-faults"),
    path("filings/", views.FilingsView.as_view(), name="demo-authority-filings"),
]
