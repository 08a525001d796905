"""What customers ask, with the answer under today's rules and the page where it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filings.provinces import provinces
from icpportal.entry.marks import reads_chinese

Text = str | Promise
Today = dict[str, Any]  # what `transfers.rules_shown.of_today` says


@dataclass(frozen=True)
class Answer:
    """One question; placeholders of its sentences: platform, hours. `page` is the name of the address behind `link`."""

    key: str
    question: Text
    words: tuple[Text, ...]
    page: str = ""
    link: Text = ""
    holds: Callable[[Today], bool] = lambda today: True


def _asks_password(today: Today) -> bool:
    return bool(today["asks_password"])


def _backdrop(today: Today) -> bool:
    return bool(today["has_backdrops"])


def _phones_everywhere(today: Today) -> bool:
    return today["phones_everywhere"] is not None


HOW_PHOTOGRAPHED = _("How is the website administrator photographed?")
IN_PERSON = _("Whoever is photographed has to be there in person, in mainland China, and wears neither red nor blue.")
HOW_VERIFIED = _("How are the phones verified?")
IF_IT_PASSES = _("If the time passes, the order comes back to you: nothing is lost, and you can send it again.")
OF_PROVINCES = _("Rules of every province")

ANSWERS = (
    Answer(
        "other-provider",
        _("What becomes of my filing at the other provider?"),
        (
            _("Nothing. Only a provider is added; all else on the filing stays as it is."),
            _("The servers of both providers may be used."),
        ),
    ),
    Answer(
        "another-website",
        _("My subject is on file here. How do I bring in a further website?"),
        (
            _("Under My filings press Transfer another ICP filing: subject, lead and valid documents are used again."),
            _("While an order of that subject is open, that order stands in its place: finish or withdraw it first."),
        ),
        "another",
        _("Transfer another ICP filing"),
    ),
    Answer(
        "old-platform",
        _("My filing was made on %(platform)s. What comes first?"),
        (
            _("Import it into this account, with the e-mail and the password of the old one."),
            _("After that its websites stand under My filings, and further ones can be transferred."),
        ),
        "import",
        _("Import from the old platform"),
    ),
    Answer(
        "service-code",
        _("Where do I get a service code?"),
        (
            _("From the list of your servers: each gives five, and each website takes one."),
            _("If it is somebody else's server, that account applies and hands the code to yours."),
        ),
        "service-codes",
        _("Service codes"),
    ),
    Answer(
        "password",
        _("How do I get the filing password back?"),
        (
            _("From the ministry, on its own site: it goes to the mobile and the e-mail on the filing."),
            _("The page that asks for it says how. Your draft is kept meanwhile."),
        ),
        holds=_asks_password,
    ),
    Answer(
        "uploading",
        _("How do I upload the documents?"),
        (
            _("As a colour scan or a photo of the original. We check each picture as it comes and say what is wrong."),
            _("Where it is offered, photograph them with your phone: the documents page shows a code to scan."),
            _("A domain certificate, where your province wants one, comes from your domain's registrar."),
        ),
        "rules",
        OF_PROVINCES,
    ),
    Answer(
        "photo",
        HOW_PHOTOGRAPHED,
        (
            _("After our review, in front of our backdrop: we post it free to any address in mainland China."),
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
            _("In some provinces, once the authority has the order. We tell you by e-mail and text message."),
            _("Within five minutes the ministry texts a code, in Chinese, to the lead and to the administrator."),
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
            _("In every province, once the authority has the order. We tell you by e-mail and text message."),
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
        _("How do I hear of the result?"),
        (
            _("By e-mail and text message. How far an order has come stands under My filings at any time."),
            _("Once it is approved you may point the domain at our server."),
        ),
        "dashboard",
        _("My filings"),
    ),
    Answer(
        "leaving",
        _("The site no longer runs on a server of yours. What do I have to do?"),
        (
            _("Cancel the transfer: open the website under My filings and press Cancel transfer."),
            _("Only the link with us ends; the filing number stays valid."),
            _("Transfer to your new provider at once: a filing left without a provider may be deleted."),
        ),
        "dashboard",
        _("My filings"),
    ),
)


def answers(today: Today) -> list[dict[str, Any]]:
    """The answers that hold under the rules of today, as the help page draws them."""
    hours = next((each.phones.hours for each in provinces() if each.phones), 0)
    platform, between = (settings.OLD_PLATFORM_ZH, "") if reads_chinese() else (settings.OLD_PLATFORM_EN, " ")
    facts = {"hours": hours, "platform": platform}
    return [
        {
            "key": each.key,
            "question": str(each.question) % facts,
            "words": between.join(str(words) % facts for words in each.words),
            "page": each.page,
            "link": each.link,
        }
        for each in ANSWERS
        if each.holds(today)
    ]
