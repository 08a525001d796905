"""Every action of staff is linked to the previous one: a changed, removed or inserted row is found."""

import json
import logging
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from icpportal.audit import chain, checkpoints
from icpportal.audit.actions import append
from icpportal.audit.models import AuditCheckpoint, AuditEntry
from icpportal.audit.verification import verify
from tests.transfers.builders import make_reviewer
from tests.transfers.together import together

JUDGED = "SET CONSTRAINTS ALL IMMEDIATE"  # or a table that has just been written cannot be altered
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="a trigger of PostgreSQL")


def some(count: int, **more: Any) -> list[AuditEntry]:
    """Linked entries."""
    for number in range(count):
        append("look", actor=None, what="order", reference=f"T7Q4-000{number}", **more)
    chain.link()
    return list(AuditEntry.objects.order_by("place"))


def without_trigger(statement: str, *values: Any) -> None:
    """What the owner of the database can do without the portal."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{JUDGED}; ALTER TABLE audit_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_auditentry ENABLE TRIGGER USER")


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_an_untouched_chain_is_valid_and_the_command_says_so() -> None:
    some(3)

    assert output_of() == "The audit chain holds: 3 entries, the last is 3.\n"
    assert json.loads(output_of("--json"))["holds"] is True


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "first_wrong"),
    [
        ("UPDATE audit_auditentry SET reason = 'another' WHERE place = 2", "entry 2 "),
        ("UPDATE audit_auditentry SET actor_id = NULL, at = at + INTERVAL '1 second' WHERE place = 3", "entry 3 "),
        ("DELETE FROM audit_auditentry WHERE place = 2", "entry 2 is missing"),
        ('UPDATE audit_auditentry SET said = \'{"to": "refused"}\' WHERE place = 1', "entry 1 "),
    ],
)
def test_the_first_changed_row_is_named(done: str, first_wrong: str) -> None:
    some(4)
    if connection.vendor == "sqlite":
        done = done.replace("at = at + INTERVAL '1 second'", "at = datetime(at, '+1 second')")

    without_trigger(done)

    with pytest.raises(CommandError, match=first_wrong):
        output_of()


@pytest.mark.django_db
def test_a_rewritten_chain_does_not_match_the_signed_checkpoint() -> None:
    entries = some(3)
    checkpoints.keep()
    previous = chain.BEGINNING
    for entry in entries:  # as the owner of the database could
        entry.reason = "nothing to see"
        digest = chain.digest_of(entry, entry.place or 0, previous)
        without_trigger(
            "UPDATE audit_auditentry SET reason = %s, previous = %s, digest = %s WHERE id = %s",
            entry.reason, previous, digest, entry.pk,
        )  # fmt: skip
        previous = digest

    assert "is not what checkpoint" in verify().broken


@pytest.mark.django_db
def test_the_last_rows_cannot_be_cut_off_after_they_were_signed() -> None:
    some(3)
    checkpoints.keep()

    without_trigger("DELETE FROM audit_auditentry WHERE place = 3")

    assert verify().broken == "entry 3 is missing: a checkpoint was signed at 3"


@pytest.mark.django_db
def test_a_forged_checkpoint_does_not_hide_missing_rows() -> None:
    entries = some(3)

    AuditCheckpoint.objects.create(place=2, digest=entries[1].digest, removed=2, signature="forged")
    without_trigger("DELETE FROM audit_auditentry WHERE place <= 2")

    assert "was not signed by this portal" in verify().broken


@pytest.mark.django_db
def test_the_oldest_entries_are_deleted_after_their_time_and_a_signed_checkpoint_replaces_them(settings: Any) -> None:
    now = timezone.now()
    some(2, now=now - timedelta(days=configured.AUDIT_KEPT_DAYS + 1))
    some(2, now=now - timedelta(days=configured.AUDIT_KEPT_DAYS - 1))

    assert checkpoints.remove_old(now=now, dry_run=True) == 2
    assert checkpoints.remove_old(now=now) == 2
    assert checkpoints.remove_old(now=now) == 0

    gone = AuditCheckpoint.objects.get()
    assert (gone.place, gone.removed, gone.since) == (2, 2, now - timedelta(days=configured.AUDIT_KEPT_DAYS + 1))
    assert output_of() == "The audit chain holds: 2 entries, the last is 4.\n"
    some(1)
    assert verify().ends_at == 5


@pytest.mark.django_db
def test_when_all_are_deleted_the_chain_continues_from_the_checkpoint() -> None:
    some(2)
    assert checkpoints.remove_old(now=timezone.now() + timedelta(days=configured.AUDIT_KEPT_DAYS + 1)) == 2

    some(1)

    assert (AuditEntry.objects.get().place, verify().broken) == (3, "")


@pytest.mark.django_db
def test_the_end_is_signed_once_a_day_and_only_if_something_was_added() -> None:
    now = timezone.now()
    some(1)

    first, again = checkpoints.keep(now=now), checkpoints.keep(now=now + timedelta(hours=23))
    idle = checkpoints.keep(now=now + timedelta(days=1))
    some(1)
    next_day = checkpoints.keep(now=now + timedelta(days=1))

    assert (first and first.place, again, idle, next_day and next_day.place) == (1, None, None, 2)


@pytest.mark.django_db
def test_a_new_secret_key_verifies_old_checkpoints_and_signs_them_again_before_the_old_one_is_dropped(
    settings: Any,
) -> None:
    some(1)
    checkpoints.keep()
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-key-of-fifty-characters-that-nobody-has-seen"

    assert "was not signed" in verify().broken
    settings.SECRET_KEY_FALLBACKS = [old]
    assert output_of("--sign-again").endswith("Checkpoints signed again: 1.\n")
    settings.SECRET_KEY_FALLBACKS = []
    assert verify().broken == ""


@on_postgresql
@pytest.mark.services
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditentry SET reason = 'x'",
        "UPDATE audit_auditentry SET place = 99",
        "DELETE FROM audit_auditentry",
        "TRUNCATE audit_auditentry",
        "UPDATE audit_auditcheckpoint SET place = 0",
        "DELETE FROM audit_auditcheckpoint",
        "TRUNCATE audit_auditcheckpoint",
    ],
)
def test_the_database_refuses_changes_and_deletions(statement: str) -> None:
    some(2)
    checkpoints.keep()

    with connection.cursor() as cursor:
        cursor.execute(JUDGED)
        with pytest.raises(DatabaseError, match="audit chain"), transaction.atomic():
            cursor.execute(statement)

    assert AuditEntry.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_people_who_act_at_the_same_moment_get_one_place_each() -> None:
    reviewer = make_reviewer()

    def act() -> None:
        for _ in range(5):
            append("look", actor=reviewer, reference="T7Q4-M2KX")

    together(act, act)
    chain.link()

    assert sorted(AuditEntry.objects.values_list("place", flat=True)) == list(range(1, 11))
    assert verify().broken == ""


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_has_no_entry_and_a_committed_one_has_one_log_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, logger="icpportal.audit")
    try:
        with transaction.atomic():
            append("look", actor=None, reference="T7Q4-GONE")
            raise ValueError
    except ValueError:
        pass

    append("look", actor=None, reference="T7Q4-M2KX", reason="Mr Wang called", said={"words": "Mr Wang"})

    lines = [record.__dict__ for record in caplog.records if record.name.startswith("icpportal.audit")]
    assert [line["of"] for line in lines] == ["T7Q4-M2KX"]
    assert "Wang" not in str(lines)
    assert AuditEntry.objects.get().place == 1
