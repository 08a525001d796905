"""The data in a copy: the account, its orders, the filings in its name, and its requests and messages."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from filings.models import Access, LegacyClaim, Person, Subject, Website
from filings.register.certificates import CERTIFICATES, NATURES
from icpportal.accounts.models import FormerAddress, User
from icpportal.fields.domains import display_domain
from icpportal.fields.language_marks import reads_chinese
from icpportal.fields.types import Json
from icpportal.outbox.queries import notes
from icpportal.outbox.texts.catalogue import MissingWord, UnknownMessage
from icpportal.outbox.texts.message_content import read_in
from transfers.models import Objection, TypeCheck
from transfers.rights import corrections
from transfers.rights.exports import orders
from transfers.rights.exports.papers import Paper
from transfers.rights.exports.records import Entry, Part, Record, day, moment
from transfers.rights.models import CorrectionRequest

FORMAT = 1  # version of the keys; raise it when a key changes its meaning or is removed


def of_account(user: User, papers: list[Paper], now: datetime) -> Record:
    """All data, in the active language."""
    return Record(
        _("Copy of your data"),
        [
            Entry("format", "", FORMAT),
            Entry("provider", _("From"), settings.PROVIDER_NAME_ZH if reads_chinese() else settings.PROVIDER_NAME_EN),
            moment("made_at", _("Made"), now),
        ],
        [
            Part("account", _("Account"), [_account(user)], is_one=True),
            orders.of_account(user, papers),
            Part("filings", _("Filings"), [_subject(each, user) for each in _subjects(user)]),
            Part("claims", _("Claims of old filings"), [_claim(each, papers) for each in _claims(user)]),
            Part("checks", _("Checks of the filing type"), [_check(each) for each in _checks(user)]),
            Part("objections", _("Objections"), [_objection(each) for each in Objection.objects.filter(owner=user)]),
            Part("corrections", _("Correction requests"), [_correction(each) for each in corrections.of_account(user)]),
            Part("messages", _("Messages to you"), _messages(user)),
        ],
    )


def _account(user: User) -> Record:
    before = list(FormerAddress.objects.filter(user=user).values_list("email", flat=True))
    former: list[Json] = [*before]
    return Record(
        _("Account"),
        [
            Entry("email", _("Email"), user.email),
            Entry("former_emails", _("Earlier email addresses"), former, ", ".join(before)),
            Entry("mobile", _("Mobile"), user.mobile),
            moment("mobile_confirmed_at", _("Mobile confirmed"), user.mobile_confirmed_at),
            Entry("name", _("Name"), user.name),
            Entry("language", _("Language"), user.language, user.get_language_display()),
            moment("opened_at", _("Opened"), user.date_joined),
            Entry("terms_version", _("Terms agreed to"), user.terms_version),
            moment("terms_agreed_at", _("Agreed at"), user.terms_agreed_at),
        ],
    )


def _subjects(user: User) -> QuerySet[Subject]:
    """The account's subjects, and those for which it has filed a website."""
    found = Subject.objects.filter(Q(owner=user) | Q(websites__owner=user)).distinct().select_related("lead")
    return found.order_by("created_at", "pk")


def _subject(subject: Subject, user: User) -> Record:
    """A subject with this account's websites; people named by another account are left out."""
    websites = list(subject.websites.filter(owner=user).select_related("administrator"))
    named = [subject.lead, *(website.administrator for website in websites)]
    people = dict.fromkeys(person for person in named if person is not None)
    nature, certificate = NATURES.get(subject.nature), CERTIFICATES.get(subject.id_type)
    return Record(
        subject.name,
        [
            Entry("name", _("Name of the subject"), subject.name),
            Entry("nature", _("Nature of the subject"), subject.nature, nature.label if nature else ""),
            Entry("id_type", _("Type of document"), subject.id_type, certificate.label if certificate else ""),
            Entry("id_number", _("Document number"), subject.id_number),
            Entry("subject_number", _("Filing number of the subject"), subject.subject_number),
            Entry("region", _("Region"), subject.region, subject.place.shown_in_full if subject.place else ""),
        ],
        [
            _details(subject.details),
            Part("people", _("People in charge"), [_person(each) for each in people]),
            Part("websites", _("Websites"), [_website(each) for each in websites]),
        ],
    )


def _details(details: dict[str, Json]) -> Part:
    """Details as reported, under the names of the pages where they were typed."""
    title = _("Further details")
    return Part("details", title, [Record(title, [orders.detail(*each) for each in details.items()])], is_one=True)


def _person(person: Person) -> Record:
    certificate = CERTIFICATES.get(person.id_type)
    return Record(
        person.name,
        [
            Entry("name", _("Name"), person.name),
            Entry("id_type", _("Type of document"), person.id_type, certificate.label if certificate else ""),
            Entry("id_number", _("Document number"), person.id_number),
            day("id_until", _("Document valid until"), person.id_until),
            Entry("mobile", _("Mobile"), person.mobile),
            Entry("phone", _("Second phone"), person.phone),
            Entry("emergency", _("Emergency phone"), person.emergency),
            Entry("email", _("Email"), person.email),
        ],
    )


def _website(website: Website) -> Record:
    administrator = website.administrator.name if website.administrator else ""
    return Record(
        website.display_domain,
        [
            Entry("domain", _("Domain name"), website.domain, website.display_domain),
            Entry("name", _("Website name"), website.name),
            Entry("site_number", _("Filing number of the website"), website.site_number),
            Entry("home_url", _("Home page"), website.home_url),
            Entry("administrator", _("Website administrator"), administrator),
            moment("since", _("Since"), website.since),
            moment("ended_at", _("Ended"), website.ended_at),
        ],
        [
            _details(website.details),
            Part("accesses", _("Accesses"), [_access(each) for each in website.accesses.filter(own=True)]),
        ],
    )


def _access(access: Access) -> Record:
    return Record(
        _("Access"),
        [
            Entry("server", pgettext("copy", "Server"), access.instance),
            Entry("ip", _("Address of the server"), access.ip),
            moment("since", _("Since"), access.since),
            moment("ended_at", _("Ended"), access.ended_at),
        ],
    )


def _claims(user: User) -> list[LegacyClaim]:
    return list(LegacyClaim.objects.filter(owner=user).select_related("record"))


def _claim(claim: LegacyClaim, papers: list[Paper]) -> Record:
    domain = claim.record.domain
    return Record(
        str(claim),
        [
            Entry("domain", _("Domain name"), domain, str(claim)),
            Entry("state", _("State"), claim.state),
            Entry("words", _("What you wrote"), claim.words),
        ],
        [Part("documents", _("Documents"), [each.record() for each in papers if each.folder == domain])],
    )


def _checks(user: User) -> list[TypeCheck]:
    return list(TypeCheck.objects.filter(owner=user).order_by("-created_at"))


def _check(check: TypeCheck) -> Record:
    entries = orders.type_entries(check.answers) if set(orders.OF_TYPE) <= set(check.answers) else []
    return Record(
        display_domain(str(check.answers.get("domain", ""))), [moment("at", _("When"), check.created_at), *entries]
    )


def _objection(objection: Objection) -> Record:
    answer = "\n".join(str(words) for words in (objection.answers or {}).values())
    return Record(
        display_domain(objection.domain),
        [
            Entry("domain", _("Domain name"), objection.domain, display_domain(objection.domain)),
            Entry("words", _("What you wrote"), objection.words),
            moment("at", _("When"), objection.created_at),
            Entry("answer", _("Answer"), answer),
            moment("answered_at", _("Answered"), objection.closed_at),
        ],
    )


def _correction(asked: CorrectionRequest) -> Record:
    return Record(
        str(asked),
        [
            Entry("about", _("Order or filing"), str(asked)),
            Entry("item", _("What is wrong"), asked.item, corrections.ITEMS.get(asked.item, asked.item)),
            Entry("words", _("What you wrote"), asked.words),
            moment("at", _("When"), asked.asked_at),
            Entry("outcome", _("Result"), asked.outcome, corrections.OUTCOMES[asked.outcome]),
            Entry("answer", _("Answer"), asked.answer),
            moment("answered_at", _("Answered"), asked.closed_at),
        ],
    )


def _messages(user: User) -> list[Record]:
    """Messages by subject line; their text is on the page of messages while it is kept."""
    found = []
    for message in notes(user):
        try:
            subject = read_in(message, get_language() or "").subject
        except (UnknownMessage, MissingWord):
            continue
        found.append(Record(subject, [moment("at", _("When"), message.created_at), Entry("subject", "", subject)]))
    return found
