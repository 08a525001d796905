"""A letter as an HTML mail: one frame for all, drawn so that Outlook, Apple Mail and QQ Mail can show it."""

import re

from django.template.loader import render_to_string
from django.utils.translation import override

from icpportal.outbox.texts.formats import LANGUAGES
from icpportal.outbox.texts.letters import Letter
from icpportal.outbox.texts.mail_styles import GROUNDS, HEAD, STYLES, of_turn

TEMPLATE = "messages/mail.html"
TOKEN = re.compile(r"((?:[0-9A-Z]+-)+[0-9A-Z]+)")  # a phone or order number: never broken over two lines
LANG = {"zh": "zh-Hans", "en": "en"}


def draw(letter: Letter) -> str:
    """The mail as an HTML page, every value escaped, Chinese words in English mails marked."""
    ground, style = of_turn(letter.turn) if letter.turn else ("", "")
    with override(LANGUAGES[letter.folder]):
        return render_to_string(
            TEMPLATE,
            {
                "letter": letter,
                "lang": LANG[letter.folder],
                "shown_url": letter.url.partition("://")[2],
                "footers": [_with_tokens(line) for line in letter.footers],
                "head": HEAD,
                "css": {**STYLES, "turn": style},
                "ground": {**GROUNDS, "turn": ground},
            },
        )


def _with_tokens(line: str) -> list[tuple[str, str]]:
    """A line in pairs: text, and the token after it."""
    pieces = [*TOKEN.split(line), ""]
    return list(zip(pieces[::2], pieces[1::2], strict=True))
