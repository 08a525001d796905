"""Checks of the subject's region, document address, postal address and investor."""

import re
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from filings.checks.catalogue import (
    CHINESE_NEEDED,
    NAME_PICTURE,
    REGION_COUNTY,
    Check,
    Gaps,
    PageOf,
    Severity,
    short_name,
)
from filings.checks.facts import Facts
from filings.provinces import PROVINCES
from filings.register import document_names
from filings.register.certificates import ENTERPRISE
from filings.register.regions import is_county, region
from icpportal.fields.language_marks import has_han

ADDRESS_SIGN = _("Remove “%(char)s”: an address has no such sign")
# a number, or a word that ends the innermost part of an address
DOOR = re.compile(r"[0-9０-９]|[一二三四五六七八九十百]+(?:号|室|栋|幢|层|楼|单元|组|社)")

# how the names of government offices end, not those of villages, unions, power suppliers, bookshops and cafés
# (docs/sources.md#investors)
OFFICE = re.compile(
    r"(?:政府|国资委|管委会|人民法院|人民检察院|街道办事处|(?<!村民|居民|工会)委员会"
    r"|[省市县区州旗]\S*(?<![书邮电])局|(?:省|自治区)\S+(?<![餐展啡茶歌舞影乐戏发])厅)$"
)


def region_is_no_county(facts: Facts) -> bool:
    return bool(facts.region) and not is_county(facts.region)


def in_chinese(name: str, label: Callable[[], str]) -> Callable[[Facts], Gaps | None]:
    def judge(facts: Facts) -> Gaps | None:
        text = str(facts.subject.get(name) or "")
        return {"label": label()} if text and not has_han(text) else None

    return judge


def of_no_address(name: str) -> Callable[[Facts], Gaps | None]:
    def judge(facts: Facts) -> Gaps | None:
        char = document_names.unfit_in_address(str(facts.subject.get(name) or ""))
        return {"char": char} if char else None

    return judge


def picture_in_investor(facts: Facts) -> Gaps | None:
    char = document_names.picture_in(str(facts.subject.get("investor") or ""))
    return {"char": char} if char else None


def investor_in_chinese(facts: Facts) -> Gaps | None:
    """Skips the name of an individual or of a legal representative who is the lead: it is checked with the document."""
    if facts.is_individual or (facts.lead_is_legal and facts.subject.get("investor") == facts.lead.name):
        return None
    return in_chinese("investor", lambda: pgettext("label", "investor"))(facts)


def address_elsewhere(facts: Facts) -> Gaps | None:
    """Only where the address begins with a province's full name: roads are called by provinces, too."""
    address = str(facts.subject.get("id_address") or "")
    named = next((each for each in PROVINCES.values() if address.startswith(each.name_zh)), None)
    if facts.is_individual or named is None or named.code == facts.province.code:
        return None
    return {"province": short_name(facts.province)}


def mailing_in_province(facts: Facts) -> Gaps | None:
    place = region(str(facts.subject.get("post_region") or ""))
    if place is None or place.province == facts.province.code:
        return None
    return {"province": short_name(facts.province)}


def mailing_region_is_no_county(facts: Facts) -> bool:
    """Letters may go to the filed county, although it may have been merged since."""
    code = str(facts.subject.get("post_region") or "")
    return code not in ("", facts.region) and not is_county(code)


def without_door_number(facts: Facts) -> bool:
    address = str(facts.subject.get("post_address") or "")
    return bool(address) and not facts.subject.get("no_door_number") and not DOOR.search(address)


def investor_is_another(facts: Facts) -> bool:
    """An individual must name themselves, a company whose lead is the legal representative that person or itself."""
    investor = facts.subject.get("investor")
    if not investor:
        return False
    if facts.is_individual:
        allowed = {facts.name}
    elif facts.nature == ENTERPRISE and facts.lead_is_legal:
        allowed = {facts.name, facts.lead.name}
    else:
        return False
    return investor not in allowed


def investor_is_an_office(facts: Facts) -> bool:
    return facts.nature == ENTERPRISE and bool(OFFICE.search(str(facts.subject.get("investor") or "")))


CHECKS: tuple[Check, ...] = (
    Check("region_county", PageOf.TYPE, "region", REGION_COUNTY, region_is_no_county),
    Check(
        "chinese_needed",
        PageOf.SUBJECT,
        "id_address",
        CHINESE_NEEDED,
        in_chinese("id_address", lambda: pgettext("label", "address on the document")),
    ),
    Check("address_sign", PageOf.SUBJECT, "id_address", ADDRESS_SIGN, of_no_address("id_address")),
    Check(
        "address_elsewhere",
        PageOf.SUBJECT,
        "id_address",
        _("The address on the document is not in %(province)s: check it, and the region of the filing type"),
        address_elsewhere,
        Severity.WARNING,
    ),
    Check("region_county", PageOf.SUBJECT, "post_region", REGION_COUNTY, mailing_region_is_no_county),
    Check(
        "address_province",
        PageOf.SUBJECT,
        "post_region",
        _("The mailing address must be in %(province)s: choose again"),
        mailing_in_province,
    ),
    Check(
        "chinese_needed",
        PageOf.SUBJECT,
        "post_address",
        CHINESE_NEEDED,
        in_chinese("post_address", lambda: pgettext("label", "mailing address")),
    ),
    Check("address_sign", PageOf.SUBJECT, "post_address", ADDRESS_SIGN, of_no_address("post_address")),
    Check(
        "address_door",
        PageOf.SUBJECT,
        "post_address",
        _("Add the door number, or tick the box below"),
        without_door_number,
    ),
    Check(
        "chinese_needed",
        PageOf.SUBJECT,
        "investor",
        CHINESE_NEEDED,
        investor_in_chinese,
        needs=("is_legal_rep", "lead_name"),
    ),
    Check("name_picture", PageOf.SUBJECT, "investor", NAME_PICTURE, picture_in_investor),
    Check(
        "investor_self",
        PageOf.SUBJECT,
        "investor",
        _("Enter the name of the legal representative, or the full name of the organisation"),
        investor_is_another,
        needs=("is_legal_rep", "lead_name"),
    ),
    Check(
        "investor_government",
        PageOf.SUBJECT,
        "investor",
        _("A company names no government office: enter the legal representative, or the organisation in full"),
        investor_is_an_office,
    ),
)
