"""The pages that are always there: help with its glossary, and privacy."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.answers import answers
from transfers.models import Order
from transfers.rules_shown import of_today


@dataclass(frozen=True)
class Word:
    """A legal or household word in both languages, with its meaning in the reader's."""

    key: str
    en: str
    zh: str
    meaning: str | Promise


GLOSSARY = (
    Word("subject", "Subject", "主体", _("Who the filing belongs to: a person or an organisation.")),
    Word(
        "subject-lead",
        "Subject lead",
        "主体负责人",
        _("The person in charge of the subject, often the legal representative."),
    ),
    Word(
        "administrator",
        "Website administrator",
        "网站负责人",
        _("The person in charge of the website. May be the subject lead."),
    ),
    Word("website", "Website", "网站", _("One filed site with one domain and a number ending in -1, -2 and so on.")),
    Word(
        "filing",
        "ICP filing",
        "ICP 备案",
        _("The ministry's record without which no website may be hosted in mainland China."),
    ),
    Word(
        "filing-number",
        "Filing number",
        "备案号",
        _("The number of the subject; each website has it with a dash and a figure."),
    ),
    Word(
        "filing-password",
        "Filing password",
        "备案密码",
        _("Issued by the ministry for each filing number. It proves the right over the filing."),
    ),
    Word(
        "ministry",
        "Ministry",
        "工信部",
        _("Ministry of Industry and Information Technology. It keeps the record and texts the codes."),
    ),
    Word(
        "authority",
        "Authority",
        "管局",
        _("The communications administration of your province. It decides on every order."),
    ),
    Word(
        "provider",
        "Provider",
        "接入服务商",
        _("The company whose servers carry the website, and who must be on its filing."),
    ),
    Word("access", "Access", "接入", _("The link between a website and a provider. A website may have several.")),
    Word(
        "transfer",
        "Transfer",
        "接入备案",
        _("Adds us as a provider to a filing made elsewhere. Everything else stays as it is."),
    ),
    Word(
        "transfer-another",
        "Transfer another",
        "继续接入备案",
        _("The same for a further website of a subject that we already know."),
    ),
    Word("cancel-transfer", "Cancel transfer", "取消接入", _("Ends the link with us. The filing number stays valid.")),
    Word(
        "service-code",
        "Service code",
        "备案服务号",
        _("Ties one website to one of your servers with us. Five for each server."),
    ),
    Word("order", "Order", "订单", _("One request on its way, with a reference to quote when you call.")),
    Word(
        "statement",
        "Authenticity statement",
        "真实性核验单",
        _("A sheet that we fill in; you sign it, seal it, photograph it and upload it."),
    ),
    Word(
        "domain-certificate",
        "Domain certificate",
        "域名证书",
        _("Shows whose the domain is. You get it from your domain's registrar."),
    ),
    Word("backdrop", "Backdrop", "幕布", _("The printed cloth before which the administrator is photographed.")),
    Word(
        "phone-verification",
        "Phone verification",
        "短信核验",
        _("The ministry texts a code; it is entered on the ministry's filing site in time."),
    ),
    Word(
        "public-security",
        "Public-security filing",
        "公安备案",
        _("A second filing, with the police, within 30 days after the site opens."),
    ),
)

# a word that only some rules know → which fact about them says so
RULED = {"filing-password": "asks_password", "backdrop": "has_backdrops"}


def words_of(rules: dict[str, Any]) -> list[Word]:
    """The glossary without the words that the rules of today do not know."""
    missing = {key for key, known in RULED.items() if not rules[known]}
    return [word for word in GLOSSARY if word.key not in missing]


def help_page(request: HttpRequest) -> HttpResponse:
    """The way from first page to approval, what to have at hand, what customers ask, and the words."""
    rules = of_today()
    return render(request, "pages/help.html", {"glossary": words_of(rules), "answers": answers(rules), **rules})


def privacy_page(request: HttpRequest) -> HttpResponse:
    """What the portal keeps, why, and for how long; the periods are those of the settings."""
    kept = {
        "draft_days": settings.DRAFT_KEPT.days,
        "returned_days": settings.RETURNED_KEPT.days,
        "waits_days": settings.WAITS_KEPT.days,
        "digest_days": settings.PASSWORD_DIGEST_KEPT.days,
        # of orders that began under earlier rules they may still lie here
        "keeps_passwords": of_today()["asks_password"] or Order.objects.filter(password_kept=True).exists(),
    }
    return render(request, "pages/privacy.html", kept)
