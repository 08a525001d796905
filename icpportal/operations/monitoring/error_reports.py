"""Sends errors to a collector with Sentry's protocol (`SENTRY_DSN`): where something broke, nothing about anybody.

An event is rebuilt from what may be sent: the type of the exception and its places in the code, the route, our
reference of the request, redacted log lines. Exception messages, variables, the request with its URL, body, headers and
cookies, and the signed-in user are not sent.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.core.exceptions import ImproperlyConfigured

from icpportal.logs import redact, redact_value, request_reference

if TYPE_CHECKING:
    from sentry_sdk.transport import Transport
    from sentry_sdk.types import Event, Hint

PLAIN = ("event_id", "timestamp", "level", "platform", "logger", "transaction", "release", "environment", "sdk")
OF_A_FRAME = ("filename", "module", "function", "lineno", "in_app", "pre_context", "context_line", "post_context")
ADDRESS_LOGGED = "django.request"
NOT_TOLD = ("sys.argv", "path")  # extras of log lines that are not sent
OF_AN_EXCEPTION = ("type", "module")


def start(dsn: str, *, transport: "Transport | None" = None) -> None:
    """Reports this process's errors from now on; does nothing without a `dsn`."""
    if not dsn:
        return
    try:
        import sentry_sdk  # noqa: PLC0415 -- optional
    except ImportError as missing:
        raise ImproperlyConfigured("SENTRY_DSN is set: install requirements-sentry.txt, or leave it empty") from missing
    sentry_sdk.init(
        dsn=dsn,
        transport=transport,
        before_send=reduce_event,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        traces_sample_rate=None,
    )


def reduce_event(event: "Event", hint: "Hint") -> "Event | None":  # noqa: ARG001 -- their signature
    """The part of an event that may be sent; None for the line in which Django logs the URL of a failure."""
    if event.get("logger") == ADDRESS_LOGGED:
        return None
    result: Event = {}
    for name in PLAIN:
        if name in event:
            result[name] = event[name]  # type: ignore[literal-required]
    if event.get("transaction_info", {}).get("source") == "url":  # a URL, not a pattern
        result.pop("transaction", None)
    if "exception" in event:
        result["exception"] = {"values": [_exception(each) for each in event["exception"].get("values", [])]}
    if "logentry" in event:
        result["logentry"] = {"message": redact(str(event["logentry"].get("message", "")))}
        extra = {name: value for name, value in event.get("extra", {}).items() if name not in NOT_TOLD}
        result["extra"] = {name: redact_value(name, str(value)) for name, value in extra.items()}
    result["tags"] = {"request": request_reference.get() or "-"}
    return result


def _exception(found: Mapping[str, object]) -> dict[str, object]:
    """Its type and places in the code; never its message, which may quote what people typed."""
    trace = found.get("stacktrace")
    frames = trace.get("frames", []) if isinstance(trace, Mapping) else []
    places = [_pick(frame, OF_A_FRAME) for frame in frames]
    return {**_pick(found, OF_AN_EXCEPTION), "stacktrace": {"frames": places}}


def _pick(facts: Mapping[str, object], names: tuple[str, ...]) -> dict[str, object]:
    return {name: facts[name] for name in names if name in facts}
