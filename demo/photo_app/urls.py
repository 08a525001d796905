from django.urls import path

from demo.photo_app.views import demo_photo_app

urlpatterns = [path("", demo_photo_app, name="demo-photo-app")]
