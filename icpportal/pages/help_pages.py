"""The pages that are always there: help with its glossary, and privacy."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.fields.language_marks import reads_chinese
from icpportal.pages.faq import answers
from icpportal.pages.header import links
from icpportal.pages.help_steps import way_of
from transfers.models import Order
from transfers.pages.rules_summary import RulesToday, of_today


@dataclass(frozen=True)
class GlossaryEntry:
    """A legal or household word in both languages, with its meaning in the reader's."""

    key: str
    en: str
    zh: str
    meaning: str | Promise

    @property
    def term(self) -> SafeString:
        """The word in the page's language, with the other beside it."""
        if reads_chinese():
            return format_html('{} <span lang="en">{}</span>', self.zh, self.en)
        return format_html('{} <span lang="zh-Hans">{}</span>', self.en, self.zh)


GLOSSARY = (
    GlossaryEntry("subject", "Subject", "主体", _("Who the filing belongs to: a person or an organisation.")),
    GlossaryEntry(
        "subject-lead",
        "Subject lead",
        "主体负责人",
        _("The person in charge of the subject, often the legal representative."),
    ),
    GlossaryEntry(
        "administrator",
        "Website administrator",
        "网站负责人",
        _("The person in charge of the website. May be the subject lead."),
    ),
    GlossaryEntry(
        "website", "Website", "网站", _("One filed site with one domain and a number ending in -1, -2 and so on.")
    ),
    GlossaryEntry(
        "filing",
        "ICP filing",
        "ICP 备案",
        _("The ministry's record of a website. Without it, no website may be hosted in mainland China."),
    ),
    GlossaryEntry(
        "filing-number",
        "Filing number",
        "备案号",
        _("The number of the subject; each website has it with a dash and a figure."),
    ),
    GlossaryEntry(
        "filing-password",
        "Filing password",
        "备案密码",
        _("Issued by the ministry for each filing number. It proves the right over the filing."),
    ),
    GlossaryEntry(
        "ministry",
        "Ministry",
        "工信部",
        _("Ministry of Industry and Information Technology. It keeps the record and texts the codes."),
    ),
    GlossaryEntry(
        "authority",
        "Authority",
        "管局",
        _("The communications administration of your province. It decides on every order."),
    ),
    GlossaryEntry(
        "provider",
        "Provider",
        "接入服务商",
        _("The company whose servers carry the website, and who must be on its filing."),
    ),
    GlossaryEntry(
        "access", "Access", "接入", _("The link between a website and a provider. A website may have several.")
    ),
    GlossaryEntry(
        "transfer",
        "Transfer",
        "接入备案",
        _("Adds us as a provider to a filing made through another provider. Everything else stays the same."),
    ),
    GlossaryEntry(
        "transfer-another",
        "Transfer another",
        "继续接入备案",
        _("The same for a further website of a subject that we already know."),
    ),
    GlossaryEntry(
        "cancel-transfer", "Cancel transfer", "取消接入", _("Ends the link with us. The filing number stays valid.")
    ),
    GlossaryEntry(
        "service-code",
        "Service code",
        "备案服务号",
        _("Links one website to one of your servers with us. Each server has five."),
    ),
    GlossaryEntry("order", "Order", "订单", _("One request on its way, with a reference to quote when you call.")),
    GlossaryEntry(
        "statement",
        "Authenticity statement",
        "真实性核验单",
        _(
            "A statement that we fill in. You sign it, stamp it with the seal if you are an "
            "organisation, photograph it and upload it."
        ),
    ),
    GlossaryEntry(
        "domain-certificate",
        "Domain certificate",
        "域名证书",
        _("Shows whose the domain is. You get it from your domain's registrar."),
    ),
    GlossaryEntry(
        "backdrop", "Backdrop", "幕布", _("The printed cloth behind the website administrator in the photo.")
    ),
    GlossaryEntry(
        "phone-verification",
        "Phone verification",
        "短信核验",
        _("The ministry texts a code, and it is entered on the ministry's filing site in time."),
    ),
    GlossaryEntry(
        "public-security",
        "Public-security filing",
        "公安备案",
        _("A separate filing with the police, due within 30 days after the website goes live."),
    ),
)

# a word that only some rules know → which fact about them says so
RULED = {"filing-password": "asks_password", "backdrop": "has_backdrops"}


def words_of(rules: RulesToday) -> list[GlossaryEntry]:
    """The glossary without the words that the rules of today do not know."""
    missing = {key for key, known in RULED.items() if not getattr(rules, known)}
    return [word for word in GLOSSARY if word.key not in missing]


def help_page(request: HttpRequest) -> HttpResponse:
    """The way from first page to approval, what to have at hand, what customers ask, and the words."""
    today = of_today()
    context = {
        "way": way_of(today),
        "rules_links": links([("rules", _("What else your province requires"))]),
        "answers": answers(today),
        "glossary": words_of(today),
    }
    return render(request, "pages/help.html", context)


def privacy_page(request: HttpRequest) -> HttpResponse:
    """What the portal keeps, why, and for how long; the periods are those of the settings."""
    kept = {
        "draft_days": settings.DRAFT_KEPT.days,
        "returned_days": settings.RETURNED_KEPT.days,
        "waits_days": settings.WAITS_KEPT.days,
        "digest_days": settings.PASSWORD_DIGEST_KEPT.days,
        # of orders that began under earlier rules they may still lie here
        "keeps_passwords": of_today().asks_password or Order.objects.filter(password_kept=True).exists(),
    }
    return render(request, "pages/privacy.html", kept)
