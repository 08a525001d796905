"""Text messages, to mainland mobiles only: anything else would invite toll fraud."""

import logging
import re

from django.db import DatabaseError, transaction

from icpportal.codes import texts
from icpportal.gateways.errors import Refused, Unknown
from icpportal.gateways.sms.base import TemplateMessages, text_messages
from icpportal.outbox.models import Message
from icpportal.outbox.texts.message_content import MessageContent, content_of

logger = logging.getLogger(__name__)
MAINLAND_MOBILE = re.compile(r"1[3-9]\d{9}")


def deliver(message: Message) -> str:
    """Sends the text and returns the supplier's receipt."""
    letter = content_of(message)
    if not MAINLAND_MOBILE.fullmatch(letter.to):
        raise Refused("not a mainland mobile", code="number")
    receipt = _hand_over(letter, message.key)
    if not isinstance(receipt, str) or not receipt:
        raise Unknown("the supplier's answer made no sense")
    if not message.is_secret:  # a code was counted when it was requested
        _count(message)
    return receipt


def _count(message: Message) -> None:
    """Counts against the budget. Never raises: the text was sent, and nothing may have it sent again."""
    try:
        with transaction.atomic():
            texts.spend()
    except DatabaseError:
        logger.exception("text not counted", extra={"outbox_message": message.pk})


def _hand_over(letter: MessageContent, key: str) -> str:
    supplier = text_messages()
    if isinstance(supplier, TemplateMessages) and letter.words.filled is not None:
        return supplier.send_template(letter.to, letter.words.filled, key)
    return supplier.send(letter.to, letter.words.text, key)
