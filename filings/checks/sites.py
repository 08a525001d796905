"""Checks of the website: name, home page, content and approvals."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from filings.checks import site_words
from filings.checks.catalogue import Check, Gaps, PageOf, Severity, short_name
from filings.checks.facts import NO, YES, Facts
from filings.register.answer_values import several
from filings.register.regions import cities, region
from filings.site_codes import APPROVALS_BY_PROVINCE, APPROVALS_FOR, BLOG, CONTENT, OTHER
from icpportal.fields.domains import canonical, display_domain, host_belongs
from icpportal.fields.language_marks import HAS_HAN, has_han

LEAST_HAN = 3
ALLOWED_SIGNS = "· "
LIKE_DOMAIN = re.compile(r"(?<![\w-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?![\w-])", re.ASCII)
PLACE_ENDINGS = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "自治州", "地区", "省", "市", "盟")
# Chongqing: 博客/个人空间; everywhere else "other" (docs/sources.md#website-content)
PERSONAL_CONTENT = {"50": (BLOG,)}
USUAL_PERSONAL_CONTENT = (OTHER, BLOG)


def _name(facts: Facts) -> str:
    return str(facts.website.get("site_name") or "")


def _first(words: Iterable[str], text: str) -> str:
    """The longest of the words that the text contains, or ""."""
    return max((word for word in words if word in text), key=len, default="")


def _has_form(facts: Facts) -> bool:
    """Whether the name has one of the forms that the province prescribes, with something in front."""
    name = _name(facts)
    return any(name.endswith(form) and len(name) > len(form) for form in facts.province.name_forms)


def name_is_domain(facts: Facts) -> bool:
    name = unicodedata.normalize("NFKC", _name(facts)).lower()
    names = {facts.domain, display_domain(facts.domain)} - {""}
    return name in names or bool(LIKE_DOMAIN.search(name))


def name_has_symbol(facts: Facts) -> Gaps | None:
    for char in _name(facts):
        if char not in ALLOWED_SIGNS and unicodedata.category(char)[0] not in "LNM":
            return {"char": char}
    return None


def name_is_latin(facts: Facts) -> bool:
    return bool(_name(facts)) and not has_han(_name(facts))


def name_is_short(facts: Facts) -> bool:
    return bool(_name(facts)) and len(HAS_HAN.findall(_name(facts))) < LEAST_HAN


def name_has_reserved_head(facts: Facts) -> Gaps | None:
    head = next((word for word in site_words.HEADS if _name(facts).startswith(word)), "")
    if not head or facts.name.startswith(head):
        return None
    return {"word": head}


def name_has_forbidden_word(facts: Facts) -> Gaps | None:
    word = _first(site_words.NOWHERE, _name(facts))
    if not word or word in facts.name:
        return None
    return {"word": word}


def name_has_banned_word(facts: Facts) -> Gaps | None:
    word = _first(facts.province.banned_words, _name(facts)) if facts.is_individual else ""
    if not word or _has_form(facts):
        return None
    return {"province": short_name(facts.province), "word": word}


def name_is_not_personal(facts: Facts) -> Gaps | None:
    if not facts.is_individual or _has_form(facts):
        return None
    approved = bool(facts.website.get("approval_types"))
    words = (*site_words.NOT_PERSONAL, *site_words.COMPANY, *(() if approved else site_words.WITH_APPROVAL))
    word = _first(words, _name(facts))
    return {"word": word} if word else None


def _places(facts: Facts) -> Iterable[str]:
    found = [facts.province.short_zh]
    for each in (*cities(facts.province.code), region(facts.region)):
        ending = next((end for end in PLACE_ENDINGS if each and each.name.endswith(end)), "") if each else ""
        found.append(each.name.removesuffix(ending) if each else "")
    return [name for name in found if len(name) > 1]


def name_of_person_or_place(facts: Facts) -> bool:
    if not facts.is_individual or _has_form(facts):
        return False
    own = [facts.name] if len(facts.name) > 1 else []
    return bool(_first((*own, *_places(facts)), _name(facts)))


def name_has_no_form(facts: Facts) -> Gaps | None:
    if not facts.is_individual or not facts.province.name_forms or not _name(facts) or _has_form(facts):
        return None
    return {"forms": " / ".join(f"某某{form}" for form in facts.province.name_forms)}


def _home_host(facts: Facts) -> str | None:
    """The host of the home page in ASCII; "" when none is given, None when it is not an address."""
    url = str(facts.website.get("home_url") or "")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        return canonical(parts.hostname) if parts.scheme in ("http", "https") and parts.hostname else None
    except (ValueError, ValidationError):
        return None


def url_is_none(facts: Facts) -> bool:
    return _home_host(facts) is None


def url_of_another_domain(facts: Facts) -> Gaps | None:
    host = _home_host(facts)
    if not host or not facts.domain or host_belongs(host, facts.domain):
        return None
    return {"domain": display_domain(facts.domain)}


def _content(facts: Facts) -> set[str]:
    return set(several(facts.website, "content"))


def no_content(facts: Facts) -> bool:
    return bool(facts.website) and not _content(facts)


def personal_content(facts: Facts) -> Gaps | None:
    usual = PERSONAL_CONTENT.get(facts.province.code, USUAL_PERSONAL_CONTENT)
    if not facts.is_individual or not _content(facts) - set(usual):
        return None
    return {"province": short_name(facts.province), "content": CONTENT[usual[0]]}


def _approvals(facts: Facts) -> list[str]:
    if facts.website.get("needs_approval") != YES:
        return []
    return several(facts.website, "approval_types")


def _approvals_for(facts: Facts, content: str) -> tuple[str, ...]:
    rule, kinds = APPROVALS_BY_PROVINCE.get(content, ("", ()))
    return APPROVALS_FOR.get(content, ()) or (kinds if rule in facts.province.extra_approvals else ())


def content_without_approval(facts: Facts) -> Gaps | None:
    is_none = facts.website.get("needs_approval") == NO
    chosen = set() if is_none else set(several(facts.website, "approval_types"))
    for content in sorted(_content(facts), key=int):
        asked = _approvals_for(facts, content)
        if asked and not chosen.intersection(asked):
            return {"content": CONTENT[content]}
    return None


def approval_not_named(facts: Facts) -> bool:
    return facts.website.get("needs_approval") == YES and not _approvals(facts)


def approval_numbers(facts: Facts) -> dict[str, str]:
    """The number of each approval: typed one a line, in the order of the approvals chosen."""
    lines = [line.strip() for line in str(facts.website.get("approval_number") or "").splitlines()]
    return dict(zip(_approvals(facts), filter(None, lines), strict=False))


def approval_without_number(facts: Facts) -> bool:
    given = approval_numbers(facts)
    return any(kind not in given for kind in _approvals(facts))


def more_than_one_domain(facts: Facts) -> bool:
    return facts.province.domains_per_site == 1 and bool(facts.website.get("more_domains"))


NAME_NEEDS = {"name_personal": ("approval_types",)}
CHECKS: tuple[Check, ...] = (
    *(
        Check(key, PageOf.WEBSITE, "site_name", sentence, judge, needs=NAME_NEEDS.get(key, ()))
        for key, sentence, judge in (
            ("name_domain", _("The name cannot be the domain: use a Chinese name"), name_is_domain),
            ("name_symbol", _("Remove the symbol “%(char)s” from the name"), name_has_symbol),
            ("name_latin", _("Not only digits or letters: add Chinese characters"), name_is_latin),
            ("name_short", _("A website name needs at least 3 Chinese characters: add more"), name_is_short),
            ("name_head", _("The name cannot start with “%(word)s”: choose another"), name_has_reserved_head),
            ("name_word", _("No website may have “%(word)s” in its name: use another word"), name_has_forbidden_word),
            ("name_jiangsu", _("Name it %(forms)s"), name_has_no_form),
            (
                "name_banned",
                _("%(province)s does not allow “%(word)s” for personal sites: use another word"),
                name_has_banned_word,
            ),
            (
                "name_personal",
                _("A personal site's name cannot have “%(word)s”: use another word"),
                name_is_not_personal,
            ),
        )
    ),
    Check(
        "name_person",
        PageOf.WEBSITE,
        "site_name",
        _("Do not use names of people, places or idioms for a personal website"),
        name_of_person_or_place,
        Severity.WARNING,
    ),
    Check(
        "url_bad",
        PageOf.WEBSITE,
        "home_url",
        _("Enter the whole address, such as https://www.example.com/"),
        url_is_none,
    ),
    Check("url_domain", PageOf.WEBSITE, "home_url", _("The address must contain %(domain)s"), url_of_another_domain),
    Check("content_one", PageOf.WEBSITE, "content", _("Choose at least one kind of content"), no_content),
    Check(
        "content_approval",
        PageOf.WEBSITE,
        "content",
        _("“%(content)s” needs an approval first: choose it below and enter its number"),
        content_without_approval,
        needs=("approval_types",),
    ),
    Check(
        "content_personal",
        PageOf.WEBSITE,
        "content",
        _("For an individual's website, %(province)s expects “%(content)s” here: check it"),
        personal_content,
        Severity.WARNING,
    ),
    Check(
        "approval_none",
        PageOf.WEBSITE,
        "approval_types",
        _("Choose the content that needs approval"),
        approval_not_named,
    ),
    Check(
        "approval_missing",
        PageOf.WEBSITE,
        "approval_number",
        _("Enter the approval number, or get the approval first"),
        approval_without_number,
    ),
    Check(
        "one_domain",
        PageOf.WEBSITE,
        "more_domains",
        _("One site, one domain: remove the others"),
        more_than_one_domain,
    ),
)
