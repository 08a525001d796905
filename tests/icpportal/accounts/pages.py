"""Reads pages like a script: forms, fields, errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, dict[str, str | None]] = {}
        self.words: list[str] = []
        self.in_main = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.in_main = self.in_main or tag == "main"
        if self.in_main and tag in ("input", "button") and attributes.get("name"):
            self.fields[str(attributes["name"])] = attributes

    def handle_endtag(self, tag: str) -> None:
        if tag == "main":
            self.in_main = False

    def handle_data(self, data: str) -> None:
        if self.in_main and data.strip():
            self.words.append(data.strip())


def read(response: Any) -> _Reader:
    """The fields and words inside `<main>`."""
    reader = _Reader()
    reader.feed(response.content.decode())
    return reader


@contextmanager
def work() -> Iterator[list[str]]:
    """The queries of a block by their kind and table, without savepoints."""
    done: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield done
    texts = [query["sql"].replace('"', "") for query in captured.captured_queries]
    counted = [text.split() for text in texts if not text.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
    done += [f"{text[0]} {_table(text)}" for text in counted]


def _table(text: list[str]) -> str:
    if text[0] == "SELECT" and "." in text[1]:  # the first column names it; a subquery may come before FROM
        return text[1].partition(".")[0]
    after = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}.get(text[0], "")
    return text[text.index(after) + 1] if after in text else ""


def words(response: Any) -> str:
    """The text of `<main>`, as one line."""
    return " ".join(" ".join(read(response).words).split())


def errors(response: Any) -> dict[str, list[str]]:
    """The codes of the form's errors, by field."""
    data = response.context["form"].errors.as_data()
    return {name: [error.code for error in found] for name, found in data.items()}
