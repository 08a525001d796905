from django.urls import path

from icpportal.outbox.demo_views import demo_messages

urlpatterns = [path("", demo_messages, name="demo-messages")]
