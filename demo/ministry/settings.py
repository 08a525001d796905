"""The settings of the simulator's process: its own database file and cookies, no table of the portal's."""

import os
from datetime import timedelta
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from icpportal.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parents[2]
env = environ.Env()

if env.str("PORTAL_MODE", default="demo") != "demo":
    raise ImproperlyConfigured("The simulator belongs to the demo: PORTAL_MODE is not 'demo'.")

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
DATABASE = Path(env.str("SIMULATOR_DB", default=str(VAR_DIR / "simulator.sqlite3")))
SECRET_KEY = "demo-only-simulator-key-never-for-production-00000000000000"  # noqa: S105 -- signs the demo's messages
DEBUG = False
DEMO = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *env.list("SIMULATOR_HOSTS", default=[])]

# --- who may speak to it: the names under which the portal finds the same values -----------------
MIIT_ISP_ID = env.int("MIIT_ISP_ID", default=100001)
MIIT_USER = env.str("MIIT_USER", default="demo-provider")
MIIT_PASSWORD = env.str("MIIT_PASSWORD", default="demo-only-password")
MIIT_ENCRYPT = env.bool("MIIT_ENCRYPT", default=True)  # of downloads; an upload states its own
MIIT_AES_KEY = env.str("MIIT_AES_KEY", default="demo-only-key-16")
MIIT_AES_IV = env.str("MIIT_AES_IV", default="demo-only-iv--16")
MIIT_XSD_DIR = env.str("MIIT_XSD_DIR", default="")
MIIT_ICPMM_WITHOUT_PASSWORD = env.str("MIIT_ICPMM_WITHOUT_PASSWORD", default="d41d8cd98f00b204e9800998ecf8427e")

# --- applications ---------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "csp",
    "icpportal.fields",
    "demo.ministry",
]
MIDDLEWARE = [
    "icpportal.middleware.RequestReference",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "icpportal.middleware.BrowserHeaders",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "demo.ministry.urls"
WSGI_APPLICATION = "demo.ministry.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "icpportal.pages.markup.renderer.PortalForms"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"portal": "icpportal.templatetags.portal"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.static",
                "django.contrib.messages.context_processors.messages",
                "demo.ministry.pages.navigation.authority_pages",
            ],
        },
    },
]

# --- database: one SQLite file, opened as the portal opens its own --------------------------------
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATABASE,
        "CONN_MAX_AGE": None,  # a thread keeps its connection
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# --- language and time, as in the portal ----------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = "icpportal.formats"
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files: the portal's style sheets, straight from the source tree ------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_BUNDLES_ROOT = VAR_DIR / "bundles"
STATICFILES_FINDERS = [
    "icpportal.pages.bundles.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
LARGEST_REQUEST = 80 * 1024 * 1024  # 50 MB of file as base64, and the envelope around it
DATA_UPLOAD_MAX_MEMORY_SIZE = LARGEST_REQUEST

# --- browsers: all ports of a host share cookies, so every cookie has its own name ----------------
SESSION_COOKIE_NAME = "simulator_session"  # never set: there are no sessions
CSRF_COOKIE_NAME = "simulator_csrf"
LANGUAGE_COOKIE_NAME = "simulator_language"
THEME_COOKIE_NAME = "theme"  # as in the demo, whose pages it follows
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())
MESSAGE_STORAGE = "demo.ministry.pages.flash_messages.Notes"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
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

LOGGING = logging_settings(readable=True, level=os.environ.get("LOG_LEVEL", "INFO"))
PORTAL_TITLE = _("ICP Filing")
