"""What a page was drawn with is kept once, not again for each of the hundreds of templates inside it.

Django's test client copies the variables each time a template is drawn, also one that another includes. A twentieth of
the time of a page of the desk went into that, and tests ask for what the view handed over.
"""

from copy import copy
from typing import Any

from django.test import client
from django.test.utils import ContextList


def kept(store: dict[str, Any], *, template: Any, context: Any, **_signal: Any) -> None:
    """In place of Django's own: a template inside another is drawn with what is bound to the outer one."""
    if context.template is template:
        store.setdefault("templates", []).append(template)
        store.setdefault("context", ContextList()).append(copy(context))


def install() -> None:
    """For the rest of the process."""
    client.store_rendered_templates = kept
