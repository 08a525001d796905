from django.urls import path

from demo.messages.views import demo_messages

urlpatterns = [path("", demo_messages, name="demo-messages")]
