"""Readers' choices of events and channels; what the law or the order requires is always sent.

The events are a table named by the setting `MESSAGE_EVENTS`; messages in no row are always sent.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from icpportal.accounts.models import User
from icpportal.database.prepared import CompiledQuery
from icpportal.outbox.models import SITE, Message, Muted

CHOSEN = ("email", "sms")  # notes on the site are always kept: they are the record


@dataclass(frozen=True)
class Event:
    """One event that people are told of; `optional` are channels that can be switched off, `why` says why not."""

    key: str
    label: str | Promise
    templates: tuple[str, ...]
    optional: tuple[str, ...] = ()
    why: str | Promise = ""


def events() -> Sequence[Event]:
    """The table of events, in the order in which the page shows them."""
    found: Sequence[Event] = import_string(settings.MESSAGE_EVENTS)
    return found


OFF = CompiledQuery(lambda user: Muted.objects.filter(user=user).values_list("event", "channel"), user=User._meta.pk)


def muted_pairs(user: User) -> set[tuple[str, str]]:
    """The (event, channel) pairs that this reader has switched off."""
    return {(event, channel) for event, channel in OFF.texts(user=user.pk)}


def choose(user: User, wanted: Iterable[tuple[str, str]], *, shown: Iterable[tuple[str, str]] | None = None) -> None:
    """Saves the reader's choices: unwanted optional pairs are off, fixed ones stay on.

    `shown` is what was ticked on the page: only changes to it are written, so that an outdated page does not undo the
    choices of another tab.
    """
    wanted, optional = set(wanted), {(each.key, channel) for each in events() for channel in each.optional}
    touched = optional if shown is None else optional & (wanted ^ set(shown))
    with transaction.atomic():
        for event, channel in touched & wanted:
            Muted.objects.filter(user=user, event=event, channel=channel).delete()
        Muted.objects.bulk_create(
            [Muted(user=user, event=event, channel=channel) for event, channel in sorted(touched - wanted)],
            ignore_conflicts=True,
        )


def not_muted(rows: Sequence[Message]) -> list[Message]:
    """Those of `rows` that their readers have not switched off; one query, none if nothing is optional."""
    may_be_off = {
        (template, channel): each.key for each in events() for template in each.templates for channel in each.optional
    }
    asked = {row.pk: may_be_off.get((row.template, row.channel)) for row in rows if row.user_id and row.channel != SITE}
    readers = {row.user_id for row in rows if asked.get(row.pk)}
    if not readers:
        return list(rows)
    off = set(Muted.objects.filter(user__in=readers).values_list("user_id", "event", "channel"))
    return [row for row in rows if (row.user_id, asked.get(row.pk), row.channel) not in off]
