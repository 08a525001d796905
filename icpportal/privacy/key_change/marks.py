"""Whether this process's keys are those of its database, which has a known word under each key in use."""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Model

from icpportal.privacy import blind_index
from icpportal.privacy.crypto import Unreadable, key_names, seal, unseal
from icpportal.privacy.key_change.blind_indexes import IndexColumn, recomputable_columns
from icpportal.privacy.key_change.sealed_values import Column, columns
from icpportal.privacy.models import KeyMark

WORD = "this database"
SEALED, INDEX = "sealed", "index"
LEAST_KEY = 32  # characters
WRONG_KEY = (
    "PII_KEYS does not open what this database holds under the key “{}”: put that key back behind the first one."
)
WRONG_INDEX = "BLIND_INDEX_KEY is not the key of this database: nobody in it would be found. Put the earlier key back."
SHORT_INDEX = f"BLIND_INDEX_KEY is shorter than {LEAST_KEY} characters: people could be guessed from the database."


def short_index_key() -> str:
    """A sentence when the key of blind indexes is short and nothing needs it yet; else ""."""
    return SHORT_INDEX if is_short() and index_key_is_needed() is False else ""


def is_short() -> bool:
    return len(settings.BLIND_INDEX_KEY) < LEAST_KEY


def index_key_is_needed() -> bool | None:
    """Whether this database has indexes and none of the earlier keys made them; None while it is unreachable."""
    try:
        if KeyMark._meta.db_table not in connection.introspection.table_names():
            return False
        mark = KeyMark.objects.filter(kind=INDEX).first()
        if mark is None:  # filled before there were marks, or new
            return any(column.rows().exists() for column in recomputable_columns())
        return mark.token not in blind_index.words()[1:]
    except DatabaseError:
        return None


def mismatch() -> str:
    """A sentence when the keys do not match this database; "" before it has tables, or while it is unreachable."""
    try:
        return _mismatch(_tokens())
    except DatabaseError:
        return ""


def fault() -> str:
    """The same for a process that starts, which marks the sealing key if it matches.

    From now on that key is required, until `rotate_keys` has found it unused.
    """
    try:
        tokens = _tokens()
        wrong = _mismatch(tokens)
        if not wrong:
            _mark(set(tokens))
    except DatabaseError:
        return ""
    return wrong


def recorded() -> list[tuple[str, str, str]]:
    """Kind, name and token of each mark, for a backup."""
    return list(KeyMark.objects.order_by("kind", "name").values_list("kind", "name", "token"))


def wrong_for(backed_up: Iterable[Sequence[str]]) -> str:
    """A sentence when the keys do not match the database of a backup."""
    return next(filter(None, (_wrong((kind, name), token) for kind, name, token in backed_up)), "")


def _tokens() -> dict[tuple[str, str], str]:
    return {(mark.kind, mark.name): mark.token for mark in KeyMark.objects.all()}


def _mismatch(tokens: dict[tuple[str, str], str]) -> str:
    return next(filter(None, (_wrong(*each) for each in tokens.items())), "") if tokens else _found_wrong()


def forget(name: str) -> None:
    """Removes the mark of a key that no value is sealed with any more."""
    KeyMark.objects.filter(kind=SEALED, name=name).delete()


def _wrong(mark: tuple[str, str], token: str) -> str:
    kind, name = mark
    if kind == INDEX:
        return "" if token in blind_index.words() else WRONG_INDEX
    try:
        unseal(token, bound_to=_bound_to(name))
    except Unreadable:
        return WRONG_KEY.format(name)
    return ""


def _mark(there: set[tuple[str, str]]) -> None:
    """Marks the sealing key and, if there are no marks at all, the others: they have sealed something."""
    names = key_names()[:1] if there else key_names()
    in_force = blind_index.word(0 if blind_index.in_force_is_new() else 1)
    wanted = {(INDEX, ""): in_force, **{(SEALED, name): "" for name in names}}
    new = [
        KeyMark(kind=kind, name=name, token=token or seal(WORD.encode(), bound_to=_bound_to(name), key_name=name))
        for (kind, name), token in wanted.items()
        if (kind, name) not in there
    ]
    KeyMark.objects.bulk_create(new, ignore_conflicts=True)


def _found_wrong() -> str:
    """For a database filled before there were marks: tests one row of each column."""
    rows = [(column, row) for column in columns() if (row := column.values().order_by("-pk").first()) is not None]
    if rows and not any(_opens(*each) for each in rows):
        column, row = rows[0]
        return WRONG_KEY.format(column.token_of(row).split(":")[1])
    fits = [
        _fits(column, row)
        for column in recomputable_columns()
        if (row := column.rows().order_by("-pk").first()) is not None
    ]
    return WRONG_INDEX if fits and not any(fits) else ""


def _fits(column: IndexColumn, row: Model) -> bool:
    try:
        return getattr(row, column.field.name) in column.field.indexes_of(row)
    except Unreadable:
        return False


def _opens(column: Column, row: Model) -> bool:
    try:
        unseal(column.token_of(row), bound_to=column.bound_to_of(row))
    except Unreadable:
        return False
    return True


def _bound_to(name: str) -> str:
    return f"mark:{name}"
