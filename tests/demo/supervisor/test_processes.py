"""The supervisor leaves no process behind, in whatever way it ends."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

import pytest

from demo.supervisor.processes import Child, Part
from tests.icpportal.processes import session_of, with_word, within

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@contextmanager
def supervise(tmp_path, *parts):
    logs = tmp_path / "log"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.demo.supervisor.supervised", str(logs), *parts],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process, str(logs)
    finally:
        for pid in with_word(str(logs)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def others(process, word):
    return with_word(word) - {process.pid}


def test_a_part_s_own_settings_count_before_those_of_all(tmp_path):
    log = tmp_path / "says.log"
    says = (sys.executable, "-c", "import os; print(os.environ['OWN'], os.environ['COMMON'])")
    child = Child(Part("says", says, {"OWN": "mine"}), log, {**os.environ, "COMMON": "ours", "OWN": "another's"})

    child.start()

    assert within(15, lambda: child.death() == 0)
    assert log.read_text() == "mine ours\n"


def test_a_part_that_others_go_before_runs_at_a_lower_priority(tmp_path):
    log = tmp_path / "says.log"
    says = (sys.executable, "-c", "import os; print(os.nice(0))")
    child = Child(Part("says", says, niceness=5), log, dict(os.environ))
    ours = os.nice(0)

    child.start()

    assert within(15, lambda: child.death() == 0)
    assert log.read_text() == f"{min(ours + 5, 19)}\n"


def test_each_part_runs_in_a_session_of_its_own(tmp_path):
    with supervise(tmp_path, "meek", "stubborn") as (process, word):
        assert within(15, lambda: len(others(process, word)) == 5)  # two watches, two parts, one grandchild
        sessions = {session_of(pid) for pid in others(process, word)}

        assert len(sessions) == 2
        assert session_of(process.pid) not in sessions


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_ends_everything_and_exits_with_0(tmp_path, number):
    with supervise(tmp_path, "meek", "meek") as (process, word):
        process.send_signal(number)

        assert process.wait(20) == 0
        assert process.stdout.read() == "stopped\n"
        assert with_word(word) == set()


def test_under_nohup_it_outlives_the_terminal(tmp_path, monkeypatch):
    monkeypatch.setenv("NOHUP", "1")
    with supervise(tmp_path, "meek") as (process, _word):
        process.send_signal(signal.SIGHUP)

        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)


def test_what_ignores_term_is_killed_after_four_seconds_with_its_children(tmp_path):
    with supervise(tmp_path, "stubborn") as (process, word):
        assert within(15, lambda: len(others(process, word)) == 3)
        began = time.monotonic()

        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 0
        assert 3.9 < time.monotonic() - began < 9
        assert with_word(word) == set()


def test_a_second_ctrl_c_does_no_harm(tmp_path):
    with supervise(tmp_path, "stubborn", "meek") as (process, word):
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
        assert with_word(word) == set()


def test_the_parts_end_when_the_supervisor_is_killed(tmp_path):
    with supervise(tmp_path, "meek", "stubborn") as (process, word):
        assert within(15, lambda: len(others(process, word)) == 5)

        process.kill()
        process.wait()

        assert within(15, lambda: with_word(word) == set())


def test_a_stopped_process_is_ended_too(tmp_path):
    with supervise(tmp_path, "meek") as (process, word):
        assert within(15, lambda: len(others(process, word)) == 2)
        for pid in others(process, word):
            os.kill(pid, signal.SIGSTOP)

        process.send_signal(signal.SIGINT)

        assert process.wait(20) == 0
        assert with_word(word) == set()


def test_a_part_that_dies_is_restarted_after_a_pause_with_one_log_line(tmp_path):
    with supervise(tmp_path, "mortal") as (process, word):
        first, second = process.stdout.readline(), process.stdout.readline()

        assert first == f"mortal ended with exit code 3; starting it again in 1 s (see {word}/mortal.log)\n"
        assert second == f"mortal ended with exit code 3; starting it again in 2 s (see {word}/mortal.log)\n"


def test_what_a_killed_part_left_behind_is_ended_before_its_restart(tmp_path):
    with supervise(tmp_path, "stubborn") as (process, word):
        assert within(15, lambda: len(others(process, word)) == 3)
        before = others(process, word)

        os.kill(min(before), signal.SIGKILL)  # the watch: the oldest

        assert process.stdout.readline().startswith("stubborn was ended by signal 9;")
        assert within(15, lambda: len(others(process, word)) == 3 and not others(process, word) & before)
