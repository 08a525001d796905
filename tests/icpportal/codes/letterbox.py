"""Stands in for the outbox: keeps what would have been queued."""

from typing import Any

LETTERS: list[dict[str, Any]] = []


def tell(**letter: Any) -> None:
    LETTERS.append(letter)


def codes_to(destination: str) -> list[str]:
    """Every code that went to `destination`, oldest first."""
    return [
        letter["context"]["code"] for letter in LETTERS if letter["to"] == destination and "code" in letter["context"]
    ]


def another(code: str) -> str:
    """A code of the right shape that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
