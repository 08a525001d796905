"""What is sent: dotted names that connect layers, text messages, mail, alarms."""

import re

from django.core.exceptions import ImproperlyConfigured

from icpportal.configuration.environment import DEMO, SIMULATORS, address, env, json_object, secret

# --- where a lower layer calls a higher one: dotted names, never imports --------------------------
MESSENGER = "icpportal.outbox.actions.notify"  # codes and accounts send through this
ORDER_EFFECTS = "transfers.effects"  # effects of moves of orders
CONTACT_CHANGED = "transfers.cancellation.actions.keep_drafts_past_pause"  # effects of a change of contact on orders
DUTIES_CHANGED = "transfers.review.leases.release_all_of_former"  # frees the orders of somebody who no longer reviews
ORDER_SEARCH_KEYS = "transfers.review.search.keys"  # search keys of orders, updated with their answers
ORDER_LOOKS = "transfers.review.purposes.looks_at_paper"  # whether staff may see an order's documents; records the look
DOCUMENT_EXAMINED = {  # in the transaction that writes a document's result, by its kind; "" is for all others
    "claim_proof": "filings.legacy_import.claims.replacements.end_wait",
    "": "transfers.documents.replacements.end_wait",
}
PHOTO_IS_DUE = "transfers.photo.queries.is_due"  # whether an order waits for its photo, for messages about backdrops
MESSAGE_EVENTS = "transfers.notifications.topics.EVENTS"  # messages that people can switch off, for the outbox
AUTHORITY_ANSWERS = "transfers.authority.results.take_answer"  # one handler for every outcome
APPROVED_ACTS = {  # functions run when a second person has allowed a request
    "refuse": "transfers.review.refusals.carry",
    "reason": "transfers.review.reasons.publication.carry",
    "claim": "filings.legacy_import.claims.acceptance.carry",
    "role": "icpportal.approvals.role_changes.carry",
    "second_factor": "icpportal.approvals.second_factor_resets.carry",
    "ending": "transfers.cancellation.cause.carry",
    "submit": "transfers.review.second_look.carry",
}
ALARM_DETAILS = {  # functions that say the stored detail of an alarm in the reader's language, by its cause
    "authority.answer_parked": "transfers.authority.parked_words.alarm_words",
}
APPROVAL_ENDS = {  # functions that record how a request ended
    "ending": "transfers.cancellation.cause.keep_end",
    "second_factor": "icpportal.approvals.second_factor_resets.keep_end",
}
OUTBOX_CHANNELS = {
    "email": "icpportal.outbox.channels.email.deliver",
    "sms": "icpportal.outbox.channels.sms.deliver",
    "site": "icpportal.outbox.channels.site.deliver",
    "webhook": "icpportal.outbox.channels.webhook.deliver",
    "authority": "transfers.authority.results.deliver_report",
    "notice": "transfers.notifications.notices.deliver",  # expands notices about many orders into messages
}
# channels where sending twice does no harm: up to 20 messages are taken and recorded together, within two seconds
OUTBOX_TOGETHER = ["email", "site", "notice"]
OUTBOX_LEASE_SECONDS = 60  # how long a killed worker blocks a message
# reports and notices are retried hourly until they arrive; other messages fail after two days
OUTBOX_NEVER_GIVES_UP = ["authority", "notice"]

# --- text messages ---------------------------------------------------------------------------
SMS_SIGNATURE_ZH = env.str("SMS_SIGNATURE_ZH", default="网站备案")
SMS_SIGNATURE_EN = env.str("SMS_SIGNATURE_EN", default="ICP Filing")
SMS_BUDGET_DAY = env.whole("SMS_BUDGET_DAY", 100_000 if DEMO else 2_000)
SMS_BUDGET_MONTH = env.whole("SMS_BUDGET_MONTH", 1_000_000 if DEMO else 30_000)
SMS_VIRTUAL_OPERATORS = env.bool("SMS_VIRTUAL_OPERATORS", default=False)  # texts them, too
# of an hour's texted codes; less is an alarm
SMS_ENTERED_PERCENT = env.whole("SMS_ENTERED_PERCENT", 25, least=0, most=100)
SMS_WATCHED_LEAST = env.whole("SMS_WATCHED_LEAST", 20)  # fewer texts allow no conclusion

# --- mail ------------------------------------------------------------------------------------
EMAIL_ESP = env.str("EMAIL_ESP", default="")  # a service of anymail (docs/messages.md), such as postal; else SMTP
EMAIL_CONFIG = address("EMAIL_URL", secret("EMAIL_URL", demo="consolemail://"), env.email_url_config)
EMAIL_BACKEND = "demo.messages.mail.PageEmailBackend" if SIMULATORS else EMAIL_CONFIG["EMAIL_BACKEND"]
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "icpportal.outbox.channels.smtp.EmailBackend"  # Django's, which also says whether a mail had left
if EMAIL_ESP and not SIMULATORS:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_ESP}.EmailBackend"
    OUTBOX_CHANNELS["email"] = "icpportal.outbox.channels.esp.deliver"
ANYMAIL = {
    "REQUESTS_TIMEOUT": 10,
    "IGNORE_UNSUPPORTED_FEATURES": True,  # services without tracking need not be told to turn it off
    "SEND_DEFAULTS": {"track_clicks": False, "track_opens": False},
    **json_object("ANYMAIL"),
}
if EMAIL_ESP and len(str(ANYMAIL.get("WEBHOOK_SECRET", ""))) < 16:
    raise ImproperlyConfigured("ANYMAIL names WEBHOOK_SECRET, user:password, 16 characters or more")
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="filing@beian.example.com")

# --- alarms of operations (docs/operations.md#alarms) --------------------------------------------
ALERTS = env.list("ALERTS", default=[])  # mailto:somebody@example.com, https://a.webhook.example.com/path
ALERTS_SECRET = env.str("ALERTS_SECRET", default="")  # signs what goes to a webhook
ALERTS_LANGUAGE = env.str("ALERTS_LANGUAGE", default="zh-hans")
DEADMAN_URL = env.str("DEADMAN_URL", default="")  # requested every minute while beat and a worker run
if any(not re.fullmatch(r"mailto:[^@\s]+@[^@\s]+|https://[^/\s]+\S*", target) for target in ALERTS):
    raise ImproperlyConfigured(
        "ALERTS names targets such as mailto:somebody@example.com and https://hooks.example.com/path, "
        "separated by commas without spaces"
    )
if len(ALERTS_SECRET) < 16 and any(target.startswith("https://") for target in ALERTS):
    raise ImproperlyConfigured("ALERTS_SECRET signs what goes to a webhook: 16 characters or more")
if DEADMAN_URL and not DEADMAN_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured("DEADMAN_URL is an address that begins with https://, or left out")
if ALERTS_LANGUAGE not in ("zh-hans", "en"):
    raise ImproperlyConfigured("ALERTS_LANGUAGE is zh-hans or en")
