"""Writes to the chain from Django's signals: changes in the desk's own log, and staff signing in and out."""

from typing import TYPE_CHECKING

from django.contrib.admin.models import LogEntry
from django.contrib.auth import user_logged_in, user_logged_out
from django.db.models import Model
from django.db.models.signals import post_save
from django.http import HttpRequest

from icpportal.audit.actions import append
from icpportal.audit.words import CHANGE, SIGN_IN, SIGN_OUT
from icpportal.desk.event_lines import in_each_language
from icpportal.fields.client import client_address
from icpportal.fields.types import Fact, Json

if TYPE_CHECKING:
    from icpportal.accounts.models import User

WORDS_LONGEST = 500


def connect() -> None:
    """Connects the receivers."""
    post_save.connect(_record_change, sender=LogEntry, dispatch_uid="audit_changed")
    user_logged_in.connect(_signed_in, dispatch_uid="audit_signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit_signed_out")


def _record_change(sender: type[Model], instance: LogEntry, created: bool, **_kwargs: Fact) -> None:  # noqa: ARG001 -- the signal's
    """Takes only a row's number: Django's log names the row, which may be a person."""
    if created:
        kind = instance.content_type
        append(
            CHANGE,
            actor=instance.user,
            what=f"{kind.app_label}.{kind.model}" if kind else "",
            reference=str(instance.object_id or ""),
            said={"flag": instance.action_flag, "words": _words(instance.change_message)},
            now=instance.action_time,
        )


def _words(kept: str) -> Json:
    found = in_each_language(kept)
    return {language: words[:WORDS_LONGEST] for language, words in found.items()} if found else kept[:WORDS_LONGEST]


def _signed_in(sender: type[Model], request: HttpRequest | None, user: "User", **_kwargs: Fact) -> None:  # noqa: ARG001 -- the signal's
    if user.is_staff:
        append(SIGN_IN, actor=user, client=client_address(request) if request else "")


def _signed_out(sender: type[Model], request: HttpRequest | None, user: "User | None", **_kwargs: Fact) -> None:  # noqa: ARG001 -- the signal's
    if user is not None and user.is_staff:
        append(SIGN_OUT, actor=user, client=client_address(request) if request else "")
