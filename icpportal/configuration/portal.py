"""The portal as a Django project: its address, applications, pages, languages and log."""

import re
import socket
from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from icpportal.configuration.environment import BASE_DIR, DEMO, DEMO_FOLDER, VAR_DIR, demo_url, env, share_counters
from icpportal.logs import logging_settings

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"] if DEMO else [])
STAFF_HOST = env.str("STAFF_HOST", default="")  # if set, the desk is served there only
PORTAL_NOTE = VAR_DIR / "portal.url"  # URL of the running demo
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default=demo_url(PORTAL_NOTE, "http://127.0.0.1:8000")).rstrip("/")
for setting, hosts in {"ALLOWED_HOSTS": ALLOWED_HOSTS, "STAFF_HOST": [STAFF_HOST]}.items():
    if any("/" in host or " " in host for host in hosts):
        raise ImproperlyConfigured(f"{setting} holds names of hosts alone, without https://, paths and spaces")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
STAFF_BASE_URL = f"{PUBLIC_BASE_URL.partition('://')[0]}://{STAFF_HOST}" if STAFF_HOST else ""
if STAFF_HOST:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, STAFF_HOST]

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
    "allauth.socialaccount",  # for staff alone, and only where OIDC_ISSUER is set
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "formtools",
    "csp",
    "icpportal",
    "icpportal.fields",
    "icpportal.audit",
    "icpportal.backup",
    "icpportal.privacy",
    "icpportal.alarms",
    "icpportal.codes",
    "icpportal.drafts",
    "icpportal.accounts",
    "icpportal.workdays",
    "icpportal.outbox",
    "icpportal.approvals",
    "icpportal.wizard",
    "icpportal.gateways.miit",
    "verification",
    "filings",
    "transfers",
    "transfers.rights",
]
if DEMO_FOLDER.is_dir():
    INSTALLED_APPS += ["demo"]  # for its commands, which refuse to run in production

MIDDLEWARE = [
    "icpportal.middleware.RequestReference",
    "icpportal.pages.compression.CompressedTexts",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "icpportal.middleware.ContentPolicy",
    "icpportal.middleware.BrowserHeaders",
    "icpportal.pages.visitors.PublicPages",
    "icpportal.middleware.BodyLimit",
    "icpportal.middleware.RefuseNul",
    "icpportal.middleware.MachinePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "icpportal.middleware.StaffHost",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "icpportal.middleware.MessagesForPeople",
    "icpportal.accounts.sessions.SessionLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "icpportal.pages.refusals.Refusals",
    "icpportal.pages.unreadable.RowsThatCannotBeRead",
    "icpportal.drafts.middleware.PageDrafts",
    "transfers.pages.permissions.TimesThatAreOver",
]

ROOT_URLCONF = "icpportal.urls"
WSGI_APPLICATION = "icpportal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "icpportal.pages.markup.renderer.PortalForms"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "icpportal.kept_html.whole_templates.WholeLoader",
                    ["icpportal.pages.markup.sources.PageLoader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.static",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "icpportal.pages.context.portal",
            ],
        },
    },
]

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "icpportal.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- metrics (docs/operations.md#metrics): off without a token ----------------------------------
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_DIR = VAR_DIR / "metrics" / socket.gethostname()  # process ids repeat among containers
if METRICS_TOKEN:
    share_counters(METRICS_DIR)

# --- log: standard error, redacted ------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured("LOG_LEVEL is DEBUG, INFO, WARNING, ERROR or CRITICAL")
LOGGING = logging_settings(readable=DEMO, level=LOG_LEVEL)
SENTRY_DSN = env.str("SENTRY_DSN", default="")  # a collector of errors; needs requirements-sentry.txt
if SENTRY_DSN and not re.fullmatch(r"https?://[^/@]+@[^/@]+/(?:.*/)?[0-9]+", SENTRY_DSN):
    raise ImproperlyConfigured("SENTRY_DSN cannot be read: it is https://KEY@HOST/NUMBER, or left out.")
PORTAL_TITLE = _("ICP Filing")
