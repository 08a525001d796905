from django.urls import path

from filings.legacy.views.demo import demo_old_platform

urlpatterns = [path("", demo_old_platform, name="demo-old-platform")]
