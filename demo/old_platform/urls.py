from django.urls import path

from demo.old_platform.views import demo_old_platform

urlpatterns = [path("", demo_old_platform, name="demo-old-platform")]
