"""The states and moves of imports and claims: the printed tables, and who may do what."""

import pytest

from filings.legacy_import.lifecycle import CLAIM, CLAIM_TABLE, IMPORT, IMPORT_TABLE
from filings.models import LegacyAccount, LegacyClaim, LegacyImport
from filings.models import legacy_states as states
from filings.system_checks import legacy_lives
from icpportal.lifecycle import ACTORS, APPLICANT, CLOCK, REVIEWER, MoveNotAllowed
from tests.transfers.builders import make_user


def rows_of(table):
    return [(row.name, row.sources, row.target, row.by, row.notify) for row in table.rows]


def test_the_tables_are_these():
    assert rows_of(IMPORT_TABLE) == [
        ("preview", ("proved",), "previewed", APPLICANT, ""),
        ("run", ("previewed",), "running", APPLICANT, ""),
        ("finish", ("running",), "imported", CLOCK, "import_complete"),
        ("finish", ("running",), "imported", CLOCK, "import_done"),
        ("finish", ("running",), "failed", CLOCK, "import_failed"),
        ("again", ("imported", "failed"), "previewed", APPLICANT, ""),
    ]
    assert rows_of(CLAIM_TABLE) == [
        ("send", ("open", "declined"), "sent", APPLICANT, "reset_received"),
        ("send", ("open", "declined"), "sent", APPLICANT, "claim_received"),
        ("withdraw", ("sent",), "open", APPLICANT, ""),
        ("accept", ("sent",), "accepted", REVIEWER, "reset_accepted"),
        ("accept", ("sent",), "accepted", REVIEWER, "claim_accepted"),
        ("decline", ("sent",), "declined", REVIEWER, "claim_declined"),
    ]


def test_the_tables_are_complete():
    assert legacy_lives() == []


ALL = {"fresh": True, "n": 1, "m": 1, "left": True, "papers_ready": True, "changed": True}


@pytest.mark.parametrize("lifecycle", [IMPORT, CLAIM])
def test_an_actor_missing_in_the_table_may_do_nothing(lifecycle):
    for state in lifecycle.table.states():
        thing = lifecycle.model(state=state)
        for actor in ACTORS:
            may = {row.name for row in lifecycle.available(thing, actor, ALL)}
            wanted = {
                row.name
                for row in lifecycle.table.rows
                if state in row.sources and (row.by == actor or (actor, row.by) == ("lead", "reviewer"))
            }
            assert may == wanted


@pytest.mark.parametrize(
    ("state", "move", "by", "missing"),
    [
        (states.PROVED, "preview", APPLICANT, "fresh"),
        (states.PREVIEWED, "run", APPLICANT, "fresh"),
        (states.IMPORTED, "again", APPLICANT, "fresh"),
        (states.FAILED, "again", APPLICANT, "left"),
    ],
)
def test_a_failing_guard_forbids_the_move(db, state, move, by, missing):
    mine = LegacyImport.objects.create(owner=make_user(), account=LegacyAccount.objects.create(), state=state)

    with pytest.raises(MoveNotAllowed):
        IMPORT.apply(mine, move, by=by, facts={**ALL, missing: False})

    assert LegacyImport.objects.get().state == state
    assert mine.events.count() == 0


def test_a_claim_without_checked_papers_is_not_sent(db):
    assert CLAIM.can(LegacyClaim(state=states.OPEN), "send", APPLICANT, ALL)
    assert not CLAIM.can(LegacyClaim(state=states.OPEN), "send", APPLICANT, {})


@pytest.mark.parametrize(
    ("facts", "target"),
    [({"n": 2, "m": 1}, "imported"), ({"n": 0, "m": 0}, "imported"), ({"n": 0, "m": 1}, "failed")],
)
def test_an_import_without_any_result_has_failed(facts, target):
    (row,) = IMPORT.available(LegacyImport(state=states.RUNNING), CLOCK, facts)

    assert row.target == target
