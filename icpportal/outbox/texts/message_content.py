"""Opens a message for its channel: recipient, text, attachments."""

from dataclasses import dataclass

from icpportal.gateways.errors import Refused
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts import formats as words


@dataclass(frozen=True)
class MessageContent:
    """One message ready to be sent."""

    to: str
    words: catalogue.Rendered
    attachments: list[dict[str, str]]


def content_of(message: Message) -> MessageContent:
    """The message in the language it was queued in; raises `Refused` when its content was erased."""
    payload = message.payload
    if message.is_erased:
        raise Refused("the content is erased", code="erased")
    context = words.unpack_all(payload["context"])
    rendered = catalogue.render(message.template, message.channel, payload["language"], context)
    return MessageContent(to=payload["to"], words=rendered, attachments=payload["attachments"])


def read_in(message: Message, language: str) -> catalogue.Rendered:
    """A note on the site in the language of the page; raises `UnknownMessage` when a release removed its text."""
    context = words.unpack_all(message.payload.get("context", {}))
    return catalogue.render(message.template, message.channel, language, context)
