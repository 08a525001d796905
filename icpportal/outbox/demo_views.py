"""The demo's post: every mail and text that would have left the machine, for people and for `rehearse`."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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

from icpportal.entry.marks import HAN, zh_runs
from icpportal.gateways.sms import tray
from icpportal.outbox import queries

ON_A_PAGE = 20
CODE = re.compile(r"#(\d{6})\s*\Z|^(\d{6})$", re.MULTILINE)
LINK = re.compile(r"https?://[^\s<>\"'，。；、）】]+")
HAN_CHARACTER = re.compile(f"[{HAN}]")
CHANNELS = {
    "email": (pgettext_lazy("channel", "E-mail"), "mail"),
    "sms": (pgettext_lazy("channel", "Text message"), "phone"),
}


@dataclass(frozen=True)
class Sheet:
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
    """Newest first; `?to=` keeps one recipient's. Not there where messages really leave."""
    if not settings.SIMULATORS:
        raise Http404
    to = request.GET.get("to", "").strip()
    page = Paginator(tray.names(to=to), ON_A_PAGE).get_page(request.GET.get("page"))
    sheets = tray.read(page.object_list)
    templates = queries.templates_of(sheet.key for sheet in sheets)
    return render(
        request,
        "outbox/demo_messages.html",
        {
            "sheets": [_sheet(sheet, templates.get(sheet.key, "")) for sheet in sheets],
            "to": to,
            "waiting": sum(queries.waiting().values()),
            "newer_url": _address(to, page.number - 1) if page.has_previous() else "",
            "older_url": _address(to, page.number + 1) if page.has_next() else "",
        },
    )


def _address(to: str, number: int) -> str:
    asked: dict[str, Any] = {"to": to} if to else {}
    return f"?{urlencode({**asked, 'page': number})}"


def _sheet(sheet: tray.Sheet, template: str) -> Sheet:
    language = language_of(sheet.text)
    name, icon = CHANNELS[sheet.channel]
    return Sheet(
        key=sheet.key,
        template=template,
        channel=sheet.channel,
        channel_name=str(name),
        icon=icon,
        to=sheet.to,
        at=sheet.sent_at,
        language=language,
        subject=linked(sheet.subject, language),
        body=linked(sheet.text, language),
        code=code_in(sheet.text),
        attachments=sheet.attachments,
    )


def code_in(text: str) -> str:
    """The code of a message: after `#` at its very end, or alone on a line; "" when it has none."""
    found = CODE.search(text)
    return (found.group(1) or found.group(2)) if found else ""


def language_of(text: str) -> str:
    """`zh-Hans` for a Chinese message; an English one may quote a few Chinese words."""
    return "zh-Hans" if len(HAN_CHARACTER.findall(text)) * 5 > len(text) else "en"


def linked(text: str, language: str) -> SafeString:
    """The text escaped, with its addresses as links, and the Chinese words of an English one marked."""
    mark = zh_runs if language == "en" else (lambda part: format_html("{}", part))
    parts, end = [], 0
    for link in LINK.finditer(text):
        parts += [mark(text[end : link.start()]), format_html('<a href="{}">{}</a>', link.group(), link.group())]
        end = link.end()
    return mark_safe("".join([*parts, mark(text[end:])]))  # noqa: S308 -- every part is escaped above
