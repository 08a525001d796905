"""Keeps the portal's URL patterns when a test has patterns of its own.

Django clears all resolver caches when `ROOT_URLCONF` changes, although they are keyed by the module's name;
the next reverse then reads the portal's patterns again for each language.
"""

from typing import Any

from django.test import signals
from django.urls import set_urlconf


def keep() -> None:
    """Installs this for the rest of the process."""
    signals.setting_changed.disconnect(signals.root_urlconf_changed)
    signals.setting_changed.connect(_root_changed)


def _root_changed(*, setting: str, **_signal: Any) -> None:
    if setting == "ROOT_URLCONF":
        set_urlconf(None)
