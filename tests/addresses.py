"""A test with addresses of its own costs no other test those of the portal.

Django forgets what it worked out of all addresses when `ROOT_URLCONF` changes, though it keeps them by the name of the
module; the next reverse then reads the patterns of the portal for each language again.
"""

from typing import Any

from django.test import signals
from django.urls import set_urlconf


def keep() -> None:
    """From now on in this process."""
    signals.setting_changed.disconnect(signals.root_urlconf_changed)
    signals.setting_changed.connect(_root_changed)


def _root_changed(*, setting: str, **_said: Any) -> None:
    if setting == "ROOT_URLCONF":
        set_urlconf(None)
