"""Customers' questions, with the answer under the present rules and a link to the page."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.provinces import provinces
from icpportal.fields.components import Link
from icpportal.fields.language_marks import reads_chinese
from icpportal.pages.header import links
from transfers.pages.rules_summary import RulesToday

Text = str | Promise


@dataclass(frozen=True)
class Answer:
    """One question; placeholders: platform, hours. `page` is the URL name for `link`."""

    key: str
    question: Text
    words: tuple[Text, ...]
    page: str = ""
    link: Text = ""
    holds: Callable[[RulesToday], bool] = lambda today: True


def _asks_password(today: RulesToday) -> bool:
    return today.asks_password


def _backdrop(today: RulesToday) -> bool:
    return today.has_backdrops


def _phones_everywhere(today: RulesToday) -> bool:
    return today.phones_everywhere is not None


HOW_PHOTOGRAPHED = _("How is the website administrator photographed?")
IN_PERSON = _("The person in the photo must be there in person, in mainland China, and must not wear red or blue.")
HOW_VERIFIED = _("How are the phones verified?")
IF_IT_PASSES = _("If you miss the deadline, the order is returned to you. Nothing is lost, and you can resubmit it.")
OF_PROVINCES = _("Rules of every province")

ANSWERS = (
    Answer(
        "filing-type",
        _("Which details identify my filing?"),
        (
            _("Who files, the document number, the province and the domain, exactly as they are on file."),
            _("If one of them has changed, have the filing changed with your current provider first."),
            _("The same holds for a type of document that is not in the list any more, such as an officer card."),
        ),
    ),
    Answer(
        "other-provider",
        _("What happens to my filing with the other provider?"),
        (
            _("Nothing. Only a provider is added; everything else on the filing stays the same."),
            _("The servers of both providers may be used."),
        ),
    ),
    Answer(
        "another-website",
        _("My subject is on file here. How do I transfer another website?"),
        (
            _(
                "In My filings select Transfer another ICP filing. The subject, the subject lead and valid "
                "documents are reused."
            ),
            _(
                "While an order of that subject is open, My filings shows that order instead. Finish or "
                "withdraw it first."
            ),
        ),
        "another",
        _("Transfer another ICP filing"),
    ),
    Answer(
        "old-platform",
        _("My filing was made on %(platform)s. What do I do first?"),
        (
            _("Import it into this account, with the email and the password of the old one."),
            _("Its websites then appear in My filings, and you can transfer more."),
        ),
        "import",
        _("Import from the old platform"),
    ),
    Answer(
        "service-code",
        _("Where do I get a service code?"),
        (
            _("From the list of your servers. Each server gives five service codes, and each website uses one."),
            _("If it is somebody else's server, that account applies and hands the code to yours."),
        ),
        "service-codes",
        _("Service codes"),
    ),
    Answer(
        "password",
        _("How do I get the filing password back?"),
        (
            _("On the ministry's own site. The password is sent to the mobile number and email on the filing."),
            _("The page that asks for the password explains how. Your draft is kept."),
        ),
        holds=_asks_password,
    ),
    Answer(
        "details",
        _("What do I enter about the people and the website?"),
        (
            _("What is in your existing filing. Each page says what must match in your province."),
            _("What we know already is filled in, and the field says where it comes from."),
        ),
        "rules",
        OF_PROVINCES,
    ),
    Answer(
        "uploading",
        _("How do I upload the documents?"),
        (
            _(
                "A colour scan or a photo of the original. We check each picture when you upload it and tell "
                "you if something is wrong."
            ),
            _("Where available, photograph them with your phone: the documents page shows a QR code."),
            _("A domain certificate, where your province wants one, comes from your domain's registrar."),
        ),
        "rules",
        OF_PROVINCES,
    ),
    Answer(
        "submitting",
        _("What happens after I submit the order?"),
        (
            _("We review it within one working day. While it is with us, you can withdraw it on its page."),
            _("If something must change, we return it: its page names each field, the reason and the deadline."),
        ),
        "dashboard",
        _("My filings"),
    ),
    Answer(
        "photo",
        HOW_PHOTOGRAPHED,
        (
            _(
                "After our review, in front of our backdrop. We post it free of charge to any address in "
                "mainland China."
            ),
            _("Or at a designated place. In Shanghai with the app of its authority."),
            IN_PERSON,
        ),
        "rules",
        OF_PROVINCES,
        _backdrop,
    ),
    Answer(
        "photo",
        HOW_PHOTOGRAPHED,
        (_("After our review, in front of a plain white wall or at a designated place."), IN_PERSON),
        "rules",
        OF_PROVINCES,
        lambda today: not _backdrop(today),
    ),
    Answer(
        "phones",
        HOW_VERIFIED,
        (
            _("In some provinces, once the authority has the order. We will tell you by email and text message."),
            _(
                "Within five minutes the ministry texts a code, in Chinese, to the subject lead and to the "
                "website administrator."
            ),
            _("Each enters it on the ministry's filing site within %(hours)s hours."),
            IF_IT_PASSES,
        ),
        "rules",
        OF_PROVINCES,
        lambda today: not _phones_everywhere(today),
    ),
    Answer(
        "phones",
        HOW_VERIFIED,
        (
            _("In every province, once the authority has the order. We will tell you by email and text message."),
            _("Within five minutes the ministry texts a code, in Chinese, to the website administrator."),
            _("It is entered on the ministry's filing site within %(hours)s hours."),
            IF_IT_PASSES,
        ),
        "rules",
        OF_PROVINCES,
        _phones_everywhere,
    ),
    Answer(
        "result",
        _("How will I hear about the result?"),
        (
            _("By email and text message. You can check progress in My filings at any time."),
            _("Once it is approved you may point the domain at our server."),
        ),
        "dashboard",
        _("My filings"),
    ),
    Answer(
        "leaving",
        _("My website no longer runs on your servers. What do I have to do?"),
        (
            _("To cancel the transfer, open the website in My filings and select Cancel transfer."),
            _("Only the link with us ends; the filing number stays valid."),
            _("Transfer to your new provider at once: a filing without a provider may be deleted."),
        ),
        "dashboard",
        _("My filings"),
    ),
)


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer as the help page shows it, with its link."""

    key: str
    question: str
    words: str
    links: list[Link]


def answers(today: RulesToday) -> list[ShownAnswer]:
    """The answers valid under the present rules, for the help page."""
    hours = next((each.phones.hours for each in provinces() if each.phones), 0)
    platform, between = (settings.OLD_PLATFORM_ZH, "") if reads_chinese() else (settings.OLD_PLATFORM_EN, " ")
    facts = {"hours": hours, "platform": platform}
    return [
        ShownAnswer(
            key=each.key,
            question=str(each.question) % facts,
            words=between.join(str(words) % facts for words in each.words),
            links=links([(each.page, each.link)] if each.page else []),
        )
        for each in ANSWERS
        if each.holds(today)
    ]
