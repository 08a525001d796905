"""Work that stands still is found and named without personal data; only old files without a row are deleted."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from icpportal.accounts.roles import OPERATIONS, ensure
from icpportal.alarms.models import SetAside
from icpportal.alarms.queries import open_alarms
from icpportal.gateways.miit.models import InboxFile
from icpportal.gateways.storage import StorageDown
from icpportal.operations.reconcile import KINDS, Finding, reconcile
from icpportal.outbox.actions import queue
from icpportal.outbox.models import Message, State
from icpportal.time_format import to_beijing
from tests.transfers.builders import make_user, sign_in
from transfers.deadlines.long_waits import HELD, Stuck
from verification.documents import rounds
from verification.models import FileRound

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HOUR = timedelta(hours=1)
FILES = "django.core.files.storage.FileSystemStorage"


@pytest.fixture(autouse=True)
def places(settings, tmp_path):
    """Both storages in a folder of the test."""
    own = {name: {"BACKEND": FILES, "OPTIONS": {"location": tmp_path / name}} for name in ("documents", "quarantine")}
    settings.STORAGES = settings.STORAGES | own
    return tmp_path


@pytest.fixture
def lay(places):
    """Puts a file without a row, of this age, into one of the two storages."""

    def lay(place, name, age):
        path = places / place / NOW.strftime("%Y%m%d") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"bytes")
        changed = (NOW - age).timestamp()
        os.utime(path, (changed, changed))
        return path

    return lay


@pytest.fixture
def stuck(monkeypatch):
    """The orders that stand still, as reported by transfers."""

    def say(*rows):
        monkeypatch.setattr("icpportal.operations.reconcile.long_waits.stuck", lambda now: list(rows))

    return say


def failed_message():
    queue(channel="email", key="order_received:T1", payload={"to": "chen@example.com"}, reference="T1")
    Message.objects.update(state=State.FAILED, failed_at=NOW, next_at=None)


def output_of(capsys, *arguments):
    """Output lines and exit code of the command."""
    try:
        call_command("reconcile", *arguments)
    except SystemExit as ended:
        return capsys.readouterr().out.splitlines(), ended.code
    return capsys.readouterr().out.splitlines(), 0


def test_a_portal_in_order_reports_nothing(capsys):
    lines, code = output_of(capsys, "--at", NOW.isoformat())

    last = f"last full round through the files ended {to_beijing(NOW):%Y-%m-%d %H:%M}: looked at 0, 0 without a row"
    assert (lines, code) == (
        [
            f"{last}, 0 rows without their file",
            "orders 0, messages 0, answers 0, downloads 0, reports 0, rows 0, files 0, documents 0, parts 0, deleted 0",
        ],
        0,
    )


def test_each_problem_is_one_line_and_the_totals_come_last(capsys, stuck, lay):
    stuck(Stuck("T1", "handing_over", "standing too long"), Stuck("T2", "phone_due", "deadline passed"))
    failed_message()
    lay("documents", "b.jpg", 25 * HOUR)
    day = NOW.strftime("%Y%m%d")

    lines, code = output_of(capsys)

    reason = lines[2].rpartition(": ")[2]
    assert code == 1
    assert reason
    assert ": looked at 1, 1 without a row, 0 rows without their file" in lines.pop(-2)
    assert lines == [
        "order T1: handing_over, standing too long",
        "order T2: phone_due, deadline passed",
        f"message email order_received:T1: {reason}",
        f"file documents/{day}/b.jpg: no row knows it",
        "orders 2, messages 1, answers 0, downloads 0, reports 0, rows 0, files 1, documents 0, parts 0, deleted 1",
    ]
    assert "chen" not in "".join(lines)


def test_only_a_file_without_a_row_for_24_hours_is_deleted(lay):
    fresh, lonely, old = (lay("quarantine", f"{age}.bin", timedelta(hours=age)) for age in (0, 23, 24))

    result = reconcile(now=NOW)

    assert [found.reference.rpartition("/")[2] for found in result.findings] == ["23.bin", "24.bin"]
    assert (fresh.exists(), lonely.exists(), old.exists()) == (True, True, False)
    assert result.totals == {
        "orders": 0,
        "messages": 0,
        "answers": 0,
        "downloads": 0,
        "reports": 0,
        "rows": 0,
        "files": 2,
        "documents": 0,
        "parts": 0,
        "deleted": 1,
    }


def test_a_dry_run_deletes_nothing(capsys, lay):
    old = lay("documents", "old.jpg", 48 * HOUR)

    lines, code = output_of(capsys, "--dry-run")

    assert (lines[-1], code) == (
        "orders 0, messages 0, answers 0, downloads 0, reports 0, rows 0, files 1, documents 0, parts 0, deleted 0",
        1,
    )
    assert old.exists()


def test_it_judges_by_the_given_time(capsys, lay):
    old = lay("documents", "old.jpg", HOUR * 2)

    lines, _ = output_of(capsys, "--at", (NOW + 23 * HOUR).isoformat())

    assert lines[-1].endswith(" files 1, documents 0, parts 0, deleted 1")
    assert not old.exists()


def test_an_invalid_time_is_refused_with_an_example():
    with pytest.raises(CommandError, match="2026-"):
        call_command("reconcile", "--at", "yesterday")


def test_programs_get_one_json_object(capsys, stuck):
    stuck(Stuck("T1", "handing_over", "held"))

    lines, code = output_of(capsys, "--json")

    assert code == 1
    (told,) = [json.loads(line) for line in lines]
    assert told.pop("last_round")["looked"] == 0
    assert [told] == [
        {
            "findings": [{"kind": "order", "reference": "T1", "trouble": "handing_over, held"}],
            "totals": {**{f"{kind}s": 0 for kind in KINDS}, "deleted": 0, "orders": 1},
        }
    ]


def test_a_workers_findings_are_in_the_log(caplog, stuck):
    stuck(Stuck("T1", "handing_over", "held"))

    found = reconcile(now=NOW).findings

    assert found == [Finding("order", "T1", "handing_over, held")]
    said = [record for record in caplog.records if record.getMessage() == "reconcile found"]
    assert [(record.kind, record.reference) for record in said] == [("order", "T1")]


def test_an_unavailable_storage_is_reported_beside_the_findings(monkeypatch, stuck):
    stuck(Stuck("T1", "handing_over", "held"))

    def down(alias):
        raise StorageDown(alias)

    monkeypatch.setattr("icpportal.operations.reconcile.storage.days", down)

    assert list(map(str, reconcile(now=NOW).findings)) == [
        "order T1: handing_over, held",
        "file storage: does not answer",
    ]


def test_a_row_set_aside_is_named_with_its_job_and_time(capsys):
    since = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    SetAside.objects.create(
        job="deadlines.due",
        key="1",
        reference="T7Q4-M2KX",
        cause="deadlines.row_failed:Unreadable",
        trouble="Unreadable",
        tries=3,
        since=since,
        next_at=since,
    )

    lines, code = output_of(capsys)

    assert (lines[0], code) == ("row T7Q4-M2KX: deadlines.due: Unreadable, 3 tries since 2026-11-25 09:30", 1)
    assert "rows 1" in lines[-1]


def test_a_parked_download_is_named_with_its_age_and_without_its_content(capsys):
    facts = {"isp_id": 100001, "state": "parked", "received_at": NOW, "reason": "示例纸业 is on file"}
    InboxFile.objects.create(name="a.xml", digest="a", processed_at=NOW - timedelta(days=2, hours=3), **facts)
    InboxFile.objects.create(name="b.xml", digest="b", **facts)
    InboxFile.objects.create(name="c.xml", digest="c", **{**facts, "state": "processed"})

    lines, code = output_of(capsys, "--at", NOW.isoformat())

    assert code == 1
    assert lines[:-2] == [
        "download a.xml: parked for 2 d 3 h: miit downloads says why",
        "download b.xml: parked for 0 h: miit downloads says why",
    ]
    assert "downloads 2," in lines[-1]


def test_parked_downloads_are_an_alarm_until_all_are_dealt_with():
    """A notice with a deadline, or a result without a report, waited until somebody ran "miit status"."""
    facts = {"isp_id": 100001, "state": "parked", "received_at": NOW, "processed_at": NOW}
    for name in ("a.xml", "b.xml"):
        InboxFile.objects.create(name=name, digest=name, **facts)

    reconcile(now=NOW)
    assert list(open_alarms().values_list("cause", "reference", "detail")) == [
        ("ministry.download_parked", "a.xml", "2")
    ]

    InboxFile.objects.update(state="processed")
    reconcile(now=NOW)
    assert not open_alarms().exists()


@pytest.mark.parametrize("part", ["stuck_orders", "troubled_messages", "rows_set_aside", "files_against_rows"])
def test_a_failing_part_is_reported_and_does_not_stop_the_others(capsys, monkeypatch, part, stuck):
    stuck(Stuck("T1", "handing_over", "held"))
    failed_message()
    monkeypatch.setattr(f"icpportal.operations.reconcile.{part}", lambda *_, **__: 1 / 0)

    lines, code = output_of(capsys)

    kinds = [line.partition(" ")[0] for line in lines[:-2]]
    expected = {"stuck_orders": ["part", "message"], "troubled_messages": ["order", "part"]}
    assert (kinds, code) == (expected.get(part, ["order", "message", "part"]), 1)
    of_parts = open_alarms().filter(cause__startswith="reconcile.")
    assert [alarm.detail for alarm in of_parts] == ["ZeroDivisionError"]


@pytest.fixture
def small(monkeypatch):
    """A run checks two names, and a full round takes three runs."""
    monkeypatch.setattr(rounds, "NAMES_AT_ONCE", 2)
    monkeypatch.setattr(rounds, "PORTION", 2)


def test_a_run_compares_the_next_files_and_reports_the_last_full_round(capsys, lay, small):
    for number in range(3):
        lay("documents", f"{number}.jpg", 48 * HOUR)

    first, second, third = (output_of(capsys, "--at", NOW.isoformat())[0] for _ in range(3))

    assert [line for line in first if line.startswith("file")] == [
        f"file documents/{NOW:%Y%m%d}/{number}.jpg: no row knows it" for number in (0, 1)
    ]
    assert first[-2] == "no full round through the files yet"
    assert [line for line in second if line.startswith("file")] == [
        f"file documents/{NOW:%Y%m%d}/2.jpg: no row knows it"
    ]
    assert "looked at 3, 3 without a row" in second[-2]
    assert (third[-1].endswith("deleted 0"), "looked at 0" in third[-2]) == (True, True)


def test_a_person_can_have_all_files_compared_at_once_with_progress(capsys, lay, small):
    for number in range(5):
        lay("documents", f"{number}.jpg", 48 * HOUR)
    reconcile(now=NOW, dry_run=True, everything=True)
    assert not FileRound.objects.exists()
    reconcile(now=NOW)  # a round is in progress

    with pytest.raises(SystemExit) as ended:
        call_command("reconcile", "--all", "--at", NOW.isoformat())

    told = capsys.readouterr()
    assert ended.value.code == 1
    assert told.out.splitlines()[-1].endswith("files 3, documents 0, parts 0, deleted 3")
    assert told.err.splitlines()[-1] == "through"
    assert told.err.splitlines()[0] == f"at documents/{NOW:%Y%m%d}: 2 looked at"


@pytest.mark.parametrize(
    ("language", "held", "says"),
    [
        (
            "en",
            1,
            (
                "A report is held because of an error on our side.",
                "“Resubmit held orders”",
                "1 order\xa0·",
            ),
        ),
        ("zh-hans", 2, ("2 个订单",)),
    ],
)
def test_held_orders_head_the_first_page_of_operations_in_words(client, settings, stuck, language, held, says):
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    client.cookies["django_language"] = language
    sign_in(client, make_user(held_roles=(OPERATIONS,), language=language))
    stuck(*(Stuck(f"T{number}", "held", HELD) for number in range(held)))

    reconcile(now=NOW)
    home = client.get("/admin/").content.decode()

    assert [words for words in says if words not in home] == []
    assert [key for key in ("orders.held", "1 orders", "2 orders") if key in home] == []


def test_a_full_round_too_long_ago_is_an_alarm_until_the_next_one_ends(lay, small):
    """Nothing checked its heartbeat."""
    for number in range(3):
        lay("documents", f"{number}.jpg", HOUR)
    reconcile(now=NOW)
    reconcile(now=NOW)
    late = NOW + rounds.LATE + HOUR

    reconcile(now=late)
    during = [alarm.cause for alarm in open_alarms()]
    reconcile(now=late)

    assert during == ["files.round_late"]
    assert list(open_alarms()) == []
