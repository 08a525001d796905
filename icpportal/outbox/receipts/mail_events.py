"""Reports of the mail service about sent mails: delivered, bounced, refused, reported as spam.

anymail parses each service's format and checks its secret; it passes events on by a signal, which is its only way.
"""

import logging

from anymail import urls as services
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from anymail.webhooks.base import AnymailBaseWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from icpportal.outbox.models import LossReason
from icpportal.outbox.receipts import actions

logger = logging.getLogger(__name__)
EMAIL = "email"
LOST = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
WHY = {
    RejectReason.INVALID: LossReason.MAILBOX,
    RejectReason.BOUNCED: LossReason.MAILBOX,
    RejectReason.BLOCKED: LossReason.BLOCKED,
    RejectReason.SPAM: LossReason.BLOCKED,
    RejectReason.UNSUBSCRIBED: LossReason.BLOCKED,
}


@csrf_exempt
def mail_events(request: HttpRequest, esp: str) -> HttpResponse:
    """Receives what the configured service posts, with our secret; 404 for any other, 200 also for unknown mails."""
    if esp != settings.EMAIL_ESP:
        raise Http404
    view = listener()
    view.setup(request)
    answer: HttpResponse = view.dispatch(request)
    return answer


def listener() -> AnymailBaseWebhookView:
    """anymail's view for the configured service; `ImproperlyConfigured` when one of its keys is missing."""
    name = f"{settings.EMAIL_ESP}_tracking_webhook"
    view = next((each.callback.view_class for each in services.urlpatterns if each.name == name), None)
    if view is None:
        raise ImproperlyConfigured(f"EMAIL_ESP: anymail does not listen to {settings.EMAIL_ESP}")
    return view()


def take(event: AnymailTrackingEvent, **_more: object) -> None:
    """Records one event; anything but an arrival or a loss is ignored."""
    receipt = str(event.message_id or "")[:200]
    if not receipt:
        return
    known = True
    if event.event_type == EventType.DELIVERED:
        known = actions.record_arrival(EMAIL, receipt, at=event.timestamp or timezone.now())
    elif event.event_type in LOST:
        reason = event.reject_reason or event.event_type
        known = actions.record_loss(EMAIL, receipt, why=WHY.get(reason, LossReason.OTHER), code=reason)
    if not known:
        logger.info("event about a mail that is not ours", extra={"kind": event.event_type})


tracking.connect(take, dispatch_uid="mail_events")
