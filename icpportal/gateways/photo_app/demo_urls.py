from django.urls import path

from icpportal.gateways.photo_app.demo_views import demo_photo_app

urlpatterns = [path("", demo_photo_app, name="demo-photo-app")]
