"""A table answers from where, to where and who may, and its check refuses incomplete rows."""

from icpportal.lifecycle import APPLICANT, CLOCK, LEAD, REVIEWER, Move, MoveTable
from icpportal.lifecycle.system_check import check_table

SENTENCES = {"draft": "…", "sent": "…", "late": "…"}


def table(*rows: Move) -> MoveTable:
    return MoveTable(rows, usual_kinds=("letter",))


def check(*rows: Move, sentences: dict[str, str] = SENTENCES, messages: tuple[str, ...] = ("hello",)) -> list[str]:
    found = check_table(
        table(*rows), name="letters", sentences=sentences, has_message=messages.__contains__, initial="draft"
    )
    return [error.id for error in found]


def test_a_lead_may_do_what_a_reviewer_may_but_not_the_reverse() -> None:
    rows = table(Move("judge", ("sent",), "late", by=REVIEWER), Move("refuse", ("sent",), "late", by=LEAD))

    assert [r.name for r in rows.rows_from("letter", "sent", LEAD)] == ["judge", "refuse"]
    assert [r.name for r in rows.rows_from("letter", "sent", REVIEWER)] == ["judge"]


def test_a_row_without_kinds_applies_to_the_usual_ones_only() -> None:
    send = Move("send", ("draft",), "sent", by=APPLICANT)
    rows = table(send, Move("stop", ("draft",), "late", by=APPLICANT, kinds=("card",)))

    assert [r.name for r in rows.rows_from("letter", "draft", APPLICANT)] == ["send"]
    assert [r.name for r in rows.rows_from("card", "draft", APPLICANT)] == ["stop"]


def test_a_complete_table_passes() -> None:
    timed = Move("send", ("draft",), "sent", by=APPLICANT, due=lambda *_: None, notify="hello")
    over = Move("end", ("sent",), "late", by=CLOCK)

    assert check(timed, over) == []


def test_a_timed_state_without_a_move_by_the_clock_is_refused() -> None:
    timed = Move("send", ("draft",), "sent", by=APPLICANT, due=lambda *_: None)

    assert check(timed) == ["lifecycle.E001"]


def test_a_message_missing_in_one_language_is_refused() -> None:
    told = Move("send", ("draft",), "sent", by=APPLICANT, notify="goodbye")

    assert check(told) == ["lifecycle.E002"]


def test_a_state_without_a_sentence_is_refused() -> None:
    row = Move("send", ("draft",), "sent", by=APPLICANT)

    assert check(row, sentences={"draft": "…"}) == ["lifecycle.E003"]


def test_a_state_that_is_left_but_never_entered_is_refused() -> None:
    lost = Move("end", ("sent",), "late", by=CLOCK)

    assert check(lost) == ["lifecycle.E004"]
