"""Every setting of the portal, read from the environment; without one it is the demo under `var/`."""

import json
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from icpportal.gateways.inventory import places
from icpportal.gateways.miit import code_names
from icpportal.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- which portal is this? -------------------------------------------------------------------
# "demo": everything under var/, simulators on, invented keys. "production": nothing secret has a default.
PORTAL_MODE = env.str("PORTAL_MODE", default="demo")
if PORTAL_MODE not in ("demo", "production"):
    raise ImproperlyConfigured("PORTAL_MODE is 'demo' or 'production'")
DEMO = PORTAL_MODE == "demo"
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
if DEMO:
    VAR_DIR.mkdir(parents=True, exist_ok=True)


def secret(name: str, *, demo: str) -> str:
    """The secret `name`; outside the demo a missing one stops the start."""
    return env.str(name, default=demo) if DEMO else env.str(name)


def noted(note: Path, default: str) -> str:
    """The address that the running demo left in its data folder, so that commands beside it use the same one."""
    return note.read_text("utf-8").strip() if DEMO and note.exists() else default


def json_object(name: str) -> Any:
    """The JSON of `name`, {} where it is empty; what cannot be read is named."""
    text = env.str(name, default="").strip()
    try:
        return json.loads(text) if text else {}
    except ValueError as problem:
        raise ImproperlyConfigured(f"{name} is not JSON") from problem


DEBUG = False
SECRET_KEY = secret("SECRET_KEY", demo="demo-only-secret-key-never-for-production-0000000000000000")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"] if DEMO else [])
PORTAL_NOTE = VAR_DIR / "portal.url"  # where the running demo is
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default=noted(PORTAL_NOTE, "http://127.0.0.1:8000"))
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "icpportal.apps.ReviewDeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "formtools",
    "csp",
    "icpportal",
    "icpportal.entry",
    "icpportal.privacy",
    "icpportal.alarms",
    "icpportal.codes",
    "icpportal.accounts",
    "icpportal.workdays",
    "icpportal.outbox",
    "icpportal.wizard",
    "icpportal.gateways.miit",
    "verification",
    "filings",
    "transfers",
]

MIDDLEWARE = [
    "icpportal.middleware.RequestReference",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "icpportal.middleware.BrowserHeaders",
    "icpportal.middleware.RefuseNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "icpportal.accounts.sessions.SessionLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "icpportal.cannot_read.RowsThatCannotBeRead",
    "transfers.views.access.TimesThatAreOver",
]

ROOT_URLCONF = "icpportal.urls"
WSGI_APPLICATION = "icpportal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.static",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "icpportal.context.portal",
            ],
        },
    },
]

# --- database: SQLite in WAL, opened IMMEDIATE, unless DATABASE_URL says otherwise -----------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
DATABASE_URL = secret("DATABASE_URL", demo=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file: in memory, threads lock each other out
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- cache (rate limits of the account pages live here) --------------------------------------
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "icpportal.codes.cache.SteadyCache", "LOCATION": REDIS_URL}  # the database while it is away
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": VAR_DIR / "cache"}
}

# --- workers ---------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING below, with its redaction, stays in force
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)  # on files it would only leave files behind
CELERY_TIMEZONE = "UTC"


# In which queue each task waits, so that no code waits for a picture and nothing for the ministry. A worker listens to
# all of them, or to those that its `--queues` names.
QUEUES = {
    "codes": ("deliver_codes",),
    "pictures": ("examine_document", "sweep_documents"),
    "ministry": ("send_reports", "pull_answers", "ask_phones"),
    "rest": (
        "deliver_outbox",
        "sweep_deadlines",
        "run_import",
        "sweep_imports",
        "heartbeat",
        "reconcile",
        "store_bodies",
        "tidy",
    ),
}
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "rest"
CELERY_TASK_ROUTES = {f"icpportal.tasks.{task}": {"queue": name} for name, tasks in QUEUES.items() for task in tasks}


def every(task: str, seconds: int) -> dict[str, object]:
    """A job of beat; one that no worker took before the next is due is dropped."""
    return {"task": f"icpportal.tasks.{task}", "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "codes": every("deliver_codes", 5),
    "outbox": every("deliver_outbox", 5),
    "reports": every("send_reports", 3 if DEMO else 10),
    "answers": every("pull_answers", 3 if DEMO else 10),
    "phones": every("ask_phones", 3 if DEMO else 10),
    "documents": every("sweep_documents", 20),
    "deadlines": every("sweep_deadlines", 60),
    "bodies": every("store_bodies", 60),
    "imports": every("sweep_imports", 60),
    "heartbeat": every("heartbeat", 60),
    "reconcile": every("reconcile", 600),
    "tidy": every("tidy", 3600),
}
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 4,  # without these a broker that hangs holds whoever publishes for ever
        "socket_timeout": 10,
    }
else:
    BROKER_DIR = VAR_DIR / "broker"
    for folder in ("messages", "control", "processed"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
    CELERY_BROKER_TRANSPORT = "icpportal.broker:Transport"

# --- accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["icpportal.accounts.backend.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "start"
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMO)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "icpportal.accounts.passwords.NotAlike"},
    {"NAME": "icpportal.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "icpportal.accounts.passwords.NotCommon"},
    {"NAME": "icpportal.accounts.passwords.LongerForStaff"},
]
# Confirmation, reset and step-up are pages of our own: allauth keeps its codes in the session.
ACCOUNT_ADAPTER = "icpportal.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "icpportal.accounts.forms.SignInForm",
    "reauthenticate": "icpportal.accounts.forms.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "icpportal.accounts.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "icpportal.accounts.second_factor.AuthenticateForm",
    "reauthenticate": "icpportal.accounts.second_factor.ReauthenticateForm",
    "activate_totp": "icpportal.accounts.second_factor.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
TERMS_VERSION = "2026-11"
# A session ends so long after sign-in, however busy it is, and so long after its last request.
SESSION_LIMITS = {
    "applicant": (timedelta(days=14), timedelta(days=3)),
    "staff": (timedelta(hours=12), timedelta(hours=1)),
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
# What each role may do, as "app.codename"; `manage.py ensure_roles` writes it into the groups.
REGISTER = [
    "filings.view_subject",
    "filings.view_person",
    "filings.view_website",
    "filings.view_access",
    "filings.view_legacyrecord",
]
REVIEW = [
    "filings.view_legacyclaim",
    "filings.review_claim",
    "verification.view_backdrop",
    "verification.post_backdrop",
    "verification.view_backdropstock",
    "verification.change_backdropstock",
    "transfers.review_order",
    "transfers.view_order",
    "transfers.view_objection",
    "transfers.change_objection",
    "transfers.view_returnreason",
    "transfers.view_causecancellation",
    "transfers.add_causecancellation",
    *REGISTER,
]
MINISTRY = ["miit.view_report", "miit.view_uploadfile", "miit.view_inboxfile", "miit.view_line", "miit.view_tablerow"]
ROLE_PERMISSIONS: dict[str, list[str]] = {
    "applicant": [],
    "reviewer": [*REVIEW],
    "lead reviewer": [
        *REVIEW,
        "transfers.lead_review",
        "transfers.add_returnreason",
        "transfers.change_returnreason",
        "transfers.view_parkedanswer",
        "transfers.apply_parkedanswer",
    ],
    "auditor": [
        "accounts.view_user",
        "codes.view_code",
        "outbox.view_message",
        "privacy.view_accessnote",
        "transfers.audit_order",
        "transfers.view_causecancellation",
        "transfers.view_order",
        "transfers.view_parkedanswer",
        "transfers.view_reviewround",
        *REGISTER,
        *MINISTRY,
    ],
    "operations": [
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "alarms.view_alarm",
        "alarms.view_setaside",
        "alarms.retry_setaside",
        "codes.view_code",
        "outbox.view_message",
        "outbox.deliver_message",
        "transfers.operate_order",
        "verification.view_photoplace",
        "verification.add_photoplace",
        "verification.change_photoplace",
        "transfers.view_parkedanswer",
        "transfers.change_parkedanswer",
        "transfers.apply_parkedanswer",
        "workdays.view_workcalendarday",
        "workdays.add_workcalendarday",
        "workdays.change_workcalendarday",
        "workdays.delete_workcalendarday",
        *MINISTRY,
        "miit.operate_ministry",
    ],
}

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "icpportal.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(VAR_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
PRIVATE_ROOT = VAR_DIR / "documents"
QUARANTINE_ROOT = VAR_DIR / "quarantine"
MINISTRY_ROOT = VAR_DIR / "ministry"  # what went to the ministry and came from it, sealed
PRIVATE_FILES = {"base_url": None, "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
S3_BUCKET = env.str("S3_BUCKET", default="")
if S3_BUCKET:
    S3_OPTIONS = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env.str("S3_ENDPOINT_URL", default=None),
        "region_name": env.str("S3_REGION", default=None),
        "access_key": env.str("S3_ACCESS_KEY"),
        "secret_key": env.str("S3_SECRET_KEY"),
        "default_acl": None,
        "querystring_auth": True,
        "querystring_expire": 60,
        "file_overwrite": False,
    }
    DOCUMENT_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**S3_OPTIONS, "location": "documents"}}
    QUARANTINE_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**S3_OPTIONS, "location": "quarantine"},
    }
    MINISTRY_STORAGE = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**S3_OPTIONS, "location": "ministry"}}
else:
    DOCUMENT_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, **PRIVATE_FILES},
    }
    QUARANTINE_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": QUARANTINE_ROOT, **PRIVATE_FILES},
    }
    MINISTRY_STORAGE = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MINISTRY_ROOT, **PRIVATE_FILES},
    }
STORAGES = {
    "default": DOCUMENT_STORAGE,
    "documents": DOCUMENT_STORAGE,
    "quarantine": QUARANTINE_STORAGE,
    "ministry": MINISTRY_STORAGE,
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage")
    },
}
UPLOAD_MAX_BYTES = 8 * 1024 * 1024
UPLOAD_MAX_PIXELS = 40_000_000
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "verification.documents.intake.BoundedUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- privacy ---------------------------------------------------------------------------------
# "id:base64 of 32 bytes, id:…" – the first key encrypts, all of them decrypt.
PII_KEYS = secret("PII_KEYS", demo="demo:ZGVtby1vbmx5LWtleS0wMDAwMDAwMDAwMDAwMDAwMDA=")
BLIND_INDEX_KEY = secret("BLIND_INDEX_KEY", demo="demo-only-blind-index-key")

# --- gateways (dotted names; each module's factory is called without arguments) ---------------
AUTHORITY_GATEWAY = env.str("AUTHORITY_GATEWAY", default="icpportal.gateways.miit.gateway.MinistryAuthority")
# The ministry's interface (docs/ministry.md). In the demo its simulator answers, a process of its own.
SIMULATOR_NOTE = VAR_DIR / "simulator.url"  # where the running demo's simulator is
SIMULATOR_URL = env.str("SIMULATOR_URL", default=noted(SIMULATOR_NOTE, "http://127.0.0.1:8001")).rstrip("/")
MIIT_VERSION = env.str("MIIT_VERSION", default="V.3.0")
MIIT_ISP_ID = env.int("MIIT_ISP_ID", default=100001) if DEMO else env.int("MIIT_ISP_ID")
MIIT_USER = secret("MIIT_USER", demo="demo-provider")
MIIT_PASSWORD = secret("MIIT_PASSWORD", demo="demo-only-password")
MIIT_ENCRYPT = env.bool("MIIT_ENCRYPT", default=True)
MIIT_AES_KEY = secret("MIIT_AES_KEY", demo="demo-only-key-16") if MIIT_ENCRYPT else env.str("MIIT_AES_KEY", default="")
MIIT_AES_IV = secret("MIIT_AES_IV", demo="demo-only-iv--16") if MIIT_ENCRYPT else env.str("MIIT_AES_IV", default="")
MIIT_FILES_URL = secret("MIIT_FILES_URL", demo=f"{SIMULATOR_URL}/ISPWebService/upDownLoad")
MIIT_STATUS_URL = secret("MIIT_STATUS_URL", demo=f"{SIMULATOR_URL}/BeianStatusWebService/queryBeianStatus")
MIIT_PASSWORD_URL = secret("MIIT_PASSWORD_URL", demo=f"{SIMULATOR_URL}/BeianStatusWebService/verifyBamm")
MIIT_FILES_WSDL = env.str("MIIT_FILES_WSDL", default=f"{MIIT_FILES_URL}?wsdl")  # an address or a file
MIIT_STATUS_WSDL = env.str("MIIT_STATUS_WSDL", default=f"{MIIT_STATUS_URL}?wsdl")
MIIT_PASSWORD_WSDL = env.str("MIIT_PASSWORD_WSDL", default=f"{MIIT_PASSWORD_URL}?wsdl")
MIIT_SOURCE_ADDRESS = env.str("MIIT_SOURCE_ADDRESS", default="")  # the address the administration knows us by
MIIT_CONNECT_SECONDS = env.int("MIIT_CONNECT_SECONDS", default=10)
MIIT_FILES_SECONDS = env.int("MIIT_FILES_SECONDS", default=180)  # for one upload or download
# seconds between two looks for downloads: after news; without news; without news and without a report that waits
MIIT_POLL_SECONDS = env.list("MIIT_POLL_SECONDS", cast=int, default=[2, 2, 2] if DEMO else [10, 300, 600])
MIIT_DAMAGED_HOURS = env.int("MIIT_DAMAGED_HOURS", default=6)  # how long a damaged download is waited for
MIIT_LEASE_SECONDS = 15  # how long a sender or fetcher that was killed keeps the line; a live one renews it
MIIT_XSD_DIR = env.str("MIIT_XSD_DIR", default="")  # the ministry's schemas; with them nothing leaves unvalidated
# what stands for an answer of the administration, once it is set
SET_BY_OPERATOR = {name for name in ("MIIT_ICPMM_WITHOUT_PASSWORD", "MIIT_CANCELLATION_REASON") if name in env.ENVIRON}
MIIT_ICPMM_WITHOUT_PASSWORD = env.str("MIIT_ICPMM_WITHOUT_PASSWORD", default="d41d8cd98f00b204e9800998ecf8427e")
MIIT_CANCELLATION_REASON = env.int("MIIT_CANCELLATION_REASON", default=1)  # Zxly: no public table, see JCDM
MIIT_CODES = json_object("MIIT_CODES")  # {"Wzjrfs": {"cloud": 5}}: a number of the tables instead of the built-in one
MIIT_PHONES_URL = env.str("MIIT_PHONES_URL", default=f"{SIMULATOR_URL}/phones" if DEMO else "")  # not part of V3.0
# Of the open windows so many are asked about in one round of so many seconds, each so often; one whose owner is on the
# page, or that is about to end, in every round.
PHONES_IN_A_ROUND = env.int("PHONES_IN_A_ROUND", default=200)
PHONES_ROUND_SECONDS = 5
PHONES_ASKED_EVERY = timedelta(seconds=env.int("PHONES_ASKED_EVERY_SECONDS", default=3 if DEMO else 60))
# how long a report may wait for the answer to an earlier one of its order before operations are told
MIIT_EARLIER_REPORT_DAYS = env.int("MIIT_EARLIER_REPORT_DAYS", default=3)
MIIT_FILES_KEPT = timedelta(days=100)  # at least three months, says the interface
AUTHORITY_PICTURES = "transfers.report.picture"  # the bytes of an attachment, by its handle
INVENTORY_GATEWAY = env.str("INVENTORY_GATEWAY", default="icpportal.gateways.inventory.file.FileInventory")
INVENTORY_URL = env.str("INVENTORY_URL", default="")  # for icpportal.gateways.inventory.http.HttpInventory
INVENTORY_TOKEN = env.str("INVENTORY_TOKEN") if INVENTORY_URL else ""
INVENTORY_CA_FILE = env.str("INVENTORY_CA_FILE", default="")  # a certificate authority of the provider's own
SMS_GATEWAY = env.str("SMS_GATEWAY", default="icpportal.gateways.sms.page.PageSms")
SMS_HTTP = env.json("SMS_HTTP", default={})  # for icpportal.gateways.sms.http.HttpSms, which says what goes in
NO_SCANNER = "icpportal.gateways.scanner.none.NoScanner"
SCANNER_GATEWAY = env.str("SCANNER_GATEWAY", default=NO_SCANNER if DEMO else "icpportal.gateways.scanner.clamd.Clamd")
SCANNER_ADDRESS = env.str("SCANNER_ADDRESS", default="/var/run/clamav/clamd.ctl")  # a socket, or host:port
SIMULATORS = env.bool("SIMULATORS", default=DEMO)
# Shanghai's app (docs/photo-app.md); without one the applicant uploads the photo it took
PHOTO_APPS = "icpportal.gateways.photo_app"
PHOTO_APP_URL = env.str("PHOTO_APP_URL", default="")
PHOTO_APP_TOKEN = env.str("PHOTO_APP_TOKEN") if PHOTO_APP_URL else ""
PHOTO_APP_CA_FILE = env.str("PHOTO_APP_CA_FILE", default="")  # a certificate authority of the administration's own
PHOTO_APP_USUAL = f"{PHOTO_APPS}.http.HttpApp" if PHOTO_APP_URL else f"{PHOTO_APPS}.page.PageApp" if DEMO else ""
PHOTO_APP_GATEWAY = env.str("PHOTO_APP_GATEWAY", default=PHOTO_APP_USUAL)
RESOLVERS = "icpportal.gateways.dns"
DNS_GATEWAY = env.str("DNS_GATEWAY", default=f"{RESOLVERS}.{'file.File' if DEMO else 'system.System'}Resolver")
DNS_SECONDS = 2  # for one question of a page; without an answer the page says that it could not be checked
GATEWAY_REQUEST_SECONDS = 6  # all questions of one request together
WEB_THREADS = env.int("WEB_THREADS", default=16)  # of each process of the web; the image and the demo start so many
GATEWAY_REQUESTS_AT_ONCE = max(1, WEB_THREADS * 3 // 4)  # per process: a system that hangs leaves the rest to others
GATEWAY_SLOT_SECONDS = 1  # how long an asker waits for one of these
AUTHORITY_TELLS_PHONES = env.bool("AUTHORITY_TELLS_PHONES", default=bool(MIIT_PHONES_URL))

# --- where a lower part reaches up (architecture §3): dotted names, never imports -------------
MESSENGER = "icpportal.outbox.actions.tell"  # codes and accounts send through this
MESSAGE_EVENTS = "transfers.message_events.EVENTS"  # what people may choose to be told, for the outbox
AUTHORITY_ANSWERS = "transfers.authority.take_answer"  # one handler for every outcome
OUTBOX_CHANNELS = {
    "email": "icpportal.outbox.channels.email.deliver",
    "sms": "icpportal.outbox.channels.sms.deliver",
    "site": "icpportal.outbox.channels.site.deliver",
    "authority": "transfers.authority.deliver_report",
}
OUTBOX_LEASE_SECONDS = 60  # how long a worker that was killed keeps a message from the others
OUTBOX_NEVER_GIVES_UP = ["authority"]  # a report is tried every hour until it arrives; the rest fails after two days

# --- rules -----------------------------------------------------------------------------------
RULE_PROFILE = env.str("RULE_PROFILE", default="seed-2018")
DRAFT_KEPT = RETURNED_KEPT = timedelta(days=60)  # without a change; then the clock closes the order
# the same of one that waits for its photo, or came back from the authority and was not sent again
WAITS_KEPT = timedelta(days=env.int("WAITS_KEPT_DAYS", default=60))
IDLE_WARNED = (timedelta(days=15), timedelta(days=1))  # so long before that its owner is warned
CONFIRMED_FOR = timedelta(days=30)  # a service code or filing password in a draft is then asked again
QUIET_HOURS = (
    time.fromisoformat(env.str("QUIET_FROM", default="22:00")),
    time.fromisoformat(env.str("QUIET_TO", default="08:00")),
)
BACKDROP_ADDRESS_KEPT = timedelta(days=90)  # after it was delivered or called off
PAPERS_BY_PHONE_EVERYWHERE = env.bool("PAPERS_BY_PHONE_EVERYWHERE", default=False)  # not only where the rules name it
# a cancellation: how long it can be stopped, how long nothing goes after a change of mobile or address, and whether
# the last known access may go (it is warned of in any case)
CANCEL_COOL_OFF = timedelta(hours=env.int("CANCEL_COOL_OFF_HOURS", default=0))
CANCEL_PAUSE = timedelta(hours=env.int("CANCEL_PAUSE_HOURS", default=24))
CANCEL_REFUSE_LAST_ACCESS = env.bool("CANCEL_REFUSE_LAST_ACCESS", default=False)
CANCEL_DRAFT_KEPT = timedelta(days=1)
CANCEL_PROOF_COUNTS = timedelta(minutes=10)  # from the right code to the last press
PASSWORD_DIGEST_KEPT = timedelta(days=60)
# a code is used up by an approved filing alone; off: an order that is given up takes its code with it
SERVICE_CODE_RETURNED = env.bool("SERVICE_CODE_RETURNED", default=True)
# The old platform whose filings are imported (docs/import.md), and whether one account may import only once.
OLD_PLATFORM_ZH = env.str("OLD_PLATFORM_ZH", default="万网备案平台")
OLD_PLATFORM_EN = env.str("OLD_PLATFORM_EN", default="HiChina")
IMPORT_ONE_OLD_ACCOUNT = env.bool("IMPORT_ONE_OLD_ACCOUNT", default=False)

# --- limits: (how many, in how many seconds); the demo sets roomier ones ----------------------
ROOMIER = 50 if DEMO else 1
LIMITS = {
    "verify_type": (10 * ROOMIER, 3600),
    "service_code": (10 * ROOMIER, 3600),
    "service_code_apply": (20 * ROOMIER, 3600),
    "service_code_handover": (20 * ROOMIER, 3600),
    "filing_password_order": (5, 3600),
    "filing_password_account": (10 * ROOMIER, 86400),
    "filing_password_number": (10 * ROOMIER, 86400),
    "photo_code_order": (5, 3600),
    "photo_code_account": (10 * ROOMIER, 86400),
    "photo_code_mobile": (10 * ROOMIER, 86400),
    "place_text": (5, 86400),
    "place_text_pause": (1, 10 if DEMO else 60),  # a second press sends no second text
    "import_account": (10 * ROOMIER, 3600),
    "import_old_account": (5, 3600),
    "import_claim": (10 * ROOMIER, 3600),
    "import_find": (5 * ROOMIER, 3600),
    "import_find_domain": (10, 86400),
    "import_find_mobile": (2 * ROOMIER, 3600),
    "import_find_code": (10 * ROOMIER, 3600),
    "code_destination_hour": (5 * ROOMIER, 3600),
    "code_destination_day": (10 * ROOMIER, 86400),
    "code_client_hour": (20 * ROOMIER, 3600),
}
ACCOUNT_RATE_LIMITS = {
    "signup": f"{20 * ROOMIER}/m/ip",
    "login": f"{30 * ROOMIER}/m/ip",
    "login_failed": f"{10 * ROOMIER}/m/ip,5/5m/key",
    "reset_password": f"{20 * ROOMIER}/m/ip,5/m/key",
}
CODE_RESEND_SECONDS = env.int("CODE_RESEND_SECONDS", default=5 if DEMO else 60)

# --- the provider: invented in the demo, never in the code ------------------------------------
PROVIDER_NAME_ZH = env.str("PROVIDER_NAME_ZH", default="示例云")
PROVIDER_NAME_EN = env.str("PROVIDER_NAME_EN", default="Example Cloud")
PROVIDER_HOTLINE = env.str("PROVIDER_HOTLINE", default="400-000-0000")
PROVIDER_HOURS = env.str("PROVIDER_HOURS", default="9:00–18:00")
PROVIDER_CALLER_NUMBERS = env.list("PROVIDER_CALLER_NUMBERS", default=["010-0000-0001", "010-0000-0002"])
PROVIDER_PRODUCTS = env.json(
    "PROVIDER_PRODUCTS",
    default=[
        {"key": "ecs", "zh": "云服务器 ECS", "en": "Elastic Compute Service"},
        {"key": "hosting", "zh": "云虚拟主机", "en": "Web hosting"},
        {"key": "simple", "zh": "轻量应用服务器", "en": "Simple server"},
    ],
)
PROVIDER_NETWORKS = env.list("PROVIDER_NETWORKS", default=["192.0.2.0/24"] if DEMO else [])  # our servers' addresses
# where the servers stand, two digits of GB/T 2260; where in several provinces, all of them, and each server says where
SERVER_PROVINCE = env.str("SERVER_PROVINCE", default="64" if DEMO else "")
SERVER_PLACES = json_object("SERVER_PLACES")  # {"the list's region": "its province"}
for words in (*places.faults(SERVER_PROVINCE, SERVER_PLACES), *code_names.faults(MIIT_CODES)):
    raise ImproperlyConfigured(words)
DNS_CHECK_NAME = env.str("DNS_CHECK_NAME", default="beian.miit.gov.cn")  # a name that the resolver must know
SMS_SIGNATURE_ZH = env.str("SMS_SIGNATURE_ZH", default="网站备案")
SMS_SIGNATURE_EN = env.str("SMS_SIGNATURE_EN", default="ICP Filing")

# --- mail ------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url_config(secret("EMAIL_URL", demo="consolemail://"))
EMAIL_BACKEND = "icpportal.outbox.page_mail.PageEmailBackend" if SIMULATORS else EMAIL_CONFIG["EMAIL_BACKEND"]
if EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend":
    EMAIL_BACKEND = "icpportal.outbox.smtp.EmailBackend"  # Django's, which also says whether a mail had left
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="filing@beian.example.com")

# --- browser security ------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=not DEMO)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz", r"^readyz"]  # asked by machines, inside
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "icpportal.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- log: standard error, redacted ------------------------------------------------------------
LOGGING = logging_settings(readable=DEMO, level=env.str("LOG_LEVEL", default="INFO"))
PORTAL_TITLE = _("ICP Filing")
