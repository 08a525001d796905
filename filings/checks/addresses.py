"""Where the subject is: region, address on the document, mailing address, and whose money or order it is under."""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from filings.certificates import ENTERPRISE
from filings.checks.catalogue import Check, PageOf, short_name
from filings.checks.facts import Facts
from filings.regions import is_county, region
from icpportal.entry.marks import has_han

# a number, or a word with which the innermost part of an address is named
DOOR = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?:号|室|栋|幢|层|楼|单元|组|社)")


def region_is_county(facts: Facts) -> str | None:
    if not facts.region or is_county(facts.region):
        return None
    return _("Choose province, city and county")


def in_chinese(name: str, label: Callable[[], str]) -> Callable[[Facts], str | None]:
    def judge(facts: Facts) -> str | None:
        text = str(facts.subject.get(name) or "")
        if not text or has_han(text):
            return None
        return _("Enter the %(label)s in Chinese, as on the document") % {"label": label()}

    return judge


def investor_in_chinese(facts: Facts) -> str | None:
    """An individual's investor is its own name, as on the document, which the page of the filing type has judged."""
    if facts.is_individual:
        return None
    return in_chinese("investor", lambda: pgettext("label", "investor"))(facts)


def mailing_in_province(facts: Facts) -> str | None:
    place = region(str(facts.subject.get("post_region") or ""))
    if place is None or place.province == facts.province.code:
        return None
    return _("The mailing address must be in %(province)s: choose again") % {"province": short_name(facts.province)}


def mailing_region_is_county(facts: Facts) -> str | None:
    code = str(facts.subject.get("post_region") or "")
    return _("Choose province, city and county") if code and not is_county(code) else None


def to_the_door(facts: Facts) -> str | None:
    address = str(facts.subject.get("post_address") or "")
    if not address or facts.subject.get("no_door_number") or DOOR.search(address):
        return None
    return _("Add the door number, or tick the box below")


def investor_is_self(facts: Facts) -> str | None:
    """An individual names itself, a company whose lead is the legal representative that person or itself."""
    investor = facts.subject.get("investor")
    if not investor:
        return None
    if facts.is_individual:
        allowed = {facts.name}
    elif facts.nature == ENTERPRISE and facts.lead_is_legal:
        allowed = {facts.name, facts.lead.name}
    else:
        return None
    return None if investor in allowed else _("Enter the legal representative or this unit's full name")


CHECKS: tuple[Check, ...] = (
    Check("region_county", PageOf.TYPE, "region", region_is_county),
    Check(
        "chinese_needed",
        PageOf.SUBJECT,
        "id_address",
        in_chinese("id_address", lambda: pgettext("label", "address on the document")),
    ),
    Check("region_county", PageOf.SUBJECT, "post_region", mailing_region_is_county),
    Check("address_province", PageOf.SUBJECT, "post_region", mailing_in_province),
    Check(
        "chinese_needed",
        PageOf.SUBJECT,
        "post_address",
        in_chinese("post_address", lambda: pgettext("label", "mailing address")),
    ),
    Check("address_door", PageOf.SUBJECT, "post_address", to_the_door),
    Check("chinese_needed", PageOf.SUBJECT, "investor", investor_in_chinese),
    Check("investor_self", PageOf.SUBJECT, "investor", investor_is_self),
)
