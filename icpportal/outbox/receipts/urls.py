from django.urls import path

from icpportal.outbox.receipts.mail_events import mail_events

urlpatterns = [path("<slug:esp>/", mail_events, name="mail-events")]
