"""Start of gunicorn, workers and beat: refuses unfit processes, and preloads what web processes share."""

import gc
import sys

import django
from celery import current_app
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, staticfiles_storage
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

from icpportal.fields import domains, phones
from icpportal.gateways import registry
from icpportal.kept_html import source_texts
from icpportal.privacy import crypto

STATEMENT_SECONDS = 15  # a page may meet two of them before the proxy ends it after 60
EXIT_CODE = 3  # gunicorn's code for a worker that cannot boot: it stops instead of starting another one
# new objects between two collections: one page makes a few thousand, and nearly all end with it, without the collector;
# with five times as many, memory leaves the processor's cache before it is used again
OBJECTS_UNCOLLECTED = 10_000


def refuse_unfit() -> None:
    """Ends this process unless it may serve, with one sentence for each fault on standard error."""
    found = faults()
    if not found:
        return
    for words in found:
        sys.stderr.write(f"The portal does not start. {words}\n")
    sys.exit(EXIT_CODE)


def faults() -> list[str]:
    """Why this process must not serve; empty in a demo, and when nothing is wrong."""
    try:
        settings.PORTAL_MODE  # noqa: B018 -- the first look reads the settings
    except ImproperlyConfigured as problem:
        return [str(problem)]
    if settings.DEMO:
        return []
    return _unfit_settings() or _foreign_keys()


def _unfit_settings() -> list[str]:
    from icpportal.configuration.environment import placeholders_left  # noqa: PLC0415 -- reading it may be the fault

    simulators = ["SIMULATORS is on: the ministry would be an invented one. Set SIMULATORS=off."]
    examples = [
        f"{name} still has a value of production.env.example: replace it by your own." for name in placeholders_left()
    ]
    faults = [str(fault) for fault in registry.faults()]
    return [*(simulators if settings.SIMULATORS else []), *examples, *_unfit_keys(), *faults]


def _unfit_keys() -> list[str]:
    try:
        crypto.key_names()
    except ImproperlyConfigured as problem:
        return [f"{problem}."]
    return []


def _foreign_keys() -> list[str]:
    """Keys that do not match the database. Leaves no connection open for later processes to share."""
    django.setup()
    from icpportal.privacy.key_change import marks  # noqa: PLC0415 -- has models

    is_open = connection.connection is not None
    try:
        return list(filter(None, [marks.short_index_key() or marks.fault()]))
    finally:
        if not is_open:
            connection.close()


def static_file_problems() -> list[str]:
    """Why web pages could not be drawn: one names a file that `collectstatic` has not collected."""
    if settings.DEMO or not isinstance(staticfiles_storage, ManifestStaticFilesStorage):
        return []
    named = (path for finder in finders.get_finders() for path, _storage in finder.list([]))
    try:
        if all(staticfiles_storage.hash_key(path) in staticfiles_storage.hashed_files for path in named):
            return []
    except OSError as trouble:  # style sheets are joined in VAR_DIR to look at them; pages are read without
        return [f"VAR_DIR ({settings.VAR_DIR}) has no room or cannot be written: {trouble}."]
    says = "lacks files that pages name: run manage.py collectstatic --noinput, as after each upgrade."
    return [f"{settings.STATIC_ROOT} {says}"]


def bound_statements() -> None:
    """Limits the statements of the web: one that waits for a lock or a disk would hold its thread just as long.

    Workers, migrations and backups may take their time.
    """
    if connection.vendor == "postgresql":
        setattr(type(connections["default"]), "statement_seconds", STATEMENT_SECONDS)  # noqa: B010 -- not Django's


def preload() -> None:
    """Loads what first requests would load, before gunicorn forks, so that its processes share it.

    Everything a page may need except rows. Makes no network call and leaves no connection open; the garbage collector
    then ignores what was loaded, and runs once in several pages.
    """
    for words in static_file_problems():
        sys.stderr.write(f"{words}\n")
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Back")
            get_resolver().reverse_dict  # noqa: B018 -- reads the modules of all pages, and compiles all paths
    source_texts.enter()
    get_template("base.html")
    _preload_libraries()
    connections.close_all()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_UNCOLLECTED)


def _preload_libraries() -> None:
    """Those that load tables or further modules at first use."""
    caches["default"]  # noqa: B018
    current_app.amqp.queues, current_app.backend, current_app.Task, current_app.connection().transport  # noqa: B018
    domains.suffixes()
    phones.is_mobile("13800000000")
