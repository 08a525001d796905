"""Keeps the context of a page once, not again for each of the hundreds of templates it includes.

Django's test client copies the context of every rendered template, included ones too. That took a twentieth of the
time of a page of the desk, and tests read only what the view passed.
"""

from copy import copy
from typing import Any

from django.test import client
from django.test.utils import ContextList


def store_rendered(store: dict[str, Any], *, template: Any, context: Any, **_signal: Any) -> None:
    """Replaces Django's handler: an included template is rendered with variables bound to the outer context."""
    if context.template is template:
        store.setdefault("templates", []).append(template)
        store.setdefault("context", ContextList()).append(copy(context))


def install() -> None:
    """Installs this for the rest of the process."""
    client.store_rendered_templates = store_rendered
