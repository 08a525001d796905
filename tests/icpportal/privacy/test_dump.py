"""A stolen database, cache, storage and log contain nobody's number, mobile, name or picture."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as portal
from django.core.files.storage import storages
from django.db import connection

from icpportal.gateways import storage
from tests.icpportal.privacy.key_change.drill import opened_values
from tests.transfers.builders import picture
from tests.walk import world
from transfers.orders import kinds

pytestmark = pytest.mark.django_db

ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])")
MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])")
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF", b"ftypheic")
# of the provider itself and of public places
PUBLIC = {"verification_photoplace", "django_content_type", "auth_permission"}


def rows() -> Iterator[tuple[str, str]]:
    """Each row of each table, as in a dump."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in PUBLIC:
                cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
                for row in cursor.fetchall():
                    yield table, " | ".join(map(readable, row))


def readable(cell: Any) -> str:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else str(cell)


def cache_content() -> str:
    """Everything in the cache and the broker."""
    if not portal.REDIS_URL:
        return ""
    client = redis.Redis.from_url(portal.REDIS_URL)
    kept = (client.dump(name) or b"" for name in client.scan_iter())
    return " ".join(part.decode("latin-1") for part in kept)


def files() -> Iterator[tuple[str, bytes]]:
    for root in {portal.PRIVATE_ROOT, portal.QUARANTINE_ROOT, portal.MINISTRY_ROOT}:
        for path in Path(root).rglob("*"):
            if path.is_file() and path.parent.name != "walk":  # one picture for all rows of the world
                yield str(path), path.read_bytes()


def test_a_dump_of_everything_names_nobody(tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    of_others = {name for name, _content in files()}
    made = world.build("seed-2018", tmp_path, settings)
    storage.keep("documents", "20261129/kept.jpg", picture())
    assert {order.kind for order in made.orders} == set(kinds.ALL)

    sealed = " ".join(value.decode("utf-8", "replace") for values in opened_values().values() for value in values)
    people = {*ID_NUMBER.findall(sealed), *MOBILE.findall(sealed)}
    assert len(people) > 10

    dumped = list(rows())
    assert len(dumped) > 300
    assert {table for table, row in dumped if any(number in row for number in people)} == set()
    everything_else = cache_content() + caplog.text
    assert {number for number in people if number in everything_else} == set()
    found = {name: content for name, content in files() if name not in of_others}
    assert storages["documents"].path("20261129/kept.jpg") in found
    assert [name for name, content in found.items() if content.startswith(PICTURES[:3]) or PICTURES[3] in content] == []
