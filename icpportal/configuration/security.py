"""Keys, browser security, and the retention table that jobs and the privacy page read."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.configuration.environment import DEMO, env, secret
from icpportal.configuration.ministry import MIIT_FILES_KEPT
from icpportal.configuration.portal import PUBLIC_BASE_URL, STAFF_BASE_URL

SECRET_KEY = secret("SECRET_KEY", demo="demo-only-secret-key-never-for-production-0000000000000000")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])  # earlier keys: verify signatures, sign nothing
TRUSTED_PROXY_COUNT = env.whole("TRUSTED_PROXY_COUNT", 0, least=0, most=20)

# --- privacy ---------------------------------------------------------------------------------
# "id:base64 of 32 bytes, id:…" – the first key encrypts, all of them decrypt.
PII_KEYS = secret("PII_KEYS", demo="demo:ZGVtby1vbmx5LWtleS0wMDAwMDAwMDAwMDAwMDAwMDA=")
BLIND_INDEX_KEY = secret("BLIND_INDEX_KEY", demo="demo-only-blind-index-key")
BLIND_INDEX_KEY_FALLBACKS = env.list("BLIND_INDEX_KEY_FALLBACKS", default=[])  # earlier ones, until `rotate_keys` ran
# off while a version that cannot read sealed files still runs
SEAL_FILES = env.bool("SEAL_FILES", default=True)
# how long a backup of the keys of files lives: so long after an erasure the picture could still be brought back
BACKUP_KEPT_DAYS = env.whole("BACKUP_KEPT_DAYS", 30, least=0, most=36_500)  # the newest one longer
PICTURE_KEY_BACKUP_DAYS = env.int("PICTURE_KEY_BACKUP_DAYS", default=30)
if not 1 <= PICTURE_KEY_BACKUP_DAYS <= 30:
    raise ImproperlyConfigured(
        "PICTURE_KEY_BACKUP_DAYS is 1 to 30: erasing a picture must reach its backups within 30 days"
    )

# --- audit -----------------------------------------------------------------------------------
# entries of the audit chain: at least 180 days (MLPS level 3, Cybersecurity Law 21); three years (PIPL 56)
AUDIT_KEPT_DAYS = env.whole("AUDIT_KEPT_DAYS", 1_096, most=36_500)
REFUSALS_AN_HOUR = 20  # refusals of one member of staff that raise an alarm

# --- browser security ------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEMO)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_NAME = "__Host-language" if HTTPS else "django_language"
THEME_COOKIE_NAME = "__Host-theme" if HTTPS else "theme"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz", r"^metrics$"]  # requested by machines inside
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "icpportal.pages.errors.csrf_failure"
# browsers block forms that redirect to another host: signing in sends staff to theirs, customers to the public one
OWN_HOSTS = ["/".join(url.split("/")[:3]) for url in (PUBLIC_BASE_URL, STAFF_BASE_URL)] if STAFF_BASE_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *OWN_HOSTS],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- retention -------------------------------------------------------------------------------
LEAST = 180  # days for logs of what was done with personal data: Cybersecurity Law 23


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One row: `what` is kept for how many days after `after`; `law` is why so long, or no longer."""

    days: int
    what: str | Promise
    after: str | Promise
    law: str | Promise


OWN: Mapping[str, str] = {key.strip(): value for key, value in env.dict("RETENTION_DAYS", default={}).items()}
SET_ELSEWHERE = {"reports", "audit"}  # by the ministry's interface, and by AUDIT_KEPT_DAYS


def days(key: str, default: int) -> int:
    """The operator's value (`RETENTION_DAYS=papers=60,messages=90`), or the default."""
    chosen = OWN.get(key, str(default))
    if not chosen.strip().isdecimal() or not int(chosen):  # 0 would erase within the hour
        raise ImproperlyConfigured(f"RETENTION_DAYS cannot be read: {key} is a whole number of days, at least 1.")
    return int(chosen)


RETENTION: dict[str, RetentionRule] = {
    "papers": RetentionRule(
        days("papers", 90),
        _("Pictures of documents and the photograph of an order that ended without a filing"),
        _("the order ended"),
        _("PIPL 47"),
    ),
    "filed_papers": RetentionRule(
        days("filed_papers", 30),
        _("Pictures of documents and the photograph of an order that was carried out"),
        _("the authority's approval"),
        _("PIPL 19"),
    ),
    "details": RetentionRule(
        days("details", 90),
        _("What you entered in an order that ended without a filing, and what was written about it"),
        _("the order ended"),
        _("PIPL 47"),
    ),
    "filed_details": RetentionRule(
        days("filed_details", 1_096),
        _("What you entered in an order that was carried out"),
        _("the authority's approval"),
        _("MIIT Order 33"),
    ),
    "consents": RetentionRule(
        days("consents", 1_096),
        _("The proof that you agreed to the use of document pictures: when, and to which text"),
        _("the order ended"),
        _("PIPL 69"),
    ),
    "claims": RetentionRule(
        days("claims", 90),
        _("Documents and words of the claim of an old filing"),
        _("it was answered, or begun and not sent"),
        _("PIPL 47"),
    ),
    "reports": RetentionRule(
        MIIT_FILES_KEPT.days,
        _("Files sent to the ministry and received from it"),
        _("they were made"),
        _("ICP/IP V3.0"),
    ),
    "messages": RetentionRule(days("messages", 180), _("Messages to you"), _("they were sent"), _("PIPL 19")),
    "own_copies": RetentionRule(
        days("own_copies", 7), _("The copy of your data that you asked for"), _("it was ready"), _("PIPL 45")
    ),
    "corrections": RetentionRule(
        days("corrections", 180), _("Your correction requests and our answers"), _("our answer"), _("PIPL 46")
    ),
    "exports": RetentionRule(
        days("exports", 180), _("Which lists our staff exported"), _("they were asked for"), _("PIPL 55")
    ),
    "looks": RetentionRule(
        days("looks", 1_096), _("Which of our staff looked at your data"), _("the last look"), _("PIPL 56")
    ),
    "staff_log": RetentionRule(
        days("staff_log", 1_096), _("What our staff changed, and who allowed it"), _("the change"), _("PIPL 56")
    ),
    "audit": RetentionRule(
        AUDIT_KEPT_DAYS, _("The log in which changes would be noticed"), _("the entry"), _("PIPL 56")
    ),
}  # fmt: skip
if unknown := sorted(set(OWN) - (set(RETENTION) - SET_ELSEWHERE)):
    raise ImproperlyConfigured(
        f"RETENTION_DAYS names {', '.join(unknown)}: it may name {', '.join(sorted(set(RETENTION) - SET_ELSEWHERE))}."
    )
RETENTION_LEAST = {"looks": LEAST, "staff_log": LEAST, "audit": LEAST}
