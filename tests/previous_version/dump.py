"""Makes filled.sql.xz: the database of an earlier version with an order of every kind in every state.

It runs in a checkout of that version, on that version's own walk:

    git worktree add /tmp/earlier VERSION && cp tests/previous_version/dump.py /tmp/earlier/tests/test_dump.py
    cd /tmp/earlier && python -m pytest -q tests/test_dump.py && mv filled.sql.xz HERE/tests/previous_version/
"""

import lzma
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.walk import world

# one message of each text will do, and `migrate` writes permissions itself
SPARE = (
    "DELETE FROM outbox_message WHERE id NOT IN (SELECT min(id) FROM outbox_message GROUP BY template, channel)",
    "DELETE FROM auth_group_permissions",
    "DELETE FROM auth_permission",
)


@pytest.mark.django_db
def test_dump(tmp_path: Path, settings: Any) -> None:
    world.build("seed-2018", tmp_path, settings)
    with connection.cursor() as cursor:
        for statement in SPARE:
            cursor.execute(statement)
    lines = connection.connection.iterdump()
    Path("filled.sql.xz").write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
