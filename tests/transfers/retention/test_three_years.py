"""Three years of orders, claims, messages and logs: the clock's jobs leave nothing older than the settings allow."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.storage import storages
from django.db.models import Model
from django.utils import timezone

from icpportal.accounts.models import Pending
from icpportal.audit import checkpoints
from icpportal.codes import actions as codes
from icpportal.codes import limits
from icpportal.gateways import storage
from icpportal.operations.cleanup import cleanup
from icpportal.operations.retention import retain
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.models import FileKey
from tests.transfers import states
from tests.transfers.retention import quarters
from transfers.deadlines.sweep import TYPE_CHECKS_KEPT
from transfers.models import Order
from transfers.review.cases import drafts
from verification.models import Document
from verification.phones import uploads

pytestmark = pytest.mark.django_db

DAY, AT_ONCE = timedelta(days=1), timedelta(0)
ALWAYS = datetime.max.replace(tzinfo=UTC)  # a row that waits for people stays until they have dealt with it
QUARTERS = 14  # three years and a half


class Goes(NamedTuple):
    """A table's columns with personal data, beside sealed ones, and how long after which time they are cleared."""

    columns: str
    kept: str | timedelta  # a row of RETENTION, or a period of `tidy`
    since: str


class GoesWithOrder(NamedTuple):
    """The same for a row deleted this long after its order has ended; `alone` is for a row without an order."""

    columns: str = ""
    order: str = "order"
    kept: str = "details"  # of an order that was carried out its `filed_` row
    alone: Goes | None = None


IN_SESSION = settings.SESSION_LIMITS["applicant"][0]
GOES: dict[str, Goes | GoesWithOrder] = {
    "accounts.Pending": Goes("", Pending.KEPT, "created_at"),
    "admin.LogEntry": Goes("object_repr change_message", "staff_log", "action_time"),
    "approvals.ApprovalRequest": Goes("", "staff_log", "ended_at"),
    "audit.AuditEntry": Goes("reference reason", "audit", "at"),
    "codes.Allowance": Goes("key", limits.BUDGETS_KEPT, "began_at"),
    "codes.CacheRow": Goes("key", AT_ONCE, "expires_at"),
    "codes.Code": Goes("destination", codes.KEPT, "expires_at"),
    "drafts.PageDraft": Goes("", AT_ONCE, "expires_at"),
    "filings.LegacyClaim": Goes("", "claims", "entered_at"),
    "filings.LegacyClaimEvent": Goes("note", "claims", "claim.entered_at"),
    "miit.InboxFile": Goes("body key stored_name", "reports", "received_at"),
    "miit.Outcome": Goes("payload", "reports", "at"),
    "miit.Report": Goes("payload", AT_ONCE, "queued_at"),
    "miit.UploadFile": Goes("body key stored_name words", "reports", "accepted_at"),
    "outbox.Message": Goes("", "messages", "created_at"),
    "privacy.AccessNote": Goes("reference reason", "looks", "last_at"),
    "privacy.FileKey": Goes("wrapped", "reports", "created_at"),
    "privacy.LegalHold": Goes("because proposed_because", "staff_log", "lifted_at"),
    "rights.CorrectionRequest": Goes("", "corrections", "closed_at"),
    "rights.DataExport": Goes("stored_name", "own_copies", "ready_at"),
    "sessions.Session": Goes("session_data", AT_ONCE, "expire_date"),
    "transfers.Call": GoesWithOrder(),
    "transfers.CallAttempt": GoesWithOrder(order="call.order"),
    "transfers.CauseCancellation": Goes("words", "staff_log", "decided_at"),
    "transfers.ColleagueNote": GoesWithOrder(),
    "transfers.Decision": GoesWithOrder(),
    "transfers.FieldVerdict": GoesWithOrder("words own told", "round.order"),
    "transfers.ListExport": Goes("because keys query words", "exports", "asked_at"),
    "transfers.Objection": GoesWithOrder(alone=Goes("", "details", "closed_at")),
    "transfers.Order": GoesWithOrder("authority_words", order=""),
    "transfers.OrderEvent": GoesWithOrder("note"),
    "transfers.ParkedAnswer": Goes("words", "staff_log", "closed_at"),
    "transfers.PhoneCheck": GoesWithOrder("mobile_masked"),
    "transfers.ReviewDraft": Goes("", drafts.KEPT, "saved_at"),
    "transfers.ReviewRound": GoesWithOrder("why own"),
    "transfers.SearchKey": GoesWithOrder("key"),
    "transfers.TypeCheck": GoesWithOrder(alone=Goes("", TYPE_CHECKS_KEPT, "created_at")),
    "usersessions.UserSession": Goes("ip user_agent", IN_SESSION, "created_at"),
    "verification.Backdrop": Goes("region region_name", settings.BACKDROP_ADDRESS_KEPT, "entered_at"),
    "verification.Consent": GoesWithOrder("person_key client_index", "holder", "consents"),
    "verification.ConsentRequest": GoesWithOrder("person_key mobile_index", "holder"),
    "verification.Document": GoesWithOrder("stored_name", "holder", alone=Goes("", "claims", "created_at")),
    "verification.PhoneProof": GoesWithOrder("mobile_index", "holder"),
    "verification.PhoneUpload": Goes("device_digest", uploads.KEPT, "expires_at"),
    "verification.PlaceChoice": GoesWithOrder("holder", "holder"),
    "verification.WrongPassword": Goes("digest", DAY, "at"),
}
STAYS = {
    "while the account is open; closing it erases them (tests/transfers/rights)": {
        "account.EmailAddress", "account.EmailConfirmation", "accounts.FormerAddress", "accounts.Invitation",
        "accounts.User", "mfa.Authenticator", "outbox.Muted", "transfers.DeskSettings", "verification.ServiceCode",
    },
    "the register: the law asks the provider for what is on file, as long as it is": {
        "filings.Access", "filings.Person", "filings.Subject", "filings.Website", "transfers.FooterCheck",
    },
    "the old platform's list, as long as a filing may be imported or claimed": {
        "filings.LegacyAccount", "filings.LegacyImport", "filings.LegacyImportEvent", "filings.LegacyImportItem",
        "filings.LegacyRecord",
    },
    "never written: staff of an issuer are found by their address (icpportal/accounts/staff/issuer.py)": {
        "socialaccount.SocialAccount", "socialaccount.SocialApp", "socialaccount.SocialToken",
    },
    "the record that somebody's right was carried out: an account, a role and moments": {
        "rights.Closure", "rights.ConsentWithdrawal",
    },
    "names rows that are emptied themselves, and says nothing of anybody": {
        "filings.LegacyClaimPaper", "transfers.Duty", "transfers.OrderDocument", "transfers.PhoneWindow",
        "verification.BackdropEvent", "verification.CodeHandover",
    },
    "counts, catalogues and how the portal does": {
        "accounts.User_groups", "accounts.User_user_permissions", "alarms.Alarm", "alarms.SetAside",
        "audit.AuditCheckpoint", "auth.Group", "auth.Group_permissions", "auth.Permission",
        "contenttypes.ContentType", "icpportal.Heartbeat", "miit.MinistryLine", "miit.TableRow", "privacy.IndexName",
        "privacy.FolderMark", "privacy.KeyMark", "transfers.CountedDay", "transfers.DeskCount", "transfers.DeskDay",
        "transfers.DurationCount", "transfers.PhoneRegister", "transfers.ReasonVersion", "transfers.ReturnReason",
        "transfers.ReviewerCount", "verification.BackdropStock", "verification.FileRound", "verification.PhotoPlace",
        "workdays.WorkCalendarDay",
    },
}  # fmt: skip

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


def full(label: str) -> list[Model]:
    """The rows of a table that contain personal data."""
    model = MODELS[label]
    sealed = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
    objects = {field.attname for field in sealed if isinstance(field, EncryptedJSONField)}
    texts = {field.attname for field in sealed} - objects  # as stored: some are bound to their time
    plain = objects.union(GOES[label].columns.split())
    rows = list(model._base_manager.all())
    return [row for row in rows if any(vars(row)[name] for name in texts) or any(getattr(row, n) for n in plain)]


def _ended(row: Any) -> datetime:
    """Until when a row may contain personal data."""
    goes = GOES[row._meta.label]
    if isinstance(goes, Goes):
        return _until(row, goes)
    order = _order_of(row, goes.order)
    if order is None:
        assert goes.alone is not None, row
        return _until(row, goes.alone)
    filed = f"filed_{goes.kept}"
    kept = filed if order.state == states.APPROVED and filed in settings.RETENTION else goes.kept
    return order.entered_at + settings.RETENTION[kept].days * DAY


def _until(row: Any, goes: Goes) -> datetime:
    kept = settings.RETENTION[goes.kept].days * DAY if isinstance(goes.kept, str) else goes.kept
    moment = _at(row, goes.since)
    return moment + kept if moment else ALWAYS


def _order_of(row: Any, path: str) -> Order | None:
    found = _at(row, path) if path else row
    return Order.objects.filter(reference=found).first() if path == "holder" else found


def _at(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name)
    return row


@pytest.fixture
def left_over(django_capture_on_commit_callbacks: Any) -> dict[str, int]:
    """Simulates more than three years by quarters; the number of rows of each table with personal data then."""
    people = quarters.cast()
    with django_capture_on_commit_callbacks(execute=True):
        for quarter in reversed(range(QUARTERS)):
            quarters.leave(people, ago=quarter * quarters.QUARTER)
            if quarter:
                quarters.grow_older()
    return {label: len(full(label)) for label in GOES}


def test_after_three_years_every_table_with_personal_data_has_shrunk_and_nothing_is_too_old(
    left_over: dict[str, int], django_capture_on_commit_callbacks: Any
) -> None:
    now = timezone.now()
    files_before = list(Document.objects.values_list("stored_name", flat=True))

    with django_capture_on_commit_callbacks(execute=True):
        checkpoints.keep(now=now)
        done = [retain(now=now), cleanup(now=now)]
    left = {label: full(label) for label in GOES}

    assert [result.failed for result in done] == [[], []]
    assert {label: before for label, before in left_over.items() if before < QUARTERS} == {}
    assert {label: len(rows) for label, rows in left.items() if not len(rows) < left_over[label]} == {}
    assert {label for label, rows in left.items() if any(_ended(row) < now for row in rows)} == set()
    assert {label for label, rows in left.items() if not rows} == {
        "miit.Report"
    }  # answered reports are cleared at once
    living = set(Document.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    assert set(FileKey.objects.filter(place=storage.DOCUMENTS).values_list("name", flat=True)) == living
    assert {name for name in files_before if storages["documents"].exists(name)} == living


def test_a_new_table_states_when_it_is_cleared_or_why_it_stays() -> None:
    named = [*GOES, *(label for labels in STAYS.values() for label in labels)]

    assert sorted(named) == sorted(MODELS)
