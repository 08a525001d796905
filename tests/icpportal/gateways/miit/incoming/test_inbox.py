"""The download loop over real HTTP: nothing is lost, nothing is processed twice, nothing blocks the queue."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as portal
from django.core.management import call_command
from django.db import OperationalError
from django.db.models.functions import Now
from django.utils import timezone

from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.incoming import inbox, result_handler
from icpportal.gateways.miit.line import lease, outcome_queue
from icpportal.gateways.miit.models import InboxFile, MinistryLine, Outcome, Report, TableRow
from icpportal.gateways.request_budget import Busy
from tests.bad import aside, causes, spoil
from tests.icpportal.gateways.miit.authority_files import bajg, data, icp, result, waiting
from tests.icpportal.gateways.miit.client.server import ISP, infos, return_document

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)


class Killed(BaseException):
    """The process ends here."""


def grant_of(report: Report) -> bytes:
    return bajg(result(report.own_id, "1001"))


def rows() -> list[tuple[str, str, int]]:
    return list(InboxFile.objects.order_by("pk").values_list("name", "state", "deliveries"))


def answers() -> list[tuple[str, str]]:
    return [(answer.kind.value, answer.report_key) for answer in outcome_queue.waiting()]


def line() -> MinistryLine:
    return MinistryLine.objects.get(pk=ISP)


def test_a_file_is_stored_acknowledged_and_processed(ministry):
    ministry.deliver("return1", grant_of(waiting()))

    assert inbox.fetch(now=NOW) == 1

    row = InboxFile.objects.get()
    assert (row.state, row.kind, row.acknowledged_at, row.processed_at) == ("processed", "BAJG", NOW, NOW)
    assert (ministry.acknowledged, answers()) == (["return1"], [("granted", "TR-1.1")])
    assert line().fetched_at == NOW


def test_received_data_are_sealed(ministry):
    ministry.deliver("return1", grant_of(waiting()))
    inbox.fetch()

    row = InboxFile.objects.get()
    assert (b"return1" in bytes(row.body), b"beianInfo" in bytes(row.body)) == (False, False)
    assert inbox.wire_file(row).name == "return1"


@pytest.mark.parametrize("always_zero", [False, True])
def test_the_whole_queue_is_drained_whichever_codes_the_authority_gives(opened, always_zero):
    ministry = opened(always_zero=always_zero)
    reports = [waiting(f"TR-{number}.1", site_number="") for number in range(1, 4)]
    for number, report in enumerate(reports):
        ministry.deliver(f"return{number}", grant_of(report))

    assert inbox.fetch() == 3

    assert answers() == [("granted", f"TR-{number}.1") for number in range(1, 4)]
    assert len(ministry.asked("isp_download")) == (4 if always_zero else 3)


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_without_a_file_the_round_ends_unless_they_say_continue(ministry, code):
    ministry.say("isp_download", code=code)

    assert inbox.fetch() == 0

    assert len(ministry.calls) == (2 if code == 3 else 1)


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_a_file_is_accepted_with_any_code(ministry, code):
    ministry.deliver("return1", grant_of(waiting()))
    ministry.say("isp_download", return_document(code, more=infos(ministry.queue[0].fields)))

    assert inbox.fetch() == 1

    assert (answers(), ministry.acknowledged) == ([("granted", "TR-1.1")], ["return1"])


def test_a_file_that_comes_with_a_refusal_is_accepted_before_we_wait(ministry):
    ministry.deliver("return1", grant_of(waiting()))
    ministry.say("isp_download", return_document(902, more=infos(ministry.queue[0].fields)))

    with pytest.raises(Retryable):
        inbox.fetch(now=NOW)

    assert answers() == [("granted", "TR-1.1")]


def test_a_repeated_delivery_is_acknowledged_again_and_processed_once(ministry, monkeypatch):
    taken, real = [], result_handler.take
    monkeypatch.setattr(result_handler, "take", lambda file, content: (taken.append(file.pk), real(file, content)))
    ministry.deliver("return1", grant_of(waiting()))
    again = return_document(3, more=infos(ministry.queue[0].fields))
    inbox.fetch()
    for answer in outcome_queue.waiting():
        outcome_queue.acknowledge(answer.id)
    ministry.say("isp_download", again)

    assert inbox.fetch() == 1

    assert (rows(), ministry.acknowledged) == ([("return1", "processed", 2)], ["return1", "return1"])
    assert (answers(), Outcome.objects.count(), len(taken)) == ([], 1, 1)


def test_the_same_name_with_other_content_is_another_file(ministry):
    ministry.deliver("return1", grant_of(waiting()))
    inbox.fetch()
    ministry.deliver("return1", grant_of(waiting("TR-2.1", site_number="")))
    inbox.fetch()

    assert rows() == [("return1", "processed", 1), ("return1", "processed", 1)]
    assert answers() == [("granted", "TR-1.1"), ("granted", "TR-2.1")]


def test_an_authority_that_never_accepts_the_acknowledgement_does_not_block_us_for_ever(ministry):
    ministry.deliver("return1", grant_of(waiting()))
    for _ in range(50):
        ministry.say("isp_downloadack", code=0)
        ministry.say("isp_download", return_document(3, more=infos(ministry.queue[0].fields)))

    assert inbox.fetch() == inbox.SAME_IN_A_ROUND
    assert answers() == [("granted", "TR-1.1")]


def fetch_often(now):
    for _ in range(9):
        inbox.fetch(now=now)


@pytest.mark.parametrize("name", ["return1", ""])
def test_a_file_that_keeps_coming_after_its_acknowledgement_is_an_alarm(ministry, name):
    """It was requested every ten seconds for ever, nothing behind it came, and nobody noticed."""
    ministry.deliver(name, grant_of(waiting()), entry="beianinfo.xml")
    for _ in range(50):
        ministry.say("isp_downloadack", code=0)
        ministry.say("isp_download", return_document(3, more=infos(ministry.queue[0].fields)))

    with pytest.raises(Retryable, match="again and again"):
        fetch_often(NOW)

    assert (line().fetching_waits_until, causes()) == (NOW + timedelta(seconds=30), ["ministry.fetching_waits"])
    assert answers() == [("granted", "TR-1.1")]


@pytest.mark.parametrize(
    "content", [b"<not", b"\x00\xff" * 20, b"<other/>", data("").replace(b"DownloadData", b"Upload")]
)
def test_an_unreadable_file_is_acknowledged_and_parked(ministry, content):
    ministry.deliver("odd", content)
    ministry.deliver("good", grant_of(waiting()))

    inbox.fetch()

    assert rows() == [("odd", "parked", 1), ("good", "processed", 1)]
    assert (ministry.acknowledged, answers()) == (["odd", "good"], [("granted", "TR-1.1")])
    assert InboxFile.objects.get(name="odd").body is not None


@pytest.mark.parametrize("kind", ["HSRW", "XGTZ", "WBAWZLB", "HMDLB", "NEUES"])
def test_a_kind_that_is_only_stored_is_parked_after_its_acknowledgement(ministry, kind):
    ministry.deliver("task", icp(f"<{kind}><Rw>1</Rw></{kind}>"))

    inbox.fetch()

    row = InboxFile.objects.get()
    assert (row.state, row.kind, ministry.acknowledged) == ("parked", kind, ["task"])
    assert "only stored" in row.reason


def test_one_result_without_a_report_parks_the_file_but_not_the_others(ministry):
    report = waiting()
    ministry.deliver("return1", bajg(result("4711", "1001"), result(report.own_id, "1001")))

    inbox.fetch()

    row = InboxFile.objects.get()
    assert (row.state, answers()) == ("parked", [("granted", "TR-1.1")])
    assert "no reports fit operation 3, handle 4711" in row.reason


def test_a_parked_file_is_processed_after_all_when_its_report_is_known(ministry):
    ministry.deliver("return1", bajg(result("4711", "1001")))
    inbox.fetch()
    waiting(own_id=4711)

    assert inbox.read_again(InboxFile.objects.get().pk) is True
    assert answers() == [("granted", "TR-1.1")]


def test_a_bug_of_ours_parks_the_file_and_leaves_no_half(ministry, monkeypatch, caplog):
    report = waiting()
    ministry.deliver("return1", grant_of(report))
    ministry.deliver("return2", grant_of(waiting("TR-2.1", site_number="")))
    real = outcome_queue.record

    def stumble(kind, **fields):
        made = real(kind, **fields)
        if fields["report"].pk == report.pk:
            raise KeyError("nonsense")
        return made

    monkeypatch.setattr(outcome_queue, "record", stumble)

    inbox.fetch()

    assert rows() == [("return1", "parked", 1), ("return2", "processed", 1)]
    assert answers() == [("granted", "TR-2.1")]
    assert [record.levelname for record in caplog.records if record.message == "download parked"] == ["ERROR"]


STEPS = {
    "inside the download": (Ministry, "download"),
    "inside the acknowledgement": (Ministry, "acknowledge"),
    "before it is stored": (inbox, "_store"),
    "before it is checked": (inbox, "unwrap"),
    "before it is acknowledged": (inbox, "_acknowledge"),
    "before it is taken in": (inbox, "_process_row"),
    "while it is taken in": (result_handler, "take"),
    "after its outcome": (result_handler, "_mark_answered"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_anywhere_leaves_nothing_undone_and_nothing_twice(ministry, monkeypatch, step):
    ministry.deliver("return1", grant_of(waiting()))

    def die(*_arguments, **_names):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*STEPS[step], die)
        with pytest.raises(Killed):
            inbox.fetch()

    inbox.fetch()
    inbox.fetch()

    assert [(name, state) for name, state, _ in rows()] == [("return1", "processed")]
    assert (answers(), ministry.queue, Outcome.objects.count()) == ([("granted", "TR-1.1")], [], 1)


def test_a_process_killed_after_its_acknowledgement_arrived_processes_the_file_from_its_row(ministry, monkeypatch):
    ministry.deliver("return1", grant_of(waiting()))
    ministry.trouble("isp_downloadack", "drop_after")

    def die(*_arguments, **_names):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_process_row", die)
        with pytest.raises(Killed):
            inbox.fetch()
    assert (ministry.queue, rows()) == ([], [("return1", "stored", 1)])

    assert inbox.process() == 1
    assert (answers(), inbox.process()) == ([("granted", "TR-1.1")], 0)


def test_a_lost_acknowledgement_delays_nothing_and_is_repeated(ministry):
    ministry.deliver("return1", grant_of(waiting()))
    ministry.trouble("isp_downloadack", "drop")

    with pytest.raises(Retryable):
        inbox.fetch()
    assert (answers(), len(ministry.queue)) == ([("granted", "TR-1.1")], 1)

    inbox.fetch()

    assert (rows(), ministry.queue) == ([("return1", "processed", 2)], [])
    assert (InboxFile.objects.get().acknowledged_at is not None, Outcome.objects.count()) == (True, 1)


def test_while_one_process_fetches_another_returns_at_once_without_a_call(ministry):
    other = lease.take(line_id(), columns=lease.FETCHING)

    with pytest.raises(Busy):
        inbox.fetch()

    assert ministry.calls == []
    other.give_back()
    assert inbox.fetch() == 0


def test_a_patient_process_waits_for_the_other(ministry, monkeypatch):
    other = lease.take(line_id(), columns=lease.FETCHING)
    monkeypatch.setattr(inbox.time, "sleep", lambda _seconds: other.give_back())

    assert inbox.fetch(patience=10) == 0


def test_a_killed_fetcher_holds_the_line_no_longer_than_its_lease(ministry, settings):
    settings.MIIT_LEASE_SECONDS = 0.01
    lease.take(line_id(), columns=lease.FETCHING)
    time.sleep(0.02)

    assert inbox.fetch() == 0


def test_fetching_does_not_wait_for_sending(ministry):
    lease.take(line_id())

    assert inbox.fetch() == 0


def line_id() -> int:
    return portal.MIIT_ISP_ID


def test_two_that_fetch_at_once_do_no_harm(ministry, monkeypatch):
    ministry.deliver("return1", grant_of(waiting()))
    real = inbox._acknowledge

    def meanwhile(*arguments):
        monkeypatch.setattr(inbox, "_acknowledge", real)
        inbox._fetch(timezone.now(), lease.take(line_id() + 1))
        real(*arguments)

    monkeypatch.setattr(inbox, "_acknowledge", meanwhile)

    inbox.fetch()

    assert (rows(), answers()) == ([("return1", "processed", 2)], [("granted", "TR-1.1")])
    assert Outcome.objects.count() == 1


OVERTAKEN_AT = {"while it downloads": "download", "while it acknowledges": "acknowledge"}


@pytest.mark.parametrize("call", OVERTAKEN_AT)
def test_an_overtaken_fetcher_acts_on_no_answer_and_its_file_is_processed_once(ministry, monkeypatch, call):
    """Suspended for longer than its lease, it wakes up while another fetches."""
    ministry.deliver("return1", grant_of(waiting()))
    ministry.deliver("return2", grant_of(waiting("TR-2.1", site_number="")))
    name, other = OVERTAKEN_AT[call], []
    real = getattr(Ministry, name)

    def suspended(self, *arguments):
        answer = real(self, *arguments)
        MinistryLine.objects.update(fetching_until=Now())
        other.append(lease.take(line_id(), columns=lease.FETCHING))
        return answer

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Ministry, name, suspended)
        with pytest.raises(Busy):
            inbox.fetch()

    assert ministry.acknowledged == (["return1"] if name == "acknowledge" else [])
    assert (line().fetcher, line().fetched_at) == (other[0].holder, None)
    other[0].give_back()
    inbox.fetch()
    assert sorted(answers()) == [("granted", "TR-1.1"), ("granted", "TR-2.1")]


def test_one_that_needs_all_that_is_ready_is_told_when_a_round_ended_before_that(ministry, monkeypatch):
    for number in range(3):
        ministry.deliver(f"return{number}", grant_of(waiting(f"TR-{number}.1", site_number="")))
    monkeypatch.setattr(inbox, "round_seconds", lambda: 0)

    with pytest.raises(NotYet):
        inbox.fetch(patience=1)
    assert inbox.fetch() == 1
    assert inbox.fetch(patience=1) == 1  # that was the last, and they said so


@pytest.mark.parametrize(
    ("code", "minutes"), [(15, 10), (901, 1), (902, 1), (20, 60), (999, 0.5), (7, 1), (777, 0.5), (14, 0.5), (22, 0.5)]
)
def test_codes_that_ask_us_to_wait_say_until_when_and_no_call_is_made_before(ministry, code, minutes):
    ministry.say("isp_download", code=code, msg="系统维护")
    until = NOW + timedelta(minutes=minutes)

    with pytest.raises(Retryable, match=f"^{code}: "):
        inbox.fetch(now=NOW)
    assert line().fetching_waits_until == until
    assert line().fetching_waits_because.startswith(f"{code}: ")

    with pytest.raises(Retryable):
        inbox.fetch(now=until - timedelta(seconds=1))
    assert len(ministry.calls) == 1

    inbox.fetch(now=until)
    assert (line().fetching_waits_until, line().fetching_waits_because) == (None, "")


def test_outside_the_hours_we_wait_until_they_open(ministry):
    ministry.say("isp_download", code=20, msg="不在报备时段 08:00-20:00")
    night = timezone.datetime(2026, 11, 25, 14, 0, tzinfo=timezone.get_fixed_timezone(0))  # 22:00 in Beijing

    with pytest.raises(Retryable):
        inbox.fetch(now=night)

    assert line().fetching_waits_until == night + timedelta(hours=10)


@pytest.mark.parametrize("code", [4, 5, 12, 13])
def test_codes_that_stop_everything_raise_one_alarm(ministry, code, caplog):
    ministry.say("isp_download", code=code)

    for _ in range(3):
        with pytest.raises(Refused, match=f"^{code}: "):
            inbox.fetch(now=NOW)

    assert (line().fetching_stopped_at, len(ministry.calls)) == (NOW, 1)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == ["alarm opened"]


def test_while_the_line_is_stopped_stored_files_are_still_processed(ministry, monkeypatch):
    ministry.deliver("return1", grant_of(waiting()))
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_process_row", lambda *_arguments: False)
        inbox.fetch(now=NOW)
    MinistryLine.objects.filter(pk=ISP).update(fetching_stopped_at=NOW, fetching_stopped_because="5: …")

    with pytest.raises(Refused):
        inbox.fetch(now=NOW)

    assert answers() == [("granted", "TR-1.1")]


@pytest.mark.parametrize("trouble", ["drop", "http_500", "garbage", "html", "truncated", "empty"])
def test_no_answer_and_nonsense_are_retried_without_a_trace(ministry, trouble):
    ministry.deliver("return1", grant_of(waiting()))
    ministry.trouble("isp_download", trouble)

    with pytest.raises(Retryable):
        inbox.fetch(now=NOW)
    assert inbox.fetch(now=NOW) == 1

    assert answers() == [("granted", "TR-1.1")]


def test_a_file_without_a_name_is_processed_and_ends_the_round(ministry):
    ministry.deliver("", grant_of(waiting()), entry="beianinfo.xml")

    assert inbox.fetch() == 1

    assert (answers(), ministry.asked("isp_downloadack")) == ([("granted", "TR-1.1")], [])


def test_tables_are_processed(ministry):
    row = "<Wzjrfs_xx><Id>7</Id><Mc>新方式</Mc><Ysid>64</Ysid><Sfyx>1</Sfyx></Wzjrfs_xx>"
    ministry.deliver("codes", data(f"<JCDM><Jcdm_xx><Wzjrfs_dms>{row}</Wzjrfs_dms></Jcdm_xx></JCDM>"))

    inbox.fetch()

    assert InboxFile.objects.get().state == "processed"
    assert list(TableRow.objects.values_list("table", "code", "name", "under", "valid")) == [
        ("Wzjrfs", 7, "新方式", "64", True)
    ]


@pytest.mark.parametrize("way", ["garbage", "lost key", "cut short"])
def test_an_unreadable_download_does_not_keep_others_waiting(ministry, monkeypatch, way):
    for number, reference in enumerate(("TR-1.1", "TR-2.1"), 1):
        ministry.deliver(f"return{number}", grant_of(waiting(reference)))
    with monkeypatch.context() as patch:
        patch.setattr(inbox, "_take_in", lambda *_: False)  # killed before
        inbox.fetch()
    bad = InboxFile.objects.earliest("pk")
    before = spoil(bad, "key", way)

    inbox.process()
    seen = (answers(), InboxFile.objects.get(pk=bad.pk).state, aside())
    spoil(bad, "key", before)
    call_command("set_aside", "--again", stdout=StringIO()) if aside() else inbox.read_again(bad.pk)
    inbox.process()

    kept = ("acknowledged", [("downloads.taken", "return1")]) if way == "lost key" else ("parked", [])
    assert seen == ([("granted", "TR-2.1")], *kept)
    assert (sorted(answers()), aside(), causes()) == ([("granted", "TR-1.1"), ("granted", "TR-2.1")], [], [])


def test_a_download_that_fails_in_an_unexpected_way_is_set_aside(ministry, monkeypatch):
    ministry.deliver("return1", grant_of(waiting("TR-1.1")))
    ministry.deliver("return2", grant_of(waiting("TR-2.1")))
    real = result_handler.take

    def take(row, content):
        if row.name == "return1":
            raise RecursionError("too deep")
        real(row, content)

    monkeypatch.setattr(result_handler, "take", take)

    inbox.fetch()

    assert (answers(), aside()) == ([("granted", "TR-2.1")], [("downloads.taken", "return1")])


def test_a_briefly_busy_database_parks_nothing(ministry, monkeypatch):
    ministry.deliver("return1", grant_of(waiting()))

    def busy(*_arguments, **_names):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(result_handler, "take", busy)
        inbox.fetch()
    seen = (answers(), aside())

    call_command("set_aside", "--again", stdout=StringIO())
    inbox.fetch()

    assert seen == ([], [("downloads.taken", "return1")])
    assert answers() == [("granted", "TR-1.1")]
