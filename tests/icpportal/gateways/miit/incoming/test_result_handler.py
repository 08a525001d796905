"""The effects of results, records and cancellations: one outcome each, whether repeated, late or in pieces."""

import json
from datetime import UTC, datetime

import pytest

from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import InboxFile, Outcome, Report, ReportState
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.types import Answer, AnswerKind, Level
from tests.icpportal.gateways.miit.authority_files import SITE, bajg, basj, decision, icp, result, waiting, zxsj
from tests.pairs import pairs

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(ministry):
    """Processes one file from the authority."""

    def come(xml: bytes) -> InboxFile:
        ministry.deliver(f"return{InboxFile.objects.count()}", xml)
        inbox.fetch()
        return InboxFile.objects.order_by("pk").last()

    return come


def answers() -> list[Answer]:
    return outcome_queue.waiting()


def kinds() -> list[tuple[str, str, str, str]]:
    return [(answer.kind.value, answer.report_key, answer.code, answer.words) for answer in answers()]


def state(report: Report) -> str:
    return Report.objects.get(pk=report.pk).state


GRANTS = {
    "a code": lambda report: bajg(result(report.own_id, "1001")),
    "a decision": lambda report: bajg(decisions=[decision(report.own_id, approved=True)]),
    "a decision without a kind": lambda report: bajg(
        decisions=[decision(report.own_id, approved=True, operation=None)]
    ),
    "a code by the site": lambda report: bajg(result(SITE, "1001")),
    "a decision by the site": lambda report: bajg(decisions=[decision(SITE, approved=True)]),
    "both at once": lambda report: bajg(result(SITE, "1001"), decisions=[decision(report.own_id, approved=True)]),
    "a code beside a success": lambda report: bajg(result(report.own_id, "1062", "1001")),
}


@pytest.mark.parametrize(("first", "second"), pairs(GRANTS, GRANTS))
def test_a_report_is_granted_once_by_any_form_of_result(send, first, second):
    report = waiting()

    send(GRANTS[first](report))
    send(GRANTS[second](report))

    assert [(one.kind, one.report_key, one.subject_number, one.site_number) for one in answers()] == [
        (AnswerKind.GRANTED, "TR-1.1", "京ICP备10000001号", SITE)
    ]
    assert (state(report), set(InboxFile.objects.values_list("state", flat=True))) == ("answered", {"processed"})


def test_the_decision_contains_its_time(send):
    send(bajg(decisions=[decision(waiting().own_id, approved=True)]))

    assert answers()[0].at == datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def test_a_refusal_contains_the_authoritys_words(send):
    report = waiting()

    send(bajg(result(report.own_id, "1002"), decisions=[decision(report.own_id, approved=False, opinion="照片不清晰")]))

    assert kinds() == [("turned_down", "TR-1.1", "1002", "照片不清晰")]
    assert state(report) == "answered"


def test_the_remark_of_a_request_is_the_reason_if_its_code_has_no_words(send):
    """The owner read "make the changes that the authority's words ask for", and no words."""
    first, second = waiting(), waiting("TR-2.1", site_number="京ICP备10000002号-1")
    remark = "<Bz>照片不清晰</Bz></Jg_xx>"

    send(bajg(result(first.own_id, "1002").replace("</Jg_xx>", remark)))
    send(bajg(result(second.own_id, "1002", words="核验单未盖章").replace("</Jg_xx>", remark)))

    assert [words for *_others, words in kinds()] == ["照片不清晰", "核验单未盖章"]


def test_a_persons_rejection_with_a_reason_opens_no_more_than_the_reason(send):
    report = waiting()
    opinion = decision(report.own_id, approved=False, opinion="请核对")

    send(bajg(result(report.own_id, "1018", words="备案密码错误"), decisions=[opinion]))

    assert kinds() == [("turned_down", "TR-1.1", "1018", "备案密码错误；请核对")]


def test_a_reason_that_comes_later_is_passed_on_too(send):
    report = waiting()

    send(bajg(result(report.own_id, "1002")))
    send(bajg(decisions=[decision(report.own_id, approved=False, opinion="照片不清晰")]))
    send(bajg(decisions=[decision(report.own_id, approved=False, opinion="照片不清晰"), "<!-- once more -->"]))

    assert kinds() == [("turned_down", "TR-1.1", "1002", ""), ("turned_down", "TR-1.1", "1002", "照片不清晰")]


@pytest.mark.parametrize(
    ("codes", "kind", "counted"),
    [
        (("1018",), "turned_down", "1018"),
        (("1018", "1041"), "turned_down", "1018 1041"),
        (("1018", "5003"), "report_failed", "5003"),
        (("1063", "1002", "1001"), "report_failed", "1063"),
        (("1017", "1018"), "turned_down", "1018"),
        (("1062", "1018"), "turned_down", "1018"),
        (("2007",), "report_failed", "2007"),
        (("8888",), "report_failed", "8888"),
        (("1999",), "report_failed", "1999"),
    ],
)
def test_the_most_serious_code_decides_and_all_of_its_kind_are_named(send, codes, kind, counted):
    send(bajg(result(waiting().own_id, *codes, words="管局原文")))

    assert kinds() == [(kind, "TR-1.1", counted, "管局原文")]


@pytest.mark.parametrize("code", ["1060", "1062"])
def test_a_success_that_is_no_approval_reports_nothing_yet(send, code):
    report = waiting()

    send(bajg(result(report.own_id, code)))

    assert (kinds(), state(report), InboxFile.objects.get().state) == ([], "accepted", "processed")


def test_stored_material_is_an_answer_that_moves_nothing(send):
    report = waiting("MA-1.1", kind="material", site_number=SITE)

    send(bajg(result(SITE, "1060", operation=35)))

    assert (kinds(), state(report)) == ([], "answered")


def test_a_code_that_is_nobodys_fault_sends_the_same_report_again_by_itself(send):
    report = waiting()

    send(bajg(result(report.own_id, "1017")))

    report.refresh_from_db()
    assert (report.state, report.tries, report.code) == ("queued", 1, "1017")


def test_the_portal_learns_what_a_report_waits_for_but_not_of_a_busy_system(send):
    """Its owner, who could withdraw the other change, was never told."""
    report, other = waiting(), waiting("TR-2.1")

    send(bajg(result(report.own_id, "1017", words="变更审核中")))
    send(bajg(result(other.own_id, "5999", words="系统忙")))

    assert kinds() == [("waits", "TR-1.1", "1017", "变更审核中")]


def test_the_receipt_of_a_postponed_report_is_passed_on_once_it_has_settled(send):
    """Each attempt would have asked people to confirm their phones, and a moment later not."""
    report, at = waiting(), datetime.now(UTC)
    outcome_queue.record_accepted(report, sent_at=at, sequence=7)
    send(bajg(result(report.own_id, "1017")))
    assert [kind for kind, *_ in kinds()] == ["waits"]

    outcome_queue.record_accepted(report, sent_at=at, sequence=8)
    assert [kind for kind, *_ in kinds()] == ["waits"]
    Outcome.objects.filter(once="accepted:TR-1.1:8").update(at=at - outcome_queue.SETTLED)
    assert [kind for kind, *_ in kinds()] == ["waits", "accepted"]


def test_the_same_postponing_code_twice_is_one_more_attempt(send):
    report = waiting()

    send(bajg(result(report.own_id, "1017")))
    send(bajg(result(report.own_id, "1017", words="again")))

    report.refresh_from_db()
    assert (report.state, report.tries) == ("queued", 1)


def test_too_many_postponing_codes_become_our_fault(send):
    report = waiting(tries=len(report_queue.AGAIN))

    send(bajg(result(report.own_id, "5999")))

    assert [(kind, key) for kind, key, *_ in kinds()] == [("report_failed", "TR-1.1")]


def test_a_postponing_code_before_the_receipt_is_left_to_a_person(send):
    report = waiting(state=ReportState.NUMBERED)

    file = send(bajg(result(report.own_id, "1017")))

    assert (file.state, state(report)) == ("parked", "numbered")
    assert file.reason == "1017 for TR-1.1 before its receipt"


def test_an_approval_stops_the_retry_of_a_waiting_report(send):
    report = waiting(state=ReportState.QUEUED)

    send(bajg(result(report.own_id, "1001")))

    assert state(report) == "answered"


def test_a_result_of_an_earlier_report_is_assigned_to_it(send):
    earlier = waiting()
    later = waiting("TR-1.2")

    send(bajg(result(earlier.own_id, "1002")))

    assert ([key for _, key, *_ in kinds()], state(later)) == (["TR-1.1"], "accepted")


def test_an_earlier_and_a_later_report_of_one_site_are_never_guessed(send):
    waiting()
    waiting("TR-1.2")

    file = send(bajg(result(SITE, "1001")))

    assert (kinds(), file.state) == ([], "parked")
    assert file.reason == f"2 reports fit operation 3, handle {SITE}"


def test_a_report_with_a_different_answer_is_left_to_a_person(send):
    report = waiting()
    send(bajg(result(report.own_id, "1001")))

    file = send(bajg(result(report.own_id, "1002")))

    assert ([kind for kind, *_ in kinds()], file.state) == (["granted"], "parked")
    assert file.reason == "turned_down for TR-1.1, which was answered otherwise"


@pytest.mark.parametrize("before", ["1002", "1029"])
def test_a_grant_after_another_answer_is_passed_on(send, before):
    report = waiting()
    send(bajg(result(report.own_id, before)))

    file = send(bajg(result(report.own_id, "1001")))

    assert ([kind for kind, *_ in kinds()][-1], file.state) == ("granted", "processed")


@pytest.mark.parametrize(
    "broken",
    ["<Jg_xx><Czlx>3</Czlx><Bs>1</Bs></Jg_xx>", "<GJSHS><Gjsh><Jlid>1</Jlid><Shjg>5</Shjg></Gjsh></GJSHS>"],
)
def test_a_result_without_content_is_left_to_a_person(send, broken):
    file = send(bajg(broken))

    assert (kinds(), file.state) == ([], "parked")
    assert file.reason.startswith("a result without a code or a decision")


def test_a_receipt_after_the_answer_is_ignored(send):
    report = waiting(state=ReportState.NUMBERED)
    send(bajg(result(report.own_id, "5003")))

    assert outcome_queue.record_accepted(report, sent_at=datetime(2026, 11, 25, tzinfo=UTC), sequence=7) is None
    assert [kind for kind, *_ in kinds()] == ["report_failed"]


def test_a_receipt_is_passed_on_once_and_again_only_after_a_failure():
    report, at = waiting(), datetime(2026, 11, 25, tzinfo=UTC)

    outcome_queue.record_accepted(report, sent_at=at, sequence=7)
    outcome_queue.record_accepted(report, sent_at=at, sequence=8)
    assert [(one.kind, one.report_key, one.sent_at) for one in answers()] == [(AnswerKind.ACCEPTED, "TR-1.1", at)]

    outcome_queue.record(AnswerKind.REPORT_FAILED, once="parked:TR-1.1", report=report, code="5999")
    outcome_queue.record_accepted(report, sent_at=at, sequence=9)
    assert [one.kind.value for one in answers()] == ["accepted", "report_failed", "accepted"]


def test_an_outcome_is_returned_until_acknowledged_and_is_sealed():
    report = waiting()
    row = outcome_queue.record(AnswerKind.TURNED_DOWN, once="x", report=report, code="1018", words="备案密码错误")

    assert [one.id for one in answers()] == [one.id for one in answers()] == [str(row.pk)]
    assert "1018" not in row.payload
    outcome_queue.acknowledge(str(row.pk))
    outcome_queue.acknowledge(str(row.pk))
    assert answers() == []


def test_a_record_with_our_access_is_assigned_to_its_report_and_grants_nothing(send):
    report = waiting()

    send(basj(own_id=report.own_id))

    (answer,) = answers()
    (access,) = answer.record.sites[0].accesses
    assert (answer.kind, answer.report_key, access.own_id, access.access_id) == (
        AnswerKind.RECORD,
        "TR-1.1",
        report.own_id,
        900001,
    )
    report.refresh_from_db()
    assert (report.state, report.access_id, report.subject_id) == ("accepted", 900001, 700001)


def test_a_record_from_before_the_grant_is_passed_on_again_after_it(send):
    report = waiting()

    send(basj(own_id=report.own_id))
    send(bajg(result(report.own_id, "1001")))
    send(bajg(decisions=[decision(report.own_id, approved=True)]))

    assert [one.kind.value for one in answers()] == ["record", "granted", "record"]
    assert answers()[0].record == answers()[2].record


def test_another_provider_may_use_the_same_ids(send):
    report = waiting()

    send(basj(own_id=report.own_id, provider=4711))

    (answer,) = answers()
    assert (answer.report_key, answer.record.sites[0].accesses[0].own_id) == ("", None)
    assert Report.objects.get().access_id is None


def test_a_record_of_another_subject_is_passed_on_without_a_report(send):
    send(basj(own_id=None, provider=4711))

    assert [(one.kind, one.report_key, one.record.subject_id) for one in answers()] == [(AnswerKind.RECORD, "", 700001)]


def test_a_record_that_changes_and_changes_back_is_passed_on_each_time(send):
    for name in ("甲公司", "乙公司", "甲公司"):
        send(basj(own_id=None, name=name).replace(b"</BASJ>", f"</BASJ><!--{InboxFile.objects.count()}-->".encode()))

    assert [one.record.name for one in answers()] == ["甲公司", "乙公司", "甲公司"]


def test_a_cancelled_row_is_passed_on_once(send):
    send(zxsj(1, 800001))
    send(zxsj(1, 800001))

    assert [(one.kind, one.struck.level, one.struck.id, one.report_key) for one in answers()] == [
        (AnswerKind.STRUCK, Level.SITE, 800001, "")
    ]


def test_a_cancelled_access_is_the_answer_to_its_cancellation_once(send):
    report = waiting("CA-1.1", kind="cancellation", access_id=900001)

    send(zxsj(2, 900001))
    send(bajg(result(900001, "1001", operation=5)))

    assert [(one.kind.value, one.report_key) for one in answers()] == [("struck", ""), ("granted", "CA-1.1")]
    assert state(report) == "answered"


NAMELESS = {
    "struck off": "<ZXSJ><Zxxx><Zxlb>1</Zxlb><Jlid>京ICP备10000001号-1</Jlid></Zxxx>{more}</ZXSJ>",
    "a record": "<BASJ><Baxx><Zt_xx><Dwmc>甲</Dwmc></Zt_xx></Baxx></BASJ><ZXSJ>{more}</ZXSJ>",
}


@pytest.mark.parametrize("rows", NAMELESS.values(), ids=list(NAMELESS))
def test_a_skipped_row_is_left_to_a_person_and_the_others_count(send, rows):
    """It was filed as processed: a cancelled website stayed live here, and nobody noticed."""
    news = "".join(f"<New{number}/>" for number in range(30))  # of a later version
    file = send(icp(rows.format(more=f"<Zxxx><Zxlb>1</Zxlb><Jlid>800001</Jlid>{news}</Zxxx>")))

    assert (file.state, " without " in file.reason) == ("parked", True)
    assert [one.struck.id for one in answers()] == [800001]


def test_the_reason_of_a_parked_file_names_no_person(send):
    file = send(bajg(result("110101199003074514", "1001", words="张三")))

    assert "张三" not in json.dumps(file.reason, ensure_ascii=False)
