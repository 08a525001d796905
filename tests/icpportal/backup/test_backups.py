"""Successive backups: what is stored again, what is deleted, what is refused; and a restored portal that waits."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from icpportal import tasks
from icpportal.alarms import restored
from icpportal.alarms.models import Alarm
from icpportal.backup import backups, database, manifest, restores
from icpportal.backup.targets import DamagedBackup, Target, plain
from icpportal.gateways import storage
from icpportal.gateways.miit.fake import FakeAuthority
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.gateways.storage import StorageDown
from icpportal.outbox.models import Message
from icpportal.privacy.crypto import seal, unseal
from icpportal.privacy.files import keys
from icpportal.privacy.key_change import marks
from icpportal.privacy.models import FileKey
from tests.icpportal.backup.papers import PICTURE, make_sealed_document
from tests.transfers import states
from tests.transfers.builders import make_order
from transfers.orders import actions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once, pytest.mark.sqlite]
DAY = timedelta(days=1)


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(str(tmp_path / "backups"))


@pytest.fixture
def taken(target: Target, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files written to the target."""
    written: list[str] = []
    save = target.storage.save
    monkeypatch.setattr(target.storage, "save", lambda name, content: written.append(name) or save(name, content))
    return written


def make_backup(target: Target, *, days: int = 0) -> str:
    """A backup made this many days ahead of now; returns its name."""
    return backups.make(target, target, now=timezone.now() + days * DAY).stamp


def output_of(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


# --- one after the other -------------------------------------------------------------------------


def test_a_file_is_stored_once_and_only_new_ones_the_next_time(target: Target, taken: list[str]) -> None:
    make_sealed_document(make_order())
    make_backup(target)
    taken.clear()
    second = make_sealed_document(make_order())

    make_backup(target, days=1)

    assert [name for name in taken if name.startswith("files/")] == [f"files/documents/{second.stored_name}"]
    assert [backup.files for backup in manifest.all_of(target)] == [2, 1]


def test_old_backups_are_deleted_with_the_files_only_they_named_and_the_newest_stays(
    target: Target, settings: Any
) -> None:
    settings.BACKUP_KEPT_DAYS = 30
    gone, stays = make_sealed_document(make_order()), make_sealed_document(make_order())
    make_backup(target)
    storage.drop("documents", gone.stored_name)
    make_backup(target, days=20)

    before, after, long_after = (
        backups.prune(target, now=timezone.now() + days * DAY, trusted=True) for days in (29, 31, 300)
    )

    assert (before.backups, before.files) == (0, 0)
    assert (after.backups, after.files) == (1, 1)
    assert long_after.backups == 0
    assert list(target.below("files")) == [f"files/documents/{stays.stored_name}"]


def test_no_file_is_deleted_while_a_backup_cannot_be_opened_by_any_key(target: Target, settings: Any) -> None:
    document = make_sealed_document(make_order())
    stamp = make_backup(target)
    storage.drop("documents", document.stored_name)
    settings.PII_KEYS = f"new:{settings.PII_KEYS.partition(':')[2]}"
    make_backup(target, days=1)

    gone = backups.prune(target, now=timezone.now() + 3 * DAY)

    assert (gone.unread, gone.files) == ({stamp: "no key named 'demo'"}, 0)
    assert target.size(f"files/documents/{document.stored_name}")
    assert "sealed with the key “demo”" in output_of("backup", list=target.where)


def test_keys_of_files_are_deleted_after_their_days_and_the_backup_says_that_its_pictures_do_not_open(
    target: Target,
) -> None:
    make_sealed_document(make_order())
    stamp = make_backup(target, days=-31)

    with_keys = restores.check(target, target, manifest.read(target, stamp), print)
    gone, _doubtful = backups.drop_old_keys(target, timezone.now(), trusted=True)
    without = restores.check(target, target, manifest.read(target, stamp), print)

    assert (with_keys.keys, with_keys.keys_gone) == (1, False)
    assert (gone, without.keys, without.keys_gone, without.files) == (1, 0, True, 1)


def test_a_restore_with_the_wrong_key_of_indexes_is_refused_before_it_begins(
    target: Target, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restores, "refuse_filled", lambda: None)
    marks.fault()  # as each process of the portal does when it starts
    make_backup(target)
    settings.BLIND_INDEX_KEY = "another-key-of-at-least-32-characters"

    for dry_run in (True, False):
        with pytest.raises(CommandError, match="^Not restored: BLIND_INDEX_KEY is not the key of this database"):
            output_of("restore", source=target.where, dry_run=dry_run)


def rewritten(target: Target, stamp: str, **more: object) -> None:
    """Seals the manifest again as another version of the portal would have written it."""
    name, bound_to = f"backups/{stamp}/manifest", f"backup:{stamp}"
    content = json.loads(unseal(target.read(name).decode(), bound_to=bound_to)) | more
    for stream in ("database", "keys", "list"):
        content[stream] = content[stream] | {"packed": "zstd"}
        content[stream]["stored"] = content[stream]["stored"] | {"sha3": "ab"}
    target.put(name, plain(seal(json.dumps(content).encode(), bound_to=bound_to)))


def test_a_backup_with_entries_of_a_later_version_is_read_without_them(target: Target) -> None:
    make_sealed_document(make_order())
    stamp = make_backup(target)
    before = manifest.read(target, stamp)
    rewritten(target, stamp, built_on="another day")

    assert manifest.read(target, stamp) == before
    assert "1 files would be restored" in output_of("restore", source=target.where, dry_run=True)


def test_a_backup_of_a_later_format_is_refused_in_one_sentence(target: Target) -> None:
    stamp = make_backup(target)
    rewritten(target, stamp, format=2, database={"stored": {"at": "elsewhere"}})

    says = f"^Not restored: the backup {stamp} was made by a later version: restore it with that one\\.$"
    with pytest.raises(CommandError, match=says):
        output_of("restore", source=target.where, dry_run=True)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_backup_of_a_later_version_is_refused_before_the_database_is_filled(target: Target, dry_run: bool) -> None:
    stamp = make_backup(target)
    rewritten(target, stamp, version="0.10.0")

    says = (
        f"^Not restored: the backup {stamp} was made by version 0\\.10\\.0, and this is 0\\.2\\.0, which does not know "
        "its tables: install version 0\\.10\\.0 or a later one, and restore with that\\.$"
    )
    with pytest.raises(CommandError, match=says):
        output_of("restore", source=target.where, dry_run=dry_run)


def test_a_dry_run_tells_a_secret_key_that_is_not_the_one_of_the_backup(target: Target, settings: Any) -> None:
    backup, earlier = manifest.read(target, make_backup(target)), settings.SECRET_KEY

    def differences() -> list[str]:
        return restores.check(target, target, backup, print).differs

    assert differences() == []
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-secret-key-of-our-own", [earlier]
    assert differences() == []
    settings.SECRET_KEY_FALLBACKS = []
    (told,) = differences()
    assert told.startswith("SECRET_KEY is not the one of the backup")

    of_an_earlier_version = replace(backup, signature="")
    assert restores.check(target, target, of_an_earlier_version, print).differs == []


def test_a_portal_is_restored_without_lost_keys_and_gets_them_later_except_of_files_erased_since(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = [make_sealed_document(make_order()) for _each in range(2)]
    backups.make(target, Target(str(tmp_path / "keys")))
    words = {"source": target.where, "keys_from": str(tmp_path / "unmounted")}
    monkeypatch.setattr(restores, "refuse_filled", lambda: None)
    monkeypatch.setattr(restores.database, "restore", lambda _source: FileKey.objects.all().delete())  # as a dump does
    monkeypatch.setattr(restores.files, "put_back", lambda *_words: None)

    with pytest.raises(CommandError, match=r"unmounted.*--keys-from.*--without-file-keys") as refused:
        output_of("restore", **words)
    assert (refused.value.returncode, FileKey.objects.count()) == (1, 2)
    assert "no picture opens" in output_of("restore", **words, without_file_keys=True, dry_run=True)

    assert "no picture opens" in output_of("restore", **words, without_file_keys=True)
    assert not FileKey.objects.exists()
    with pytest.raises(CommandError, match="No key was added"):
        output_of("restore", **words, only_file_keys=True)

    storage.drop("documents", papers[0].stored_name)
    words["keys_from"] = str(tmp_path / "keys")
    assert "1 added, 0 were here already, 1 left out" in output_of("restore", **words, only_file_keys=True)
    assert "0 added, 1 were here already" in output_of("restore", **words, only_file_keys=True)
    assert storage.read("documents", papers[1].stored_name) == PICTURE


def test_a_file_erased_before_a_backup_opens_from_no_later_one(target: Target) -> None:
    document = make_sealed_document(make_order())
    keys.forget("documents", document.stored_name)  # as a killed process left it: the file still exists

    backup = manifest.read(target, make_backup(target))

    assert (backup.file_keys, backup.files) == (0, 1)


# --- damage --------------------------------------------------------------------------------------


def flip_a_bit(target: Target, name: str) -> Path:
    """Flips a bit of a file in the target."""
    path = Path(target.where) / name
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("part", ["backups", "file-keys"])
def test_a_changed_part_is_named_before_anything_is_restored(target: Target, part: str) -> None:
    make_sealed_document(make_order())
    stamp = make_backup(target)
    name = next(each for each in target.below(part) if not each.endswith("manifest"))
    path = flip_a_bit(target, name)

    with pytest.raises((DamagedBackup, restores.NoKeys), match=path.name):
        restores.check(target, target, manifest.read(target, stamp), print)
    with pytest.raises(CommandError, match=path.name):
        output_of("restore", source=target.where, dry_run=True)


def test_a_dry_run_names_every_changed_or_missing_file(target: Target, capsys: Any) -> None:
    documents = [make_sealed_document(make_order()) for _ in range(3)]
    make_backup(target)
    first, second, sound = (f"files/documents/{document.stored_name}" for document in documents)
    flip_a_bit(target, first)
    target.drop(second)

    with pytest.raises(SystemExit) as ended:
        call_command("restore", source=target.where, dry_run=True)

    output = capsys.readouterr().out
    assert ended.value.code == 2
    assert f"differs from the backup: {first} in {target.where} is not what was written there" in output
    assert f"differs from the backup: {second} is missing in {target.where}" in output
    assert sound not in output


def test_an_unfinished_backup_does_not_count_and_the_next_one_does_not_store_its_files_again(
    target: Target, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_sealed_document(make_order())
    with monkeypatch.context() as broken:
        broken.setattr(manifest, "write", lambda *_words: (_ for _ in ()).throw(StorageDown("full")))
        with pytest.raises(StorageDown):
            make_backup(target)
    assert manifest.stamps(target) == []
    with pytest.raises(CommandError, match="no backup in"):
        output_of("restore", source=target.where)
    taken.clear()

    make_backup(target, days=1)

    assert not [name for name in taken if name.startswith("files/")]


def test_a_file_damaged_by_an_interrupted_backup_is_written_again(target: Target) -> None:
    document = make_sealed_document(make_order())
    name = f"files/documents/{document.stored_name}"
    path = Path(target.where) / name
    path.parent.mkdir(parents=True)
    with storage.as_it_lies("documents", document.stored_name) as source:
        path.write_bytes(bytes(len(source.read())))

    stamp = make_backup(target)

    assert restores.check(target, target, manifest.read(target, stamp), print).files == 1


def test_a_portal_with_data_is_not_overwritten_by_a_restore(target: Target) -> None:
    make_backup(target)

    with pytest.raises(CommandError, match="the database has tables"):
        output_of("restore", source=target.where)
    assert not Alarm.objects.exists()


def test_a_backup_of_another_database_is_refused(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(target)
    monkeypatch.setattr(database, "engine", lambda: "postgresql")

    with pytest.raises(CommandError, match="the backup is of sqlite, and DATABASE_URL names postgresql"):
        output_of("restore", source=target.where)


def test_the_target_of_a_backup_and_its_place_are_printed() -> None:
    with pytest.raises(CommandError, match="--to"):
        output_of("backup")
    with pytest.raises(CommandError, match="--from"):
        output_of("restore")


def test_a_list_of_backups_in_a_missing_folder_is_refused_and_of_an_empty_one_is_empty(
    tmp_path: Path,
) -> None:
    with pytest.raises(CommandError, match=f"There is no folder {tmp_path}/nope."):
        output_of("backup", list=f"{tmp_path}/nope")
    assert output_of("backup", list=str(tmp_path)) == f"0 backups in {tmp_path}\n"


# --- a restored portal holds back ----------------------------------------------------------------


def test_nothing_is_sent_and_no_deadline_passes_until_somebody_resumes_it(settings: Any) -> None:
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    order = make_order(state=states.SUBMITTED)
    actions.withdraw(order, actor=order.owner, reason="other", words="")
    draft = make_order(state=states.DRAFT, due_at=timezone.now() - DAY)
    waiting = Message.objects.filter(state="waiting").count()
    restored.hold("20261129T000000Z")

    for task in (tasks.deliver_codes, tasks.deliver_outbox, tasks.sweep_deadlines, tasks.send_reports):
        task()
    for command in (["deliver_outbox"], ["sweep_deadlines"], ["miit", "send"]):
        with pytest.raises(CommandError, match="restore --go"):
            output_of(*command)
    draft.refresh_from_db()
    assert (Message.objects.filter(state="waiting").count(), draft.state) == (waiting, states.DRAFT)
    assert (MinistryAuthority().send(), MinistryAuthority().fetch()) == (0, 0)

    assert f"{waiting} messages are sent now" in output_of("restore", go=True)
    tasks.sweep_deadlines()
    draft.refresh_from_db()
    assert draft.state == states.EXPIRED


def test_no_order_is_moved_by_hand_to_a_waiting_answer_until_somebody_resumes_it(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    order = make_order(state=states.AUTHORITY_REVIEW)
    back = Answer(id="1", kind=AnswerKind.TURNED_DOWN, report_key=order.report_key, at=timezone.now(), code="1010")
    monkeypatch.setattr(FakeAuthority, "waiting", {"1": back})
    restored.hold("20261129T000000Z")

    with pytest.raises(CommandError, match="restore --go"):
        output_of("miit", "pull")
    order.refresh_from_db()
    assert (order.state, list(FakeAuthority.waiting)) == (states.AUTHORITY_REVIEW, ["1"])

    output_of("restore", go=True)
    assert output_of("miit", "pull") == "answers taken: 1\n"
    order.refresh_from_db()
    assert order.state != states.AUTHORITY_REVIEW


def test_messages_that_may_have_been_sent_since_can_be_given_up(settings: Any) -> None:
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.FakeAuthority"
    order = make_order(state=states.SUBMITTED)
    actions.withdraw(order, actor=order.owner, reason="other", words="")
    restored.hold("20261129T000000Z")

    code = Message.objects.create(key="code:1", channel="email", is_secret=True, payload={"code": "482913"})

    assert "messages are given up" in output_of("restore", go=True, give_up_messages=True)
    assert not Message.objects.filter(state="waiting").exists()
    assert Message.objects.get(pk=code.pk).payload == {}
