"""The page of a file's content: first a question, then the content or why it cannot be shown."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from icpportal.fields.types import Words

FORGOTTEN = _("Erased: the retention period ended and the key was destroyed. Nobody can read it any more.")
AWAY = _("The storage of these files does not answer. Nothing is lost: try again in a minute.")
LOST = _("The content is not in the storage any more, or is another file's: restore it from a backup.")


@dataclass(frozen=True, slots=True)
class Question(Panel):
    """Warns that the look is recorded, and asks why the content is needed."""

    template: ClassVar[str] = "admin/miit/question.html"
    is_missing: bool = False  # the reason was not typed


@dataclass(frozen=True, slots=True)
class Trouble(Panel):
    """Why the content cannot be shown."""

    template: ClassVar[str] = "admin/miit/trouble.html"
    words: Words


@dataclass(frozen=True, slots=True)
class Content(Panel):
    """The content as text."""

    template: ClassVar[str] = "admin/miit/text.html"
    text: str
    is_masked: bool
