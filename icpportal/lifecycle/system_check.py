"""System check of a lifecycle: a way out of every deadline, a text for every message."""

from collections.abc import Callable, Collection

from django.core import checks

from icpportal.lifecycle.table import MoveTable


def check_table(
    table: MoveTable, *, name: str, sentences: Collection[str], has_message: Callable[[str], bool], initial: str
) -> list[checks.CheckMessage]:
    """Errors for timed states the clock cannot end, missing messages, and states without a sentence or a way in."""
    reached = {row.target for row in table.rows} | {initial}
    found = [
        (sorted(table.timed_states() - table.left_by_clock()), "E001", "{} has a deadline but no move by the clock"),
        (
            sorted({r.notify for r in table.rows if r.notify and not has_message(r.notify)}),
            "E002",
            "no text in both languages for {}",
        ),
        (sorted(table.states() - set(sentences)), "E003", "{} has no sentence: whose turn, what, by when, what if not"),
        (sorted(table.states() - reached), "E004", "{} can be left but never entered"),
    ]
    return [
        checks.Error(f"{name}: {text.format(item)}", id=f"lifecycle.{code}")
        for items, code, text in found
        for item in items
    ]
