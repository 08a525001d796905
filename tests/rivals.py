"""Somebody else who acts at the worst moment, on one connection: between a read and the write that follows it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import Model


@contextmanager
def just_before(
    statement: str, rival: Callable[[], Any], *, of: type[Model] | None = None, locks: bool = False
) -> Iterator[None]:
    """Lets `rival` act once, before the first statement that begins like this, and names the table of a model.

    With `locks` before the first of these that locks what it reads, as only PostgreSQL's do.

    Before the `SAVEPOINT` where the statement is undone by its refusal: it would undo the rival as well.
    """
    rivals, table = [rival], f'"{of._meta.db_table}"' if of else ""

    def execute(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if rivals and sql.startswith(statement) and table in sql and (not locks or "FOR UPDATE" in sql):
            rivals.pop()()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield
    assert not rivals, f"no {statement} was made"
