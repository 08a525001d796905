"""`/metrics` for Prometheus: readings of the database now, and the counters of each process.

Protected by the token `METRICS_TOKEN`; without one there is no such page.
"""

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from icpportal.metrics.processes import ProcessCounters
from icpportal.operations.monitoring.readings import Readings

BEARER = "Bearer "


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every metric as text; 401 without the token, 404 where there is none."""
    if not settings.METRICS_TOKEN:
        return HttpResponse(status=404)
    if not _is_allowed(request.headers.get("Authorization", "")):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    registry = CollectorRegistry()
    registry.register(Readings(timezone.now()))
    registry.register(ProcessCounters(settings.METRICS_DIR.parent))
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_allowed(said: str) -> bool:
    token = said.removeprefix(BEARER) if said.startswith(BEARER) else ""
    return secrets.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
