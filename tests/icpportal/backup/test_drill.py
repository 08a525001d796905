"""The drill: a portal is backed up and lost, another one is restored from the backup, and continues."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from icpportal.audit import chain
from icpportal.privacy.models import FileKey
from tests.demo.ministry.process import start_simulator
from tests.icpportal.backup.papers import FROM, PICTURE, make_sealed_document
from tests.icpportal.backup.restored import GO_ON
from tests.icpportal.backup.shapes import Elsewhere, in_buckets, on_files
from tests.transfers.builders import make_order
from tests.walk import world
from transfers.models import Order, OrderDocument
from verification.models import Document

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
OPENS = """
import django
django.setup()
from tests.icpportal.backup.restored import documents
for told in documents().items():
    print(*told)
"""


def fill(folder: Path, settings: Any) -> Document:
    """The walk's world, and a document sealed in the storage."""
    world.build("seed-2018", folder, settings)
    order = Order.objects.latest("created_at")
    OrderDocument.objects.filter(order=order, slot="statement").delete()
    chain.link()
    return make_sealed_document(order)


def run_drill(there: Elsewhere, document: Document, tmp_path: Path) -> None:
    """Backs up here, restores there, and checks the result."""
    call_command("backup", to=there.target, keys_to=there.keys_target, first=True)
    tried = there.restore("--dry-run")
    done = there.restore()

    assert (tried.returncode, "would be restored" in tried.stdout) == (0, True), tried.stderr
    assert (done.returncode, "differs from the backup" in done.stdout) == (0, False), done.stdout + done.stderr
    assert there.manage("verify_audit").stdout.startswith("The audit chain holds:")

    found = there.looked_at()
    assert found["documents"] == {document.reference: FROM}
    assert (found["held"], found["sent"], found["moved by the clock"]) == (True, 0, 0)
    assert found["waiting"] > 0
    # the owner's page, and the case, which does not open for an order that was never submitted
    assert {tuple(order["opens"]) for order in found["orders"]} == {(200, 200), (200, 404)}
    assert {order["state"] for order in found["orders"] if order["after"] != order["state"]} == set(GO_ON)

    simulator = start_simulator(tmp_path / "ministry")
    try:
        gone = there.manage("restore", "--go", **simulator.settings)
        assert gone.returncode == 0, gone.stderr
        assert "messages are sent now" in gone.stdout
    finally:
        simulator.stop()
    again = there.manage("restore", "--go")
    assert (again.returncode, "Nothing is held back" in again.stderr) == (1, True)


def test_a_lost_portal_is_restored_from_its_backup_waits_and_continues(tmp_path: Path, settings: Any) -> None:
    document = fill(tmp_path, settings)
    with on_files(tmp_path) as there:
        run_drill(there, document, tmp_path)


@pytest.mark.services
def test_a_portal_with_files_and_backups_in_s3_is_restored_too(tmp_path: Path, settings: Any) -> None:
    with in_buckets(tmp_path, settings) as there:
        document = fill(tmp_path, settings)
        run_drill(there, document, tmp_path)


@pytest.mark.sqlite
def test_a_backup_names_its_key_contains_none_and_opens_after_a_key_change_with_the_old_one(
    tmp_path: Path, settings: Any
) -> None:
    document = make_sealed_document(make_order())
    new = f"new:{settings.PII_KEYS.partition(':')[2]}"
    with on_files(tmp_path) as there:
        call_command("backup", to=there.target, first=True)
        lying = [path.read_bytes() for path in Path(there.target).rglob("*") if path.is_file()]
        wrapped = FileKey.objects.get().wrapped.encode()

        refused = there.restore("--keys-from", there.target, PII_KEYS="other:" + new.partition(":")[2])
        assert (refused.returncode, "no key named 'demo'" in refused.stderr) == (1, True)
        assert not any(settings.PII_KEYS.partition(":")[2].encode() in content for content in lying)
        assert not any(wrapped in content or PICTURE[:64] in content for content in lying)

        done = there.restore("--keys-from", there.target, PII_KEYS=f"{new},{settings.PII_KEYS}")
        assert done.returncode == 0, done.stderr
        assert there.run("-c", OPENS).stdout.split() == [document.reference, FROM]
