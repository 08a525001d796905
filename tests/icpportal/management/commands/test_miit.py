"""`manage.py miit`."""

import json
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from lxml import etree

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.returns import PreviousReply
from icpportal.gateways.miit.codes.return_codes import BOTH, REACTIONS
from icpportal.gateways.miit.line import line_state
from icpportal.gateways.miit.models import InboxFile, MinistryLine, Report, ReportState, UploadFile
from icpportal.gateways.miit.operations import actions as operations
from icpportal.gateways.miit.outgoing import plan, sender
from icpportal.privacy.models import AccessNote
from icpportal.time_format import to_beijing
from tests.icpportal.gateways.miit.ministry_rows import DIGEST, ISP, PICTURE, START, file, report
from tests.icpportal.gateways.miit.schemas import against_schema, listed_codes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_open(settings):
    settings.MIIT_XSD_DIR = ""
    settings.SET_BY_OPERATOR = {"MIIT_ICPMM_WITHOUT_PASSWORD", "MIIT_CANCELLATION_REASON"}


def run(capsys, *arguments):
    call_command("miit", *arguments)
    return capsys.readouterr().out.splitlines()


def json_output(capsys, *arguments):
    return json.loads("\n".join(run(capsys, *arguments, "--json")))


def fails(capsys, *arguments):
    with pytest.raises((CommandError, SystemExit)) as ended:
        call_command("miit", *arguments)
    code = getattr(ended.value, "returncode", None) or getattr(ended.value, "code", None)
    return code, str(ended.value), capsys.readouterr().out


class Ministry:
    """Returns the file it accepted last, or nothing."""

    reply = PreviousReply(0)

    def previous_upload(self, *, timeout):
        assert 0 < timeout <= 300
        if isinstance(self.reply, Exception):
            raise self.reply
        return self.reply


@pytest.fixture
def ministry(monkeypatch):
    monkeypatch.setattr(Ministry, "reply", PreviousReply(0))
    monkeypatch.setattr(plan, "Ministry", Ministry)
    monkeypatch.setattr("icpportal.gateways.miit.line.sender_calls.Ministry", Ministry)
    return Ministry


def test_status_of_a_quiet_line_ends_with_nothing_needed(capsys):
    file(report(), 1)
    next_look = {"fetch_after": START + timedelta(seconds=30), "answered_at": START, "answered_code": "2"}
    MinistryLine.objects.create(isp_id=ISP, last_sequence=1, sent_at=START, fetched_at=START, **next_look)

    assert run(capsys, "status") == [
        "ispId 100001, version V.3.0, last accepted number: 1",
        "reports: queued 0, parked 0, numbered 0, accepted 1; oldest on its way since -; last sent 2026-11-20 09:00",
        "inbox: waiting 0, parked 0, damaged 0, outcomes to take 0; last fetched 2026-11-20 09:00",
        "sending: may go",
        "fetching: may go",
        "last answer: 2026-11-20 09:00, code 2; next look for downloads 09:00:30",
        "encryption: was not tried yet; our last upload, an encrypted download or the first report will tell",
        "schemas: none (MIIT_XSD_DIR is not set: files leave unvalidated)",
        "settings: sane",
        "needs: 0",
    ]


@pytest.mark.parametrize(
    ("profile", "answered", "asked"),
    [
        ("current-2020", set(), ["MIIT_ICPMM_WITHOUT_PASSWORD", "MIIT_CANCELLATION_REASON"]),
        ("current-2020", {"MIIT_ICPMM_WITHOUT_PASSWORD"}, ["MIIT_CANCELLATION_REASON"]),
        ("seed-2018", set(), ["MIIT_CANCELLATION_REASON"]),
        ("seed-2018", {"MIIT_CANCELLATION_REASON"}, []),
    ],
)
def test_a_fact_that_no_document_states_is_an_open_question_until_a_setting_answers_it(
    capsys, settings, profile, answered, asked
):
    """The element for the password is an invention of ours."""
    settings.RULE_PROFILE, settings.SET_BY_OPERATOR = profile, answered

    lines = run(capsys, "status")
    found = json_output(capsys, "status")

    questions = [line.removeprefix("open question: ") for line in lines if line.startswith("open question: ")]
    assert [question.rpartition("set ")[2] for question in questions] == asked
    assert (found["open_questions"], found["needs"]) == (questions, [])


def test_status_of_a_stopped_line_says_what_to_do_and_ends_with_1(capsys):
    MinistryLine.objects.create(isp_id=ISP)
    line_state.stop(ISP, "12: the ministry refuses our credentials", BOTH, now=START)

    code, _words, out = fails(capsys, "status")

    assert code == 1
    assert "STOPPED since 2026-11-20 09:00: 12: the ministry refuses our credentials." in out
    assert out.splitlines()[-1] == "needs: 1"


def test_status_names_no_next_poll_that_is_not_made(capsys):
    """It said "at once" while fetching waited for an hour, or was stopped."""
    until = timezone.now() + timedelta(hours=1)
    why = {"fetching_waits_until": until, "fetching_waits_because": "20: outside the ministry's reporting hours"}
    line = MinistryLine.objects.create(isp_id=ISP, **why)
    waits = "\n".join(run(capsys, "status"))
    line_state.stop(line.isp_id, "12: the ministry refuses our credentials", BOTH, now=START)
    _code, _words, stopped = fails(capsys, "status")

    assert f"next look for downloads {to_beijing(until):%H:%M:%S}" in waits
    assert "next look for downloads after miit go-on" in stopped


def silent_line(**columns):
    """Its last answer was at nine; since then it is unreachable, and the line waits before it tries again."""
    line = MinistryLine.objects.create(isp_id=ISP, **columns)
    for way in BOTH:
        line_state.wait_for_answer(line, way, now=timezone.now())


def test_status_reports_an_unresponsive_ministry_with_its_last_answer_and_ends_with_3(capsys):
    silent_line(answered_at=START, answered_code="2", fetched_at=START)

    code, _words, out = fails(capsys, "status")
    _code, _words, as_json = fails(capsys, "status", "--json")

    said = "last answer: 2026-11-20 09:00, code 2; last look for downloads: 2026-11-20 09:00"
    assert code == 3
    assert f"the ministry does not answer; {said}" in out.splitlines()
    assert (json.loads(as_json)["silence"], json.loads(as_json)["needs"]) == (said, [])


def test_a_silent_ministry_and_work_for_a_person_end_with_1(capsys):
    silent_line()
    report(1, state="parked")

    code, _words, out = fails(capsys, "status")

    assert code == 1
    assert "the ministry does not answer; it never answered before; last look for downloads: never" in out


def test_pull_reports_an_unresponsive_ministry_with_its_last_answer(capsys, settings):
    MinistryLine.objects.create(isp_id=ISP, answered_at=START, answered_code="2", fetched_at=START)
    settings.MIIT_FILES_URL = "http://127.0.0.1:9/ISPWebService/upDownLoad"

    code, words, _out = fails(capsys, "pull")
    assert code == 3
    assert words.startswith("not now: ")
    assert words.endswith("last answer: 2026-11-20 09:00, code 2; last look for downloads: 2026-11-20 09:00")

    assert fails(capsys, "status")[0] == 3


def test_no_line_mixes_two_languages(capsys, settings):
    """The portal's own language is Chinese, and the command has English lines."""
    settings.LANGUAGE_CODE = "zh-hans"
    translation.activate("zh-hans")
    MinistryLine.objects.create(isp_id=ISP)
    line_state.stop(ISP, line_state.pause_reason(4, REACTIONS[4].words), BOTH, now=START)
    file(report(1), 1, accepted_at=None, code="15", words="待处理文件过多")
    report(2, state="parked", reason="a character that GBK has not")
    InboxFile.objects.create(isp_id=ISP, name="a.xml", digest="a", state="parked")

    _code, _words, status = fails(capsys, "status")
    _code, refusal, _out = fails(capsys, "show", "9")
    queue = run(capsys, "queue")

    assert [line for line in (*status.splitlines(), refusal) if re.search(r"[\u4e00-\u9fff]", line)] == []
    assert translation.get_language() == "zh-hans"
    assert [line.endswith(" 15 the ministry's words: “待处理文件过多”") for line in queue] == [False, True, False]


def test_status_in_json_has_the_same_facts_and_no_secret(capsys, settings):
    report(state="parked")

    _code, _words, out = fails(capsys, "status", "--json")

    found = json.loads(out)
    assert found["reports"] == {"queued": 0, "parked": 1, "numbered": 0, "accepted": 0}
    assert found["needs"] == ["1 parked: miit queue --state parked"]
    assert [secret for secret in (settings.MIIT_PASSWORD, settings.MIIT_AES_KEY) if secret in out] == []


def test_the_queue_in_json_lists_every_report_and_counts_them(capsys):
    file(report(1), 7)
    report(2)

    found = json_output(capsys, "queue")

    assert [(row["sequence"], row["kind"], row["state"], row["order"], row["key"]) for row in found["reports"]] == [
        (None, "access", "queued", "T7Q4-M2KX", "T7Q4-M2KX.2"),
        (7, "access", "accepted", "T7Q4-M2KX", "T7Q4-M2KX.1"),
    ]
    assert found["totals"] == {"reports": 2, "queued": 1, "accepted": 1}
    assert found["reports"][0]["queued_at"] == "2026-11-20T01:02:00+00:00"


def test_an_empty_queue_is_json_too(capsys):
    assert json_output(capsys, "queue") == {"reports": [], "totals": {"reports": 0}}


def test_json_is_not_paginated(capsys):
    for number in range(1, 6):
        report(number)

    assert len(json_output(capsys, "queue", "--limit", "2")["reports"]) == 5


def test_the_queue_takes_as_many_queries_for_one_as_for_three(capsys, django_assert_num_queries):
    file(report(1), 1)
    with django_assert_num_queries(2):
        json_output(capsys, "queue")

    file(report(2), 2)
    file(report(3), 3)
    with django_assert_num_queries(2):
        assert len(json_output(capsys, "queue")["reports"]) == 3


def test_the_queue_in_lines_is_paginated_and_says_how_to_continue(capsys):
    for number in range(1, 4):
        report(number)

    assert run(capsys, "queue", "--limit", "2") == [
        "     -  queued     access       2026-11-20 09:03  T7Q4-M2KX  T7Q4-M2KX.3",
        "     -  queued     access       2026-11-20 09:02  T7Q4-M2KX  T7Q4-M2KX.2",
        "there are more: --after T7Q4-M2KX.2",
        "reports: 2 (queued 2)",
    ]
    assert run(capsys, "queue", "--limit", "2", "--after", "T7Q4-M2KX.2")[0].endswith("T7Q4-M2KX.1")
    assert run(capsys, "queue", "--oldest", "--limit", "1")[0].endswith("T7Q4-M2KX.1")


def test_a_parked_report_names_field_code_and_reason(capsys):
    report(state="parked", field="Fj/STATEMENT", code="5010", reason="the picture is not there any more")

    (line, totals) = run(capsys, "queue", "--state", "parked")

    assert line.endswith("T7Q4-M2KX.1  5010 Fj/STATEMENT the picture is not there any more")
    assert totals == "reports: 1 (parked 1)"


def test_show_prints_the_xml_as_sent_and_names_its_encoding(capsys):
    """It said UTF-8, in which nothing was ever sent."""
    file(report(), 3)

    call_command("miit", "show", "3")

    shown = capsys.readouterr()
    root = etree.fromstring(shown.out.encode("gbk"))
    assert (root.getroottree().docinfo.encoding, "UTF-8" in shown.out) == ("GBK", False)
    assert root.findtext(".//Wzbah") == "宁ICP备00000000号-1"
    assert root.findtext(".//ICPmm") == "*" * 32
    assert [secret for secret in (DIGEST, PICTURE) if secret in shown.out] == []
    assert "first sent 2026-11-20 09:00 in GBK, accepted" in shown.err


def test_show_raw_writes_the_bytes_in_gbk(capsysbinary):
    file(report(), 3)

    call_command("miit", "show", "3", "--raw", "--attachments")

    xml = capsysbinary.readouterr().out
    root = etree.fromstring(xml)
    assert b'encoding="GBK"' in xml
    assert root.findtext(".//Wzbah") == "宁ICP备00000000号-1"
    assert (root.findtext(".//Fjnr"), root.findtext(".//ICPmm")) == (PICTURE, "*" * 32)


def test_show_in_json_has_the_xml_and_the_facts_about_the_file(capsys):
    file(report(), 3)

    found = json_output(capsys, "show", "3")

    assert (found["sequence"], found["order"], found["key"], found["state"]) == (
        3, "T7Q4-M2KX", "T7Q4-M2KX.1", "accepted",
    )  # fmt: skip
    assert found["encoding"] == "GBK"
    assert etree.fromstring(found["xml"].encode("gbk")).findtext(".//IspJrid") == "7"


@pytest.mark.parametrize("more", [[], ["--attachments"]])
def test_the_output_of_show_is_still_valid_by_the_ministrys_schema(capsys, more):
    file(report(), 3)

    assert against_schema("\n".join(run(capsys, "show", "3", *more)).encode("gbk")) == []


def test_every_look_at_a_file_is_recorded(capsys):
    file(report(), 3)

    run(capsys, "show", "3")

    notes = AccessNote.objects.values_list("actor", "what", "reference", "reason")
    assert list(notes) == [(None, "ministry uploadfile", "T7Q4-M2KX", "manage.py miit show")]


def test_a_forgotten_file_says_so_and_records_nothing(capsys):
    file(report(), 3)
    UploadFile.objects.update(body=None, key="")

    code, words, out = fails(capsys, "show", "3", "--json")

    assert (code, words) == (1, json.loads(out)["error"])
    assert words.startswith("erased: ")
    assert not AccessNote.objects.exists()


def test_an_unknown_number_is_an_error(capsys):
    code, words, _out = fails(capsys, "show", "9")

    assert (code, words) == (1, "There is no file with the number 9.")


def test_a_report_is_parked_with_a_reason_and_released_again(capsys):
    report()

    parked = run(capsys, "park", "T7Q4-M2KX.1", "--reason", "the customer called")
    row = Report.objects.get()
    unparked = json_output(capsys, "unpark", "T7Q4-M2KX.1")

    assert parked == ["parked: T7Q4-M2KX.1"]
    assert (row.state, row.reason) == (ReportState.PARKED, "the customer called")
    assert unparked == {"done": "unparked", "what": "T7Q4-M2KX.1"}
    assert Report.objects.get().state == ReportState.QUEUED


@pytest.mark.parametrize(
    "arguments", [["park", "X.1", "--reason", "r"], ["unpark", "X.1"], ["resend", "9"], ["rebuild", "9"]]
)
def test_a_missing_report_cannot_be_acted_on(capsys, ministry, arguments):
    code, words, _out = fails(capsys, *arguments)

    assert code == 1
    assert words.startswith("There is no ")


def test_a_numbered_report_is_never_parked(capsys):
    file(report(), 1, accepted_at=None)

    code, words, _out = fails(capsys, "park", "T7Q4-M2KX.1", "--reason", "r")

    assert code == 1
    assert words.startswith("Only a report that is queued can be parked.")
    assert Report.objects.get().state == ReportState.NUMBERED


def test_park_requires_a_reason():
    with pytest.raises(CommandError, match="--reason"):
        call_command("miit", "park", "X.1")


def test_go_on_clears_a_stop_and_the_waits(capsys):
    until = START + timedelta(days=1)
    MinistryLine.objects.create(
        isp_id=ISP, sending_stopped_at=START, sending_stopped_because="4: x", sending_waits_until=until
    )

    assert run(capsys, "go-on") == ["let go on: sending and fetching"]
    row = MinistryLine.objects.get()
    assert (row.sending_stopped_at, row.sending_stopped_because, row.sending_waits_until) == (None, "", None)


@pytest.mark.parametrize("name", ["resend", "rebuild"])
def test_a_number_is_passed_to_the_operation_of_that_name(capsys, monkeypatch, name):
    asked = []
    monkeypatch.setattr(operations, name, asked.append)

    run(capsys, name, "12")

    assert asked == [12]


def test_resync_shows_what_it_would_change_and_changes_nothing(capsys, ministry):
    ministry.reply = PreviousReply(0, sequence=41)

    assert run(capsys, "resync") == [
        "last accepted number: none known here, 41 at the ministry",
        "afterwards: 41 here",
        "not done: say --yes",
    ]
    assert not MinistryLine.objects.exists()


def test_resync_with_yes_takes_the_ministrys_number(capsys, ministry):
    ministry.reply = PreviousReply(0, sequence=41)

    found = json_output(capsys, "resync", "--yes")

    assert (found["there"], found["afterwards"], found["done"]) == (41, 41, True)
    assert MinistryLine.objects.get().last_sequence == 41


def test_resync_of_a_line_in_order_changes_nothing(capsys, ministry):
    row = file(report(), 1)
    MinistryLine.objects.create(isp_id=ISP, last_sequence=1)
    ministry.reply = PreviousReply(0, sequence=1, digest=row.digest)

    assert run(capsys, "resync")[-1] == "nothing to change"


def test_an_unresponsive_ministry_is_an_error_and_not_a_traceback(capsys, ministry):
    ministry.reply = Retryable("connection refused")

    code, words, out = fails(capsys, "resync", "--json")

    assert code == 3
    assert words == json.loads(out)["error"] == "not now: connection refused"


def test_invalid_settings_are_an_error_and_not_a_traceback(capsys, settings):
    settings.MIIT_ISP_ID = 0

    code, words, _out = fails(capsys, "resync")

    assert (code, words) == (1, "MIIT_ISP_ID is the number the administration gave this provider")


def test_pull_passes_answers_to_the_orders(capsys, monkeypatch):
    monkeypatch.setattr("transfers.authority.results.pull", lambda: 3)

    assert run(capsys, "pull") == ["answers taken: 3"]
    assert json_output(capsys, "pull") == {"answers": 3}


def test_send_is_one_round_and_says_why_it_ended(capsys, monkeypatch):
    asked = []

    def send_due(*, limit):
        asked.append(limit)
        return sender.RoundResult(accepted=2, waiting=1, reason="15: too many files are waiting at the ministry")

    monkeypatch.setattr(sender, "send_due", send_due)

    assert run(capsys, "send", "--limit", "5") == [
        "ended because: 15: too many files are waiting at the ministry",
        "accepted 2, resent 0, parked 0, put off 0, waiting 1",
    ]
    assert asked == [5]


@pytest.mark.parametrize("trouble", ["parked", "stopped"])
def test_send_ends_with_1_when_a_person_is_needed(capsys, monkeypatch, trouble):
    monkeypatch.setattr(sender, "send_due", lambda **_limit: sender.RoundResult(parked=int(trouble == "parked")))
    if trouble == "stopped":
        MinistryLine.objects.create(isp_id=ISP, sending_stopped_at=START, sending_stopped_because="4: x")

    assert fails(capsys, "send")[0] == 1


def test_a_dry_run_of_send_counts_what_is_due_and_calls_nobody(capsys):
    report(1)
    report(2, next_at=START + timedelta(days=36500))
    file(report(3), 1, accepted_at=None)

    assert run(capsys, "send", "--dry-run") == ["due 1, on its way 1"]
    assert Report.objects.filter(state="queued").count() == 2


def test_an_unknown_word_is_an_error():
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("miit", "explode")


GROUPS = {"method": "return"}  # the list's name for the answers to calls


def test_every_code_of_the_interface_is_printed_once_with_whose_turn_it_is(capsys):
    """26 answers to calls and 178 results of reports, as the list of codes has them."""
    listed = {(code, GROUPS.get(group, group)) for group, rows in listed_codes().items() for code in rows}

    rows = json_output(capsys, "codes")["codes"]

    assert len(rows) == len(listed) == 204
    assert {(row["code"], row["kind"]) for row in rows} == listed
    assert {row["whose"] for row in rows} == {"success", "applicant", "provider", "nobody"}
    assert [row["code"] for row in rows if not (row["zh"] and row["en"] and row["by_itself"])] == []


def test_codes_of_other_reports_have_their_own_words_and_open_nothing(capsys):
    """IP filings and domain registries never concern an access."""
    others = [row for row in json_output(capsys, "codes")["codes"] if row["kind"] in ("ip", "domain")]

    assert {row["code"]: row["whose"] for row in others if row["whose"] != "provider"} == {
        "2998": "success",
        "3998": "success",
    }
    assert [row["code"] for row in others if row["opens"] or row["cancellation"]] == []
    assert len({row["en"] for row in others}) > 80


def test_a_code_shows_its_different_meaning_for_a_cancellation(capsys):
    rows = {row["code"]: row for row in json_output(capsys, "codes")["codes"]}

    assert (rows["1016"]["whose"], rows["1016"]["cancellation"]["whose"]) == ("applicant", "success")
    assert rows["1018"]["opens"] == ["filing_password"]
    assert rows["1018"]["cancellation"]["opens"] == []
    assert (rows["1017"]["whose"], rows["1017"]["cancellation"]) == ("nobody", None)
    assert "49 times" in rows["1017"]["by_itself"]


def test_people_get_one_line_per_code_in_both_languages(capsys):
    lines = run(capsys, "codes")

    line = next(line for line in lines if line.startswith("1018"))
    assert "opens filing_password" in line
    assert "备案密码不正确，请重新验证备案密码" in line
    assert "The filing password is wrong: verify it again" in line
    assert lines[lines.index(line) + 1].split()[0] == "cancel"
