"""The rows of the documents hub as HTML, each state drawn once and filled in."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup import actions, slots
from icpportal.pages.markup.drawings import sample
from icpportal.pages.markup.order_slip import state_mark
from icpportal.paths import path
from transfers.documents.views.rows import HubRow, Thumbnail

GAPS = ("key", "hub_url", "thumbnails", "title", "mark", "words", "statement_url", "form_url", "slot_id", "token")
MAY_BE_EMPTY = ("poll_url", "url", "sides", "items", "to_sign", "form", "action")
ITEM = '<p class="slot-who">{}</p>'
ROWS = {
    key: RepeatedTemplate("transfers/documents/row.html", *GAPS, may_be_empty=MAY_BE_EMPTY, state=key)
    for key in slots.LOOKS
}


def markup(row: HubRow, *, reference: str, token: Words) -> SafeString:
    """One document of the hub of the order `reference`; its forms send this CSRF token."""
    key = slots.look_key(row.state)
    look, hub_url = slots.LOOKS[key], path("documents", reference)
    return ROWS[key].fill(
        key=row.key,
        hub_url=hub_url,
        poll_url=f"{hub_url}?row={row.key}" if look.waits else "",
        thumbnails=SafeString("".join([_thumbnail(each) for each in row.thumbnails])),
        title=zh_parts(row.title),
        url=row.url,
        sides=row.sides,
        mark=state_mark(look.tone, look.icon, row.label or look.label),
        words=zh_parts(row.words),
        items=format_html_join("", ITEM, [(zh_parts(capfirst(str(item))),) for item in row.items]),
        to_sign=row.to_sign,
        statement_url=path("statement", reference),
        form=row.form or "",
        form_url=row.form_url,
        slot_id=row.slot_id,
        token=token,
        action=actions.markup(row.action, token) if row.action else "",
    )


def _thumbnail(each: Thumbnail) -> SafeString:
    if each.preview_url:
        return format_html('<img src="{}" alt="" loading="lazy">', each.preview_url)
    return sample(each.sample)
