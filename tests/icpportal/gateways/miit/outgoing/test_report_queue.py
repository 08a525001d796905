"""Reports wait for their number; those that cannot be sent are parked, and their order is informed."""

from datetime import date, timedelta

import pytest

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit import models
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import Report, ReportState
from icpportal.gateways.miit.outgoing import report_queue, succession
from icpportal.gateways.miit.outgoing.file_builder import content_of
from icpportal.gateways.miit.types import AccessReport, AnswerKind
from icpportal.workdays.calendar import add_workdays
from tests.icpportal.gateways.miit import sending_world
from tests.icpportal.gateways.miit.sending_world import MINUTE, NOW, access, arrange, cancellation, statement, states


@pytest.fixture
def ministry(db, monkeypatch, settings):
    return arrange(monkeypatch, settings)


def answers():
    return [(answer.kind, answer.report_key, answer.code, answer.words) for answer in outcome_queue.waiting()]


def test_a_queued_report_is_sealed_and_restored_completely(ministry):
    row = report_queue.queue(access(attachments=[statement("gone")]))

    assert (row.state, row.reference, row.site_number) == ("queued", "TR-1", "京ICP备10000001号-1")
    assert "1a64a010767f0725fb52111b0a9e9f84" not in row.payload
    assert content_of(Report.objects.get()) == access(attachments=[statement("gone")])


def test_queueing_calls_nobody_and_reads_no_picture(ministry, monkeypatch):
    monkeypatch.setattr(sending_world, "picture", lambda _document: pytest.fail("read"))

    report_queue.queue(access(attachments=[statement("gone")]))

    assert ministry.calls == []


def test_the_same_report_twice_is_one_row_with_one_own_id(ministry):
    first, second = report_queue.queue(access()), report_queue.queue(access())

    assert (first.pk, first.own_id) == (second.pk, second.own_id)
    assert Report.objects.count() == 1


def test_a_report_the_interface_cannot_carry_is_refused_and_not_stored(ministry):
    with pytest.raises(Refused) as refusal:
        report_queue.queue(AccessReport("TR-1.1", "", (2,), (5,), ()))

    assert refusal.value.code == "5001"
    assert Report.objects.count() == 0


def test_the_own_id_is_the_same_after_a_restored_backup_and_different_for_each_report(ministry):
    """The answer to a report queued after the backup finds it."""
    before = report_queue.queue(access()).own_id
    Report.objects.all().delete()

    assert report_queue.queue(access()).own_id == before
    own_ids = {models.own_id_of(f"TR-{number}.1") for number in range(10_000)}
    assert (len(own_ids), before in own_ids) == (10_000, True)
    assert 0 < min(own_ids) < max(own_ids) < 2**53


def test_a_report_whose_own_id_is_taken_gets_another(ministry, monkeypatch):
    taken = report_queue.queue(access(reference="TR-9")).own_id
    monkeypatch.setattr(models, "own_id_of", lambda key: taken)
    monkeypatch.setattr(models, "new_own_id", iter([taken, taken + 1]).__next__)

    assert report_queue.queue(access()).own_id == taken + 1


def test_a_cancellation_stores_the_ministrys_id_of_the_access(ministry):
    assert report_queue.queue(cancellation()).access_id == 77


def test_a_later_report_of_the_order_supersedes_the_earlier_one_and_no_other(ministry):
    report_queue.queue(access(1))
    report_queue.queue(access(reference="TR-2"))

    report_queue.queue(access(2))

    assert states() == ["superseded", "queued", "queued"]


def test_queueing_an_old_report_again_supersedes_nothing(ministry):
    report_queue.queue(access(1))
    report_queue.queue(access(2))

    report_queue.queue(access(1))

    assert states() == ["superseded", "queued"]


@pytest.mark.parametrize(
    ("state", "goes"), [("queued", True), ("parked", True), ("numbered", False), ("accepted", False)]
)
def test_only_a_report_without_a_number_can_be_superseded(ministry, state, goes):
    row = report_queue.queue(access())
    Report.objects.update(state=state)

    assert succession.supersede(row.reference) == goes
    assert states() == ["superseded" if goes else state]


def test_a_parked_report_tells_its_order_which_field_is_wrong(ministry, caplog):
    row = report_queue.queue(access())

    assert report_queue.park(row, "holds 𠮷", now=NOW, field="Zxlybz", code="5008")

    row.refresh_from_db()
    assert (row.state, row.field, row.code, row.reason) == ("parked", "Zxlybz", "5008", "holds 𠮷")
    assert answers() == [(AnswerKind.REPORT_FAILED, "TR-1.1", "5008", "Zxlybz: holds 𠮷")]
    assert [(r.levelname, r.getMessage(), r.reference) for r in caplog.records] == [("ERROR", "report parked", "TR-1")]


def test_a_report_parked_twice_tells_its_order_once(ministry):
    row = report_queue.queue(access())

    assert [report_queue.park(row, "no", now=NOW) for _ in range(2)] == [True, False]
    assert len(answers()) == 1


def test_a_report_released_and_parked_again_tells_its_order_again(ministry):
    row = report_queue.queue(access())
    report_queue.park(row, "no", now=NOW)

    report_queue.unpark(row, now=NOW)
    report_queue.park(row, "no", now=NOW + MINUTE)

    assert len(answers()) == 2


def make_accepted(tries=0):
    row = report_queue.queue(access())
    Report.objects.update(state=ReportState.ACCEPTED, tries=tries)
    row.refresh_from_db()
    return row


def test_a_postponing_code_queues_the_accepted_report_again_later_each_time(ministry):
    row = make_accepted()
    own_id, waits = row.own_id, []

    for _ in range(7):
        assert report_queue.retry(row, "5999", now=NOW)
        row.refresh_from_db()
        waits.append(row.next_at - NOW)
        Report.objects.update(state=ReportState.ACCEPTED)

    assert waits == [timedelta(hours=hours) for hours in (1 / 6, 1, 4, 12, 24, 24, 24)]
    assert (row.own_id, row.tries) == (own_id, 7)


def test_a_retry_waits_for_the_later_of_our_pause_and_theirs(ministry):
    row = make_accepted()

    report_queue.retry(row, "5999", NOW + timedelta(hours=3), now=NOW)

    assert Report.objects.get().next_at == NOW + timedelta(hours=3)


def test_the_same_retry_twice_counts_once(ministry):
    row = make_accepted()

    assert [report_queue.retry(row, "5999", now=NOW) for _ in range(2)] == [True, False]
    assert Report.objects.get().tries == 1


@pytest.mark.parametrize("state", ["queued", "parked", "numbered", "answered", "superseded"])
def test_only_an_accepted_report_is_retried(ministry, state):
    row = make_accepted()
    Report.objects.update(state=state)

    assert not report_queue.retry(row, "5999", now=NOW)
    assert (states(), Report.objects.get().tries) == ([state], 0)


def test_after_the_last_retry_the_report_is_parked_with_an_alarm(ministry, caplog):
    row = make_accepted(tries=7)

    assert not report_queue.retry(row, "5999", now=NOW)

    assert states() == ["parked"]
    assert answers() == [(AnswerKind.REPORT_FAILED, "TR-1.1", "5999", report_queue.GIVEN_UP)]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


@pytest.mark.parametrize("begin", [date(2026, 1, 30), date(2026, 9, 10), date(2026, 11, 25)])
def test_a_report_that_waits_for_a_review_is_retried_for_longer_than_one_takes(begin, db):
    """It was given up after 3 days and 17 hours."""
    tried_until = begin + sum(report_queue.IN_REVIEW, timedelta())

    assert max(report_queue.IN_REVIEW) == timedelta(days=1)
    assert tried_until >= add_workdays(begin, 22)[0]


def test_when_its_retries_end_it_is_parked_with_the_first_code(ministry, caplog):
    """It ended as "5999", and nobody knew what it had waited for."""
    row, told_to_wait = make_accepted(), ["1017", "5999", "1051 1017", *["5999"] * (len(report_queue.IN_REVIEW) - 3)]
    for codes in told_to_wait:
        assert report_queue.retry(row, codes, now=NOW)
        Report.objects.update(state=ReportState.ACCEPTED)
        row.refresh_from_db()
    assert row.code == "1017"

    assert not report_queue.retry(row, "5999", now=NOW)

    row.refresh_from_db()
    assert (row.state, row.code) == ("parked", "1017")
    assert answers() == [(AnswerKind.REPORT_FAILED, "TR-1.1", "1017", report_queue.GIVEN_UP)]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_busy_system_gets_short_retries_until_a_review_is_named(ministry):
    """The later code says what it waits for."""
    row = make_accepted(tries=6)
    Report.objects.update(code="5999")
    row.refresh_from_db()

    assert report_queue.retry(row, "1042", now=NOW)

    row.refresh_from_db()
    assert (row.code, row.tries) == ("1042", 7)


def test_the_longest_waiting_report_is_next_unless_it_is_not_due(ministry):
    rows = sending_world.queue_reports(3)
    Report.objects.filter(pk=rows[0].pk).update(next_at=NOW + MINUTE)

    assert report_queue.next_due(NOW) == rows[1]


def test_queueing_takes_as_many_queries_however_many_wait(ministry, django_assert_num_queries):
    for number in (1, 2, 3):
        with django_assert_num_queries(9):  # two savepoints, look-up, insert, supersede
            report_queue.queue(access(reference=f"TR-{number}"))


def test_what_waits_for_earlier_reports_is_found_in_one_query_however_much_it_is(ministry, django_assert_num_queries):
    for order in ("TR-1", "TR-2", "TR-3"):
        for number, state in enumerate(("numbered", "accepted", "queued"), 1):
            report_queue.queue(access(number, reference=order))
            Report.objects.filter(key=f"{order}.{number}").update(state=state)

    with django_assert_num_queries(1):
        found = succession.waiting(NOW)

    assert [(each.key, each.earlier) for each in found] == [(f"TR-{n}.3", f"TR-{n}.1") for n in (1, 2, 3)]
