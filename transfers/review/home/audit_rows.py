"""The log as an auditor reads it: who looked at what, and what staff did; never the values themselves."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from filings.legacy_import.state_labels import CLAIM_ACTS
from filings.models import LegacyClaimEvent
from icpportal.accounts.models import User
from icpportal.approvals.models import OF_ACCOUNTS, ApprovalRequest
from icpportal.approvals.queries import with_owners
from icpportal.approvals.words import masked_thing, said_of
from icpportal.desk.event_lines import read_of_log
from icpportal.fields.language_marks import comma_list
from icpportal.fields.types import Words
from icpportal.lifecycle import LEAD, OPERATIONS, REVIEWER
from icpportal.outbox.models import CHANNELS, Message
from icpportal.outbox.texts.catalogue import title_of
from icpportal.privacy.access_words import WHAT, reason_words
from icpportal.privacy.masks import mask_account
from icpportal.privacy.models import LATEST_LOOK, AccessNote
from transfers.models import ColleagueNote, Decision, OrderEvent
from transfers.orders.history import row_of
from transfers.orders.rows import staff_words
from transfers.review.cases.events import handed_on_words, undone_words
from transfers.review.decisions import TAKEN_BACK
from transfers.review.purposes import without_holding
from verification.models import BackdropStock

MOST = 50
MINUTE = timedelta(minutes=1)  # moments closer than this are shown as one
LOOKS, FLAGGED, ACTS, CHANGES = "looks", "flagged", "acts", "changes"
SORTS: dict[str, str | Promise] = {
    "": pgettext_lazy("of the log", "Everything"),
    LOOKS: pgettext_lazy("of the log", "Looks"),
    FLAGGED: pgettext_lazy("of the log", "Looks without holding the case"),
    ACTS: pgettext_lazy("of the log", "Acts"),
    CHANGES: pgettext_lazy("of the log", "Changes to accounts and lists"),
}
UNNAMED = (BackdropStock,)  # of one row: its text is a number
DONE: dict[int, Words] = {
    ADDITION: gettext_lazy("added: %(what)s"),
    CHANGE: gettext_lazy("changed: %(what)s"),
    DELETION: gettext_lazy("deleted: %(what)s"),
}


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row: a look, with how often and since when, or an act."""

    at: datetime  # of the act, or of the latest look
    who: str
    reference: str
    what: Words
    why: Words = ""
    times: int = 0
    first_at: datetime | None = None  # the first look, where there were others minutes later
    client: str = ""  # the client's address, if known
    is_flagged: bool = False  # a look at a case that somebody else had, or nobody


@dataclass(frozen=True, slots=True)
class RowFilter:
    """The rows to show: of one reference as typed, one person, one sort, between two moments."""

    reference: str = ""
    who: User | None = None
    sort: str = ""
    since: datetime | None = None
    before: datetime | None = None

    def within(self, name: str, who: str) -> Q:
        """A condition on a table, given its columns for the moment and the person."""
        found = Q(**{f"{name}__gte": self.since}) if self.since else Q()
        found &= Q(**{f"{name}__lt": self.before}) if self.before else Q()
        return found & (Q(**{who: self.who}) if self.who else Q())

    def about(self, name: str) -> Q:
        """A condition on the reference; references of orders match in small letters too."""
        return Q(**{f"{name}__in": {self.reference, self.reference.upper()}}) if self.reference else Q()


def rows(wanted: RowFilter) -> tuple[list[LogRow], datetime | None]:
    """The newest matching rows, and the moment before which there are more."""
    found = sorted((row for source in _sources(wanted) for row in source(wanted)), key=lambda row: row.at, reverse=True)
    if len(found) <= MOST:
        return found, None
    edge = found[MOST - 1].at  # rows of one moment stay together, or the next page would leave some out
    return [row for row in found if row.at >= edge], edge


def _sources(wanted: RowFilter) -> list[Callable[[RowFilter], Iterator[LogRow]]]:
    by_sort: dict[str, list[Callable[[RowFilter], Iterator[LogRow]]]] = {
        LOOKS: [_looks],
        FLAGGED: [_looks],
        ACTS: [_moves, _undone, _handed_on, _claims, _requests, _changes],
        CHANGES: [_changes],
    }
    return by_sort.get(wanted.sort, [_looks, *by_sort[ACTS]])


def _looks(wanted: RowFilter) -> Iterator[LogRow]:
    found = AccessNote.objects.annotate(latest=LATEST_LOOK)
    found = found.filter(wanted.within("latest", "actor") & wanted.about("reference"))
    found = found.filter(without_holding()) if wanted.sort == FLAGGED else found
    flagged = found.annotate(flagged=Q(without_holding())).select_related("actor")
    for note in flagged.order_by("-latest", "-pk")[: MOST + 1]:
        yield LogRow(
            at=note.latest,
            who=_name(note.actor),
            reference=note.reference,
            what=WHAT.get(note.what, note.what),
            why=reason_words(note.reason),
            times=note.times,
            first_at=note.at if note.latest - note.at >= MINUTE else None,
            client=note.client,
            is_flagged=note.flagged,
        )


def _moves(wanted: RowFilter) -> Iterator[LogRow]:
    """What staff did to orders."""
    of_staff = Q(by__in=(REVIEWER, LEAD, OPERATIONS), actor__isnull=False)
    found = OrderEvent.objects.filter(of_staff & wanted.within("at", "actor") & wanted.about("order__reference"))
    named = found.order_by("-at", "-pk").select_related("actor", "order")
    for event in named.only("at", "move", "actor", "order__reference")[: MOST + 1]:
        row = row_of(event.move)
        yield LogRow(event.at, _name(event.actor), event.order.reference, staff_words(row) if row else event.move)


def _undone(wanted: RowFilter) -> Iterator[LogRow]:
    """Decisions that were taken back in time, of which the order has no event; without their content."""
    found = Decision.objects.filter(outcome=TAKEN_BACK)
    found = found.filter(wanted.within("ended_at", "reviewer") & wanted.about("order__reference"))
    named = found.order_by("-ended_at").select_related("reviewer", "order")
    for decision in named.only("ended_at", "decided_at", "move", "reviewer", "order__reference")[: MOST + 1]:
        at = decision.ended_at or decision.decided_at
        yield LogRow(at, str(decision.reviewer), decision.order.reference, undone_words(decision))


def _handed_on(wanted: RowFilter) -> Iterator[LogRow]:
    """Orders given to a colleague or taken over by a lead; without the words."""
    found = ColleagueNote.objects.filter(kind=ColleagueNote.HANDED_ON)
    found = found.filter(wanted.within("at", "author") & wanted.about("order__reference"))
    named = found.order_by("-at").select_related("author", "addressee", "order")
    for note in named.only("at", "author", "addressee", "order__reference")[: MOST + 1]:
        yield LogRow(note.at, str(note.author), note.order.reference, handed_on_words(note))


def _claims(wanted: RowFilter) -> Iterator[LogRow]:
    """What was decided about claims of old filings; without the words."""
    found = LegacyClaimEvent.objects.filter(by=REVIEWER, actor__isnull=False)
    found = found.filter(wanted.within("at", "actor") & wanted.about("claim__reference"))
    named = found.order_by("-at", "-pk").select_related("actor", "claim")
    for event in named.only("at", "move", "actor", "claim__reference")[: MOST + 1]:
        yield LogRow(event.at, str(event.actor), event.claim.reference, CLAIM_ACTS.get(event.move, event.move))


def _requests(wanted: RowFilter) -> Iterator[LogRow]:
    """What a second person was asked, and the answer; without the words."""
    people = Q(asked_by=wanted.who) | Q(answered_by=wanted.who) if wanted.who else Q()
    named = Q(kind__in=OF_ACCOUNTS) & wanted.about("owner__name")
    found = ApprovalRequest.objects.filter(people & (wanted.about("reference") | named if wanted.reference else Q()))
    before = found.filter(asked_at__lt=wanted.before) if wanted.before else found
    for request in with_owners(before.select_related("asked_by", "answered_by").order_by("-asked_at")[: MOST + 1]):
        for act in said_of(request):
            if (wanted.since is None or act.at >= wanted.since) and (wanted.before is None or act.at < wanted.before):
                yield LogRow(act.at, act.who, masked_thing(request), act.what)


def _changes(wanted: RowFilter) -> Iterator[LogRow]:
    """What staff changed on pages of accounts and lists: the row and the fields, never the values."""
    found = LogEntry.objects.filter(wanted.within("action_time", "user") & wanted.about("object_repr"))
    # by the key: it is indexed, and grows with time
    entries = list(found.select_related("user", "content_type").order_by("-pk")[: MOST + 1])
    accounts = [each.object_id or "" for each in entries if _is_account(each)]
    staff = User.objects.filter(pk__in=accounts, is_staff=True).values_list("pk", flat=True) if accounts else ()
    shown = {str(pk) for pk in staff}
    for each in entries:
        kind = each.content_type.model_class() if each.content_type else None
        done = str(DONE[each.action_flag]) % {"what": kind._meta.verbose_name if kind else ""}
        is_customer = _is_account(each) and each.object_id not in shown
        name = mask_account(each.object_repr) if is_customer else each.object_repr
        name = "" if kind in UNNAMED else _message_name(name) if kind is Message else name
        yield LogRow(each.action_time, str(each.user), name, done, _fields(each))


def _is_account(entry: LogEntry) -> bool:
    kind = entry.content_type
    return kind is not None and (kind.app_label, kind.model) == (User._meta.app_label, User._meta.model_name)


def _message_name(text: str) -> str:
    """Subject and channel in words, from the text that the log has: `email order_lapsed`."""
    channel, _gap, template = text.partition(" ")
    return f"{title_of(template) or template} · {CHANNELS.get(channel, channel)}"


def _fields(entry: LogEntry) -> str:
    """The names of the fields that were changed, or what an action wrote."""
    if not entry.change_message.startswith("["):
        return read_of_log(entry.change_message)
    named = [name for part in json.loads(entry.change_message) for name in part.get("changed", {}).get("fields", [])]
    return comma_list(_(name) for name in dict.fromkeys(named))


def _name(actor: User | None) -> str:
    return str(actor) if actor else _("The system")
