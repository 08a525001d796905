"""The legal terms of a filing in both languages with their meaning, for help and for every page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from icpportal.fields.language_marks import reads_chinese


@dataclass(frozen=True)
class GlossaryEntry:
    """A term in both languages, with its meaning in the reader's."""

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

    @property
    def both(self) -> str:
        """The term in both languages, the page's first."""
        return f"{self.zh} {self.en}" if reads_chinese() else f"{self.en} {self.zh}"

    @property
    def alone(self) -> str:
        """The term in the page's language, for the beginning of a line."""
        return self.zh if reads_chinese() else self.en

    @property
    def other(self) -> str:
        """The Chinese of a legal term on a page in another language."""
        return "" if reads_chinese() else self.zh

    @property
    def in_sentence(self) -> str:
        """The term within a sentence of the page's language."""
        if reads_chinese():
            return self.zh
        return self.en if self.en[1].isupper() else self.en[0].lower() + self.en[1:]


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
        "current-provider",
        "Current provider",
        "原接入商",
        _("The provider that is on the filing now. You change the filing with it, not here."),
    ),
    GlossaryEntry(
        "ministry-site",
        "Ministry's filing site",
        "工信部备案网站",
        _("Where the ministry shows filings, gives filing passwords and takes the codes that it texts."),
    ),
    GlossaryEntry(
        "domain-verification",
        "Real-name verification of the domain",
        "域名实名认证",
        _("The registrar has checked whose the domain is. A filing needs a domain verified in the subject's name."),
    ),
    GlossaryEntry(
        "designated-place",
        "Designated place",
        "指定拍照点",
        _("Where the photo of the website administrator can be taken, by appointment."),
    ),
    GlossaryEntry(
        "prior-approval",
        "Prior approval",
        "前置审批",
        _("A permit of another authority that some kinds of website need before the filing, such as news."),
    ),
    GlossaryEntry(
        "public-security",
        "Public-security filing",
        "公安备案",
        _("A separate filing with the police, due within 30 days after the website goes live."),
    ),
)

BY_KEY = {entry.key: entry for entry in GLOSSARY}
