from django.urls import path

from icpportal.outbox import views

urlpatterns = [
    path("", views.notifications, name="notifications"),
    path("settings/", views.message_settings, name="message-settings"),
    path("read/", views.read_all, name="notifications-read"),
    path("<uuid:pk>/", views.notification, name="notification"),
]
