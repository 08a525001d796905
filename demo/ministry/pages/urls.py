"""The addresses of the pages on which a person plays the authority."""

from django.urls import path

from demo.ministry.pages import call_log, views

call_log.listen()

urlpatterns = [
    path("", views.show, name="simulator-desk"),
    path("decide/", views.decide, name="simulator-decide"),
    path("reports/<str:key>/xml/", views.raw, name="simulator-raw"),
    path("reports/<str:key>/pictures/<int:number>/", views.picture, name="simulator-picture"),
    path("texts/<int:text>/resend/", views.resend, name="simulator-resend"),
    path("codes/", views.Codes.as_view(), name="simulator-codes"),
    path("faults/", views.set_faults, name="simulator-faults"),
    path("clock/", views.advance, name="simulator-clock"),
    path("record/", views.record, name="simulator-record"),
    path("record/put/", views.put_on_record, name="simulator-put"),
    path("traffic/", views.traffic, name="simulator-traffic"),
    path("downloads/<int:pk>/", views.download, name="simulator-download"),
]
