from django.urls import path

from filings import views
from filings.legacy_import.views import account_lookup, claims, imports

IMPORT = "import/<str:reference>/"

urlpatterns = [
    path("rules/", views.rules, name="rules"),
    path("rules/<str:code>/", views.rules_of_province, name="rules-province"),
    path("import/", imports.prove, name="import"),
    path("import/find/", account_lookup.find, name="import-find"),
    path("import/reset/", claims.reset, name="import-reset"),
    path("import/claim/", claims.claim, name="claim"),
    path("import/claim/<str:reference>/", claims.page, name="claim-page"),
    path("import/claim/<str:reference>/<str:document>/", claims.paper, name="claim-paper"),
    path(IMPORT, imports.page, name="import-page"),
    path(IMPORT + "run/", imports.run, name="import-run"),
    path(IMPORT + "again/", imports.again, name="import-again"),
    path(IMPORT + "report.csv", imports.report, name="import-report"),
]
