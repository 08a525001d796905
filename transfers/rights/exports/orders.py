"""The data about each order in a copy: answers, consents, events, and its documents in the ZIP."""

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from icpportal.accounts.models import User
from icpportal.fields.types import Json, JsonObject
from transfers.filing_type.facts import rows as type_rows
from transfers.models import Order
from transfers.order_page.timeline import timeline
from transfers.orders import queries
from transfers.orders.kinds import kind_of, state_of
from transfers.orders.people import ROLES
from transfers.returns.answer_rows import rows, words
from transfers.returns.labels import FORMS
from transfers.rights import consents, looks
from transfers.rights.exports.papers import Paper
from transfers.rights.exports.records import Entry, Part, Record, moment
from transfers.steps import STEPS
from transfers.steps.base import Step
from verification.models import Backdrop, PlaceChoice

# the pages with answers; none has service codes, passwords or keys of ours
PAGES = tuple(step for step in STEPS if step.key in queries.DETAILS)
OF_TYPE = ("region", "nature", "id_type", "id_number", "name", "domain")
TYPE_ROWS = ("name", "nature", "id_type", "id_number", "region", "domain")  # rows shown to people


def of_account(user: User, papers: list[Paper]) -> Part:
    """All orders of the account, newest first."""
    beside: dict[str, list[Paper]] = {}
    for paper in papers:
        beside.setdefault(paper.folder, []).append(paper)
    seen: dict[str, list[looks.Look]] = {}
    for look in looks.of_account(user):
        seen.setdefault(look.order.reference, []).append(look)
    orders = queries.orders_of(user).select_related("owner")
    return Part(
        "orders",
        _("Orders"),
        [_order(order, beside.get(order.reference, []), seen.get(order.reference, [])) for order in orders],
    )


def _order(order: Order, papers: list[Paper], seen: list[looks.Look]) -> Record:
    state = state_of(order)
    return Record(
        f"{order.reference} {order.display_domain}".strip(),
        [
            Entry("reference", _("Order"), order.reference),
            Entry("kind", _("Kind"), order.kind, kind_of(order).name),
            Entry("state", _("State"), order.state, state.label),
            Entry("domain", _("Domain name"), order.domain, order.display_domain),
            Entry("subject_number", _("Filing number of the subject"), order.subject_number),
            Entry("site_number", _("Filing number of the website"), order.site_number),
            Entry("server", pgettext("copy", "Server"), order.instance),
            moment("created_at", _("Created"), order.created_at),
            moment("submitted_at", _("Submitted"), order.submitted_at),
            moment("entered_at", _("In this state since"), order.entered_at),
            moment("erased_at", _("Entries deleted"), order.erased_at),
        ],
        [
            Part("answers", _("What was entered"), [_answers(order)], is_one=True),
            Part("consents", _("Consents"), [_consent(given) for given in consents.of_order(order)]),
            Part("documents", _("Documents"), [paper.record() for paper in papers]),
            Part("backdrops", _("Backdrops sent by post"), _backdrops(order)),
            Part("photo_place", _("Designated place for the photo"), _places(order)),
            Part("looks", _("Who looked at my documents"), [_look(look) for look in seen]),
            Part("history", _("What happened"), _history(order)),
        ],
    )


def _answers(order: Order) -> Record:
    kind = order.answer("type")
    typed = (
        [Part("type", _("Filing type"), [Record(_("Filing type"), type_entries(kind))], is_one=True)] if kind else []
    )
    pages = [
        Part(step.key, step.title, [Record(step.title, _entries(order, step))], is_one=True)
        for step in PAGES
        if order.answer(step.key)
    ]
    return Record(_("What was entered"), parts=[*typed, *pages])


def type_entries(answers: dict[str, str]) -> list[Entry]:
    """The answers of the filing type."""
    shown = dict(zip(TYPE_ROWS, type_rows(answers, in_clear=True), strict=True))
    return [Entry(key, shown[key]["label"] or "", answers[key], shown[key]["value"]) for key in OF_TYPE]


def detail(name: str, value: Json) -> Entry:
    """A value of the register, with the label and words of the page that asks for it."""
    field = next((form.base_fields[name] for form in FORMS.values() if name in form.base_fields), None)
    if field is None or value in (None, "", []):
        return Entry(name, field.label or name if field else name, value)
    return Entry(name, field.label or name, value, words(field, value))


def _entries(order: Order, step: Step) -> list[Entry]:
    typed: JsonObject = order.answer(step.key)
    found = []
    for row in rows(order, step):
        name = row["field"].partition(".")[2]
        found.append(Entry(name, row["label"] or "", typed.get(name), row["value"]))
    return found


def _consent(given: consents.GivenConsent) -> Record:
    role = ROLES[given.role]
    return Record(
        role,
        [
            Entry("role", _("Person"), given.role, role),
            Entry("name", _("Name"), given.name),
            moment("given_at", _("Agreed at"), given.given_at),
            moment("withdrawn_at", _("Withdrawn at"), given.withdrawn_at),
        ],
    )


def _backdrops(order: Order) -> list[Record]:
    return [
        Record(
            _("Backdrop"),
            [
                Entry("recipient", _("Recipient"), sent.recipient),
                Entry("mobile", _("Mobile"), sent.mobile),
                Entry("region", _("Region"), sent.region, sent.region_name),
                Entry("address", _("Street address"), sent.address),
                Entry("company", _("Company"), sent.company),
                Entry("state", _("State"), sent.state),
                moment("created_at", _("Requested"), sent.created_at),
            ],
        )
        for sent in Backdrop.objects.filter(holder=order.reference, owner_id=order.owner_id)
    ]


def _places(order: Order) -> list[Record]:
    return [
        Record(
            chosen.place.name_zh,
            [
                Entry("name", pgettext("place", "Name"), chosen.place.name_zh),
                moment("chosen_at", _("Chosen"), chosen.chosen_at),
            ],
        )
        for chosen in PlaceChoice.objects.filter(holder=order.reference).select_related("place")
    ]


def _look(look: looks.Look) -> Record:
    return Record(
        str(look.what),
        [
            Entry("role", _("Who"), str(look.role)),
            Entry("reason", _("Why"), str(look.why)),
            Entry("first", _("Day"), look.first.isoformat(), look.days),
            Entry("last", "", look.last.isoformat()),
            Entry("times", _("How often"), look.times),
        ],
    )


def _history(order: Order) -> list[Record]:
    chinese = (get_language() or "").startswith("zh")
    return [
        Record(
            row.what,
            [
                moment("at", _("When"), row.at),
                Entry("by", _("Who"), str(row.who)),
                Entry("what", _("What"), str(row.what)),
                Entry("note", _("Note"), str(row.note)),
            ],
        )
        for row in timeline(order, chinese=chinese, for_owner=True)
    ]
