"""The rows of the documents hub as HTML, each state drawn once and filled in."""

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from icpportal.fields.components import DocumentRow, Thumbnail
from icpportal.fields.marked_text import zh_parts
from icpportal.fields.types import Words
from icpportal.kept_html.repeated_templates import RepeatedTemplate
from icpportal.pages.markup import actions, slots
from icpportal.pages.markup.drawings import sample
from icpportal.pages.markup.order_slip import state_mark

GAPS = (
    "key", "hub_url", "thumbnails", "title", "mark", "words", "items", "statement_url", "form_url", "slot_id", "token",
)  # fmt: skip
MAY_BE_EMPTY = ("poll_url", "url", "sides", "to_sign", "form", "action")
ITEM = '<p class="slot-who">{}</p>'
ROWS = {
    key: RepeatedTemplate("transfers/documents/row.html", *GAPS, may_be_empty=MAY_BE_EMPTY, state=key)
    for key in slots.LOOKS
}


def markup(row: DocumentRow, token: Words) -> SafeString:
    """One document of the hub; its forms send this CSRF token."""
    key = slots.look_key(row.state)
    look = slots.LOOKS[key]
    return ROWS[key].fill(
        key=row.key,
        hub_url=row.hub_url,
        poll_url=f"{row.hub_url}?row={row.key}" if look.waits else "",
        thumbnails=SafeString("".join([_thumbnail(each) for each in row.thumbnails])),
        title=zh_parts(row.title),
        url=row.url,
        sides=row.sides,
        mark=state_mark(look.tone, look.icon, row.label or look.label),
        words=zh_parts(row.words),
        items=format_html_join("", ITEM, [(zh_parts(capfirst(str(item))),) for item in row.items]),
        to_sign=row.to_sign,
        statement_url=row.statement_url,
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
