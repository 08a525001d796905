"""The province's rules as a page of an order shows them: in brief, folded, and what must equal the present filing."""

from typing import Any

from django.urls import reverse

from filings.matching import fields_to_match
from filings.provinces import MINISTRY_SITE, Province, provinces
from filings.provinces.lines import rules_in_brief
from filings.provinces.texts import site_name
from transfers import queries
from transfers.models import Order
from transfers.photo_ways import BACKDROP


def of_today() -> dict[str, Any]:
    """What the rules of today ask wherever a site is filed, for pages that speak before there is an order."""
    every = provinces()
    phones = {each.phones for each in every}
    return {
        "asks_password": any(each.asks_password for each in every),
        "phones_everywhere": phones.pop() if len(phones) == 1 else None,
        "has_backdrops": any(BACKDROP in each.photo_ways for each in every),
    }


def brief(rules: Province, nature: str) -> dict[str, Any]:
    """What `transfers/rules_brief.html` draws: the rules, where they stand in full, and the short list."""
    return {
        "rules": rules,
        "rules_url": f"{reverse('rules-province', args=[rules.code])}?profile={rules.profile}",
        "rules_lines": rules_in_brief(rules, nature or "enterprise"),
    }


def brief_of(order: Order) -> dict[str, Any]:
    """The rules under which this order began, for its nature of subject."""
    return brief(queries.rules_of(order), order.answer("type").get("nature", ""))


def site(address: str) -> dict[str, str]:
    """A site of the ministry as a page links to it: where it leads, and the address in words."""
    return {"url": address, "name": site_name(address)}


def moved_to(address: str) -> dict[str, str] | None:
    """Where the ministry's site is now, when the rules of the order name an earlier one: that may not open."""
    return None if address == MINISTRY_SITE else site(MINISTRY_SITE)


def must_match_of(order: Order, step: str = "") -> dict[str, Any]:
    """What `transfers/must_match.html` draws: fields, of one page or of all; or that none must, or none is stated."""
    fields = fields_to_match(queries.rules_of(order), order.answer("type").get("nature", ""))
    return {
        "match_stated": fields is not None,
        "match_nothing": fields == (),
        "to_match": [field for field in fields or () if step in ("", field.step)],
    }
