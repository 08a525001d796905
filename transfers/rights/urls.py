"""Addresses of people's rights, below those of the account."""

from django.urls import path

from transfers.rights.views import closure, consents, corrections, exports, looks, pages

urlpatterns = [
    path("", pages.your_data, name="your-data"),
    path("consents/", consents.consent_list, name="data-consents"),
    path("consents/<str:reference>/<str:role>/", consents.withdraw, name="data-consent-withdraw"),
    path("looks/", looks.look_list, name="data-looks"),
    path("copy/", exports.export_page, name="data-export"),
    path("copy/<uuid:pk>/", exports.download, name="data-export-file"),
    path("corrections/", corrections.correction_list, name="data-corrections"),
    path("close/", closure.close, name="data-close"),
    path("closed/", closure.closed, name="data-closed"),
]
