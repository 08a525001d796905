"""Queues messages: written in the transaction of what they tell of, and sent afterwards."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict, Unpack
from uuid import UUID, uuid4

from django.conf import settings
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.alarms.actions import clear
from icpportal.database.prepared import insert_unless_there, insert_whole
from icpportal.fields.types import Columns, Facts, JsonObject
from icpportal.lifecycle.many_rows import insert
from icpportal.outbox import preferences, wake
from icpportal.outbox.models import HALTED, SITE, Message, State
from icpportal.outbox.queries import UNREAD, alarm_of, failed_messages
from icpportal.outbox.texts import catalogue, formats
from icpportal.privacy.fields import seal_value, sealed_for

logger = logging.getLogger(__name__)
GIVEN_UP = "given up by staff"


class Attachment(TypedDict):
    """A file attached to a mail."""

    name: str
    type: str
    content: str


class Letter(TypedDict):
    """A message of the catalogue for one reader and channel; `context` has its values."""

    key: str
    template: str
    channel: str
    to: str
    language: str
    context: Facts
    reference: NotRequired[str]
    user_id: NotRequired[UUID | str | None]
    attachments: NotRequired[Sequence[Attachment]]
    not_before: NotRequired[datetime | None]
    not_after: NotRequired[datetime | None]


class QueueArguments(TypedDict):
    """One of many things to queue for a channel; the keys are arguments of `queue`."""

    key: str
    payload: JsonObject
    reference: str


class ContentErased(Exception):
    """The content of the message was erased: it cannot be sent again."""


def queue(
    *,
    channel: str,
    key: str,
    payload: JsonObject,
    reference: str = "",
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    is_secret: bool = False,
) -> Message:
    """Queues `payload` for `channel`. The same `key` again changes nothing and returns the existing row."""
    message = _message(channel, key, dict(payload), reference, not_before)
    message.not_after, message.is_secret = not_after, is_secret
    return _keep(message)


def queue_all(owed: Iterable[QueueArguments], *, channel: str, template: str = "") -> None:
    """`queue` for many with one INSERT; existing keys stay as they are.

    Wakes no worker: the caller wakes one when everything is written.
    """
    now, rows = timezone.now(), list[Columns]()
    for each in owed:
        pk = uuid4()
        _check_key(channel, each["key"])
        rows.append(
            {
                "id": pk,
                "key": each["key"],
                "event": _event(channel, each["key"]),
                "reference": each["reference"],
                "payload": sealed_for(Message, "payload", pk, each["payload"]),
            }
        )
    same: Columns = {"channel": channel, "template": template, "next_at": now, "created_at": now}
    insert(Message, rows, same, ignore_conflicts=True)


def notify(**letter: Unpack[Letter]) -> Message:
    """Queues a message of the catalogue; the arguments are those of `letter`.

    A missing value, an unknown message or a line break in an address raises here, in the caller's transaction, not at
    delivery. A message that its reader has switched off is returned unsaved.
    """
    message = _letter(**letter)
    return _keep(message) if preferences.not_muted([message]) else message


def notify_all(letters: Iterable[Letter]) -> int:
    """`notify` for many with one INSERT; existing keys stay as they are."""
    rows = preferences.not_muted([_letter(**letter) for letter in letters])
    insert_whole(rows, unless_there=True)
    _call(rows)
    return len(rows)


def _letter(
    *,
    key: str,
    template: str,
    channel: str,
    to: str,
    language: str,
    context: Facts,
    reference: str = "",
    user_id: UUID | str | None = None,
    attachments: Sequence[Attachment] = (),
    not_before: datetime | None = None,
    not_after: datetime | None = None,
) -> Message:
    now = timezone.now()
    needed = {
        name: context[name] for name in catalogue.words_needed(template, channel) if context.get(name) is not None
    }
    catalogue.render(template, channel, language, needed)
    _check_address(channel, to, template)
    payload = {
        "to": to,
        "language": language,
        "context": formats.pack(needed),
        "attachments": [_attachment(**one) for one in attachments],
    }
    message = _message(channel, key, payload, reference, not_before)
    message.template = template
    message.is_secret = catalogue.is_secret(template)
    message.not_after = not_after or catalogue.good_until(template, context, now=now)
    message.user_id = to if channel == SITE and user_id is None else user_id
    return message


def _attachment(*, name: str, type: str, content: str) -> dict[str, str]:  # noqa: A002 -- the word of the key
    if catalogue.BREAKS.search(name + type):
        raise catalogue.HeaderInjection("the name of an attachment has a line break")
    return {"name": name, "type": type, "content": content}


def _check_address(channel: str, to: str, template: str) -> None:
    if not to or catalogue.BREAKS.search(to):
        raise catalogue.HeaderInjection(f"no address that {template} could go to by {channel}")
    if channel == SITE and catalogue.is_secret(template):
        raise ValueError(f"{template} holds a code: it never lies on the site")


def _message(channel: str, key: str, payload: JsonObject, reference: str, not_before: datetime | None) -> Message:
    _check_key(channel, key)
    event = _event(channel, key)
    message = Message(channel=channel, key=key, event=event, payload=payload, reference=reference)
    message.next_at = not_before or message.next_at
    return message


def _check_key(channel: str, key: str) -> None:
    if channel not in settings.OUTBOX_CHANNELS:
        raise ValueError(f"no channel {channel}")
    if not key or "@" in key:
        raise ValueError("a key names the event, without personal data")


def _event(channel: str, key: str) -> str:
    """What the message is about, whatever the channel."""
    return ":".join(part for part in key.split(":") if part != channel)


def _keep(message: Message) -> Message:
    if not insert_unless_there(message):
        there = Message.objects.filter(key=message.key).first()
        if there is not None:
            return there
        message.save(force_insert=True)  # erased since; or the conflict is about something other than the key
    _call([message])
    return message


def _call(messages: Iterable[Message]) -> None:
    """Wakes a worker for codes, for other messages, or for both."""
    for is_secret in {message.is_secret for message in messages}:
        wake.wake_worker(wake.DELIVER_CODES if is_secret else wake.DELIVER)


def retry_now(key: str, *, now: datetime | None = None) -> bool:
    """Makes a waiting message due now; returns False when it is not waiting."""
    now = now or timezone.now()
    hurried = Message.objects.filter(key=key, state=State.WAITING, next_at__gt=now).update(next_at=now)
    if hurried:
        wake.wake_worker(wake.DELIVER)
    return bool(hurried)


# --- by staff --------------------------------------------------------------------------------


def resend(message: Message, *, actor: User, now: datetime | None = None) -> bool:
    """Makes a failed or waiting message due, delays starting over; returns False when it is being sent or done."""
    if message.is_erased:
        raise ContentErased(str(message))
    rows = Message.objects.filter(pk=message.pk, state__in=HALTED)
    again = rows.update(
        state=State.WAITING,
        attempts=0,
        unknown=0,
        next_at=now or timezone.now(),
        not_after=None,
        failed_at=None,
        given_up_at=None,
        last_error="",
        lost="",
        arrived_at=None,
        ask_at=None,
        asked=0,
    )
    if again:
        _note("sent again by staff", message, actor)
        _clear_alarm(message)
        _call([message])
    return bool(again)


def discard(message: Message, *, actor: User, now: datetime | None = None) -> bool:
    """Gives up a message, or marks a failed one as dealt with; returns False when it is being sent or done."""
    rows = Message.objects.filter(pk=message.pk, state__in=HALTED, given_up_at=None)
    now = now or timezone.now()
    given_up = rows.update(
        state=State.UNKNOWN if message.unknown else State.FAILED,
        next_at=None,
        failed_at=now,
        given_up_at=now,
        last_error=GIVEN_UP,
        **erasure(message),
    )
    if given_up:
        _note("given up by staff", message, actor)
        _clear_alarm(message)
    return bool(given_up)


def erasure(message: Message) -> Columns:
    """The columns that erase the content of a message with a code, for the UPDATE that ends it."""
    if not message.is_secret:
        return {}
    message.payload = {}
    return {"payload": seal_value(message, "payload")}


def _clear_alarm(message: Message) -> None:
    """Closes a channel's alarm once somebody has dealt with each of its messages."""
    if not failed_messages().filter(state=State.UNKNOWN, channel=message.channel).exists():
        clear(alarm_of(message.channel))


def _note(what: str, message: Message, actor: User) -> None:
    facts = {"key": message.key, "reference": message.reference, "actor": str(getattr(actor, "pk", actor))}
    logger.info(what, extra=facts)


# --- by the reader ---------------------------------------------------------------------------


def mark_read(user: User, pk: UUID | None = None, *, now: datetime | None = None) -> int:
    """Marks one of the reader's notes as read, or all of them; returns how many were new."""
    mine = Message.objects.filter(user=user, channel=SITE, read_at=None)
    chosen = mine if pk is None else mine.filter(pk=pk)
    setattr(user, UNREAD, None)  # the count read with the account is outdated
    return chosen.update(read_at=now or timezone.now())
