"""The demo's messages: every mail and text not sent, for people and for `rehearse`."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from demo.messages import file_inbox
from icpportal.fields.language_marks import HAN, zh_runs
from icpportal.outbox import queries

ON_A_PAGE = 20
CODE = re.compile(r"#(\d{6})\s*\Z|^(\d{6})$", re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"'，。；、）】]+")
HAN_CHARACTER = re.compile(f"[{HAN}]")
CHANNELS = {
    "email": (pgettext_lazy("channel", "Email"), "mail"),
    "sms": (pgettext_lazy("channel", "Text message"), "phone"),
}


@dataclass(frozen=True)
class DemoMessage:
    """One outgoing message as the page shows it."""

    key: str
    template: str
    channel: str
    channel_name: str
    icon: str
    to: str
    at: datetime
    language: str
    subject: SafeString
    body: SafeString
    code: str
    attachments: list[dict[str, str]]


@never_cache
@require_safe
def demo_messages(request: HttpRequest) -> HttpResponse:
    """Newest first; `?to=` filters by recipient. 404 where messages are really sent."""
    if not settings.SIMULATORS:
        raise Http404
    to = request.GET.get("to", "").strip()
    page = Paginator(file_inbox.names(to=to), ON_A_PAGE).get_page(request.GET.get("page"))
    messages = file_inbox.read(page.object_list)
    templates = queries.templates_of(message.key for message in messages)
    return render(
        request,
        "demo/messages.html",
        {
            "sent": [_message(message, templates.get(message.key, "")) for message in messages],
            "to": to,
            "waiting": sum(queries.waiting().values()),
            "newer_url": _address(to, page.number - 1) if page.has_previous() else "",
            "older_url": _address(to, page.number + 1) if page.has_next() else "",
        },
    )


def _address(to: str, number: int) -> str:
    asked = {"to": to} if to else {}
    return f"?{urlencode({**asked, 'page': str(number)})}"


def _message(message: file_inbox.StoredMessage, template: str) -> DemoMessage:
    language = language_of(message.text)
    name, icon = CHANNELS[message.channel]
    return DemoMessage(
        key=message.key,
        template=template,
        channel=message.channel,
        channel_name=str(name),
        icon=icon,
        to=message.to,
        at=message.sent_at,
        language=language,
        subject=link_addresses(message.subject, language),
        body=link_addresses(message.text, language),
        code=code_in(message.text),
        attachments=message.attachments,
    )


def code_in(text: str) -> str:
    """The code of a message: after `#` at the very end, or alone on a line; "" when it has none."""
    found = CODE.search(text)
    return (found.group(1) or found.group(2)) if found else ""


def language_of(text: str) -> str:
    """`zh-Hans` for a Chinese message; an English one may quote a few Chinese words."""
    return "zh-Hans" if len(HAN_CHARACTER.findall(text)) * 5 > len(text) else "en"


def link_addresses(text: str, language: str) -> SafeString:
    """The text escaped, its addresses as links, and the Chinese words of an English text marked."""
    mark = zh_runs if language == "en" else (lambda part: format_html("{}", part))
    parts, end = [], 0
    for link in LINK.finditer(text):
        parts += [mark(text[end : link.start()]), format_html('<a href="{}">{}</a>', link.group(), link.group())]
        end = link.end()
    return mark_safe("".join([*parts, mark(text[end:])]))  # noqa: S308 -- every part is escaped above
