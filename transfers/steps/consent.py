"""Whether the website administrator, if not the lead, has agreed: by link, or on paper."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Task
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.models import Order
from transfers.notifications.messages import notify_recipients
from transfers.orders.people import Person, administrator, is_same_person
from transfers.proofs.papers import papers_in_slot
from verification.models import ConsentRequest
from verification.phones import consent_links

ANSWER, WAY, PAPER = "consent", "way", "paper"  # keys in the answers of an order
LETTER = "consent_letter"  # the slot of the signed form
TO_ASK, WAITING, OVER, DECLINED, WITHDRAWN, AGREED, ON_PAPER, SIGNED = (
    "to_ask", "waiting", "over", "declined", "withdrawn", "agreed", "paper", "signed",
)  # fmt: skip
WORDS: dict[str, Promise] = {
    TO_ASK: _("Ask %(name)s for consent: text the link"),
    WAITING: _("Waiting for %(name)s to agree on the phone %(mobile)s"),
    OVER: _("The link to %(name)s is more than 24 hours old: text a new one"),
    DECLINED: _("%(name)s did not agree: check the number, or enter another administrator"),
    WITHDRAWN: _("%(name)s has withdrawn the consent"),
    AGREED: _("%(name)s has agreed"),
    ON_PAPER: _("%(name)s agrees on paper: upload the signed form"),
    SIGNED: _("%(name)s agrees on paper: the signed form is uploaded"),
}
TASK_STATES = {AGREED: "done", SIGNED: "done", WAITING: "waiting", DECLINED: "wrong", WITHDRAWN: "wrong"}
BY_ANSWER = {consent_links.AGREED: AGREED, consent_links.DECLINED: DECLINED, consent_links.WITHDRAWN: WITHDRAWN}


@dataclass(frozen=True)
class ConsentStatus:
    """The state of the consent of this order's administrator."""

    state: str
    name: str
    mobile: str
    url: str

    @property
    def words(self) -> str:
        """What is done or missing."""
        return str(WORDS[self.state]) % {"name": self.name, "mobile": self.mobile}

    @property
    def has_agreed(self) -> bool:
        """Whether the person said yes."""
        return self.state == AGREED

    @property
    def on_paper(self) -> bool:
        """Whether the person signs a form."""
        return self.state in (ON_PAPER, SIGNED)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is awaited here: the form on paper is one of the documents."""
        return self.has_agreed or self.on_paper

    @property
    def task(self) -> Task:
        """Its row among the details."""
        state = TASK_STATES.get(self.state, "todo")
        return Task(_("Consent of the website administrator"), self.url, state, hint=self.words)


def consent_status(order: Order) -> ConsentStatus | None:
    """None where nobody must be asked: one person, nobody named yet, or submitted before there was this question."""
    person = administrator(order)
    if is_same_person(order) or not person.mobile or not person.id_number:
        return None
    request = consent_links.of(order.reference)
    if request is None and order.submitted_at is not None:
        return None
    return ConsentStatus(
        _state_on_paper(order) if is_on_paper(order) else _state(request, person),
        mask_name(person.name),
        mask_mobile(person.mobile),
        reverse("administrator-consent", args=[order.reference]),
    )


def letter_mark(order: Order) -> str:
    """The mark of a form signed by the administrator who is on the order now."""
    return administrator(order).key[:16]


def _state_on_paper(order: Order) -> str:
    theirs = ("", letter_mark(order))  # forms of earlier versions have no mark
    ready = any(paper.document.is_ready and paper.mark in theirs for paper in papers_in_slot(order, LETTER))
    return SIGNED if ready else ON_PAPER


def _state(request: ConsentRequest | None, person: Person) -> str:
    if request is None or not consent_links.is_of(request, person_key=person.key, mobile=person.mobile):
        return TO_ASK
    if request.answer:
        return BY_ANSWER[request.answer]
    return WAITING if request.is_open else OVER


def answer(order: Order, token: str, said: str, *, language: str, client: str) -> bool:
    """Keep what the person said on the phone; who manages the order is told of a no, as the person reads there."""
    with transaction.atomic():
        is_kept = consent_links.answer(token, said, language=language, client=client)
        if is_kept and said == consent_links.DECLINED:
            notify_recipients(order, "consent_declined", event_id=consent_links.digest(token))
    return is_kept


def is_on_paper(order: Order) -> bool:
    """Whether the person signs a form, which our reviewer compares with the document."""
    return order.answer(ANSWER).get(WAY) == PAPER and not is_same_person(order)


def has_agreed(order: Order) -> bool:
    """Whether the person agreed."""
    found = consent_status(order)
    return found is not None and found.has_agreed
