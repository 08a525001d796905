from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("messages/", include("demo.messages.urls")),
    path("photo-app/", include("demo.photo_app.urls")),
    path("old-platform/", include("demo.old_platform.urls")),
    path("authority/", RedirectView.as_view(url=f"{settings.SIMULATOR_URL}/"), name="demo-authority"),
]
