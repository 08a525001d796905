"""`manage.py miit resync` against a ministry that answers, loses files or hangs."""

import re
import time

import pytest
from django.core.management import CommandError, call_command

from icpportal.gateways.miit.models import MinistryLine, Report
from icpportal.gateways.miit.outgoing import report_queue
from icpportal.gateways.miit.outgoing.sender import send_due
from tests.icpportal.gateways.miit.sending_world import access

pytestmark = pytest.mark.django_db(transaction=True)
ASKING = "asking the ministry for the last file that it accepted …"


@pytest.fixture
def resync(capsys):
    """The exit code, the output, and the progress."""

    def run(*arguments):
        try:
            call_command("miit", "resync", *arguments)
            code = 0
        except CommandError as ended:
            code = ended.returncode
        printed = capsys.readouterr()
        return code, printed.out.splitlines(), printed.err.splitlines()

    return run


def lose(ministry, count):
    """So many files were accepted and have been lost."""
    for number in range(count):
        report_queue.queue(access(reference=f"TR-{number}"))
    assert send_due().accepted == count
    ministry.last = ministry.last | {"dataSequence": "0"}
    ministry.uploads.clear()


def test_it_shows_its_progress(ministry, resync):
    """It printed nothing for as long as the ministry took."""
    lose(ministry, 3)

    code, out, progress = resync("--yes")

    assert (code, out[-1], [number for number, _ in ministry.uploads]) == (0, "done", [1, 2, 3])
    assert [re.sub(r"[0-9.]+ s:", "… s:", line) for line in progress] == [
        ASKING,
        "answer after … s: code 0, number 0",
        "sending file 1 again (1 of 3) …",
        "sending file 2 again (2 of 3) …",
        "sending file 3 again (3 of 3) …",
    ]


@pytest.mark.parametrize("arguments", [[], ["--yes"]])
@pytest.mark.parametrize("trouble", ["stall", "drip"])
def test_it_ends_in_its_time_with_3_when_the_ministry_hangs_and_can_be_repeated(
    ministry,
    resync,
    arguments,
    trouble,
):
    """100 seconds without output, and no end."""
    MinistryLine.objects.create(isp_id=100077, last_sequence=0)
    ministry.trouble("isp_querypreviousupload", trouble)
    began = time.monotonic()

    code, out, progress = resync(*arguments, "--minutes", "0.02")

    assert (code, out, time.monotonic() - began < 10) == (3, [], True)
    assert progress == [ASKING]
    assert MinistryLine.objects.get().holder == ""
    assert resync(*arguments)[0] == 0


def test_its_time_covers_all_its_calls(ministry, resync):
    """The ministry hangs at the second file."""
    lose(ministry, 2)
    ministry.trouble("isp_upload", "mime")
    ministry.trouble("isp_upload", "stall")

    code, out, progress = resync("--yes", "--minutes", "0.05")

    assert (code, out) == (3, [])
    assert progress[-1] == "sending file 2 again (2 of 2) …"
    assert [number for number, _ in ministry.uploads] == [1]
    assert Report.objects.filter(state="accepted").count() == 2


@pytest.mark.parametrize("typed", ["nan", "inf", "0", "-1", "soon"])
def test_an_impossible_number_of_minutes_is_refused_with_an_example(resync, typed):
    with pytest.raises(CommandError, match="write a number of minutes, such as 5"):
        call_command("miit", "resync", f"--minutes={typed}")


def test_an_impossible_resync_ends_with_1(ministry, resync):
    ministry.say("isp_querypreviousupload", code=12)

    assert resync("--yes")[0] == 1
