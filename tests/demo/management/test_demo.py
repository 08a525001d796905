"""`manage.py demo`: what it refuses, what it starts, and that it leaves nothing behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from io import StringIO
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from demo.management.commands import demo
from demo.seed import orders
from demo.supervisor.processes import Supervisor
from tests import fresh, migrated
from tests.icpportal.processes import session_of, with_word, within
from tests.journeys.portal import ROOT, Portal, database, own_redis, running, wait_until_ready

# a Redis of its own: the journeys' portal may be running at the same time
APART = own_redis() if os.environ.get("REDIS_URL") else {}


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_taken_port_is_reported_in_one_line_before_anything_starts(settings, tmp_path, taken_port):
    settings.VAR_DIR = tmp_path

    with pytest.raises(CommandError) as refused:
        call_command("demo", port=taken_port)

    assert str(refused.value) == (
        f"Port {taken_port} cannot be used (Address already in use): choose another, "
        f"for example PORT={taken_port + 1} make demo"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["demo.lock"]


def test_a_port_that_is_taken_while_everything_is_prepared_is_reported_and_the_simulator_ends(
    settings, tmp_path, monkeypatch
):
    settings.VAR_DIR, port = tmp_path, free_port()
    stopped, listener = [], socket.socket()

    def prepare(supervisor, *, seed):
        listener.bind(("127.0.0.1", port))
        listener.listen()
        return ""

    monkeypatch.setattr(demo, "begin_again_with", lambda *_: None)
    monkeypatch.setattr(demo, "prepare", prepare)
    monkeypatch.setattr(Supervisor, "stop", lambda supervisor: stopped.append(supervisor))
    monkeypatch.setattr(Supervisor, "run", lambda *_, **__: pytest.fail("the web was started"))

    with listener, pytest.raises(CommandError, match=f"^Port {port} cannot be used"):
        call_command("demo", port=port, stdout=StringIO())
    assert len(stopped) == 1


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_an_invalid_port_is_reported_in_one_line(port):
    with pytest.raises(
        CommandError, match=rf"^Port {port} cannot be used \(not a port number\): .* PORT=8001 make demo$"
    ):
        demo.refuse_taken_port(port)


def test_a_suggested_port_beside_a_taken_one_is_free_to_use():
    demo.refuse_taken_port(free_port())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_data_folder_belongs_to_one_demo_at_a_time(tmp_path):
    lock = demo.take_lock(tmp_path / "demo.lock")

    with pytest.raises(CommandError) as refused:
        demo.take_lock(tmp_path / "demo.lock")

    assert str(refused.value) == (
        f"A demo already runs on {tmp_path} (process {os.getpid()}): stop it first, or set VAR_DIR to another folder."
    )
    lock.close()
    demo.take_lock(tmp_path / "demo.lock").close()


def test_the_demo_refuses_to_run_in_production(settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="PORTAL_MODE=production"):
        call_command("demo", port=free_port())


def test_the_processes_get_the_address_people_use_unless_one_is_set(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("PUBLIC_BASE_URL", raising=False)

    assert demo.environment(8123)["PUBLIC_BASE_URL"] == "http://127.0.0.1:8123"

    monkeypatch.setenv("PUBLIC_BASE_URL", "https://demo.example.com")
    assert demo.environment(8123)["PUBLIC_BASE_URL"] == "https://demo.example.com"


def test_the_processes_keep_their_scratch_files_in_the_data_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path

    told = demo.environment(8123)

    assert (told["TMPDIR"], told["VAR_DIR"]) == (str(tmp_path / "tmp"), str(tmp_path))
    assert (tmp_path / "tmp").is_dir()


def test_the_port_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    parser = demo.Command().create_parser("manage.py", "demo")

    assert parser.parse_args([]).port == 8123
    assert parser.parse_args(["--port", "8124"]).port == 8124


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    with running(tmp_path_factory.mktemp("demo"), empty=True, **APART) as started:
        yield started


def output_of(portal: Portal) -> str:
    with open(os.path.join(portal.environment["VAR_DIR"], "demo.out")) as log:
        return log.read()


def folder(portal: Portal) -> str:
    return portal.environment["VAR_DIR"]


def try_another(portal: Portal, **changed: str) -> subprocess.CompletedProcess:
    port = changed.pop("port")
    return fresh.run("manage.py", "demo", "--port", port, folder=ROOT, environment=portal.environment | changed)


@pytest.mark.worker
def test_the_demo_answers_and_says_who_can_sign_in(portal):
    """The welcome was printed only to a terminal; `running` redirects it to a file."""
    assert within(20, lambda: "Ctrl-C stops everything." in output_of(portal))

    told = output_of(portal)
    assert f"The ICP filing portal is ready:  {portal.url}/\n" in told
    assert "reviewer@example.com" in told
    assert f"  {orders.transferable()}\n" in told
    assert "The second factor of staff is OFF in this demo" in told
    assert not [line for line in told.splitlines() if " INFO " in line or " ERROR " in line]
    with urlopen(f"{portal.url}/") as start:
        assert start.status == 200


@pytest.mark.worker
def test_every_link_in_the_mails_of_the_demo_leads_to_its_own_port(portal):
    """Links in mails written during preparation led to port 8000, and so would those of a second command."""
    assert portal.manage("shell", "-v", "0", "-c", LINKS).splitlines() == [portal.url, portal.url]


LINKS = """
import re
from icpportal.outbox.models import Message
from django.conf import settings
texts = [repr(message.payload) for message in Message.objects.all()]
print(*{link for text in texts for link in re.findall(r"http://127[.]0[.]0[.]1:[0-9]+", text)}, sep="\\n")
print(settings.PUBLIC_BASE_URL)  # what a command beside the demo would link to
"""


@pytest.mark.worker
def test_web_worker_beat_and_simulator_run_in_sessions_apart_from_the_supervisor(portal):
    sessions = {session_of(pid) for pid in with_word(folder(portal)) - {portal.process.pid}}

    assert len(sessions) == 4
    assert session_of(portal.process.pid) not in sessions


@pytest.mark.worker
def test_the_health_page_is_green_from_the_start(portal):
    def green() -> bool:
        output = subprocess.run(["curl", "-s", f"{portal.url}/healthz/deep"], capture_output=True, text=True).stdout
        return json.loads(output)["state"] == "green"

    assert within(40, green)


@pytest.mark.worker
def test_a_second_demo_on_the_same_data_is_refused_in_one_line(portal):
    done = try_another(portal, port=str(free_port()))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"CommandError: A demo already runs on {folder(portal)} (process {portal.process.pid}): "
        "stop it first, or set VAR_DIR to another folder.\n"
    )


@pytest.mark.worker
def test_a_second_demo_on_the_same_port_is_refused_in_one_line(portal, tmp_path):
    port = portal.url.rpartition(":")[2]

    done = try_another(portal, port=port, VAR_DIR=str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"CommandError: Port {port} cannot be used")
    assert done.stderr.count("\n") == 1


NUDGE = """
import time
from icpportal.models import Heartbeat
from icpportal.outbox.wake import wake_worker
took = []
for _ in range(5):
    Heartbeat.objects.filter(name="heartbeat").delete()
    began = time.monotonic()
    wake_worker("icpportal.tasks.heartbeat")
    while not Heartbeat.objects.filter(name="heartbeat").exists() and time.monotonic() < began + 20:
        time.sleep(0.01)
    took.append(time.monotonic() - began)
print("took", *took)
"""


@pytest.mark.worker
def test_a_nudge_from_any_process_reaches_the_worker_within_two_seconds(portal):
    took = sorted(map(float, portal.manage("shell", "-v", "0", "-c", NUDGE).split()[1:]))

    assert len(took) == 5
    assert took[2] < 2


QUEUE = """
from icpportal.outbox.actions import notify
for number in range(20):
    notify(key=f"killed:{number}", template="code_sign_in", channel="sms", to="13900000001", language="en",
         context={"code": "204816"})
"""
DELIVERED = """
from icpportal.outbox.models import Message, State
print(Message.objects.filter(key__startswith="killed:", state=State.DELIVERED).count())
"""


@pytest.mark.worker
def test_a_killed_worker_is_restarted_with_a_log_line_and_loses_no_message(portal):
    before = output_of(portal).count("worker was ended by signal 9")
    worker = {pid for pid in with_word(folder(portal)) if has_argument(pid, "worker")}
    (first,) = (pid for pid in worker if parent_of(pid) not in worker)  # pids wrap around: not the smallest

    os.kill(first, signal.SIGKILL)
    portal.manage("shell", "-v", "0", "-c", QUEUE)

    assert within(10, lambda: output_of(portal).count("worker was ended by signal 9") == before + 1)
    assert not with_word(folder(portal)) & worker
    assert within(30, lambda: portal.manage("shell", "-v", "0", "-c", DELIVERED) == "20\n")


def has_argument(pid: int, word: str) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            return word.encode() in line.read().split(b"\0")
    except FileNotFoundError:
        return False


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as line:
        return int(line.read().rpartition(")")[2].split()[1])


@pytest.mark.worker
def test_ctrl_c_twice_ends_everything_in_order(portal):
    """Runs last, as it ends this portal."""
    assert len(with_word(folder(portal))) > 6

    portal.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    portal.process.send_signal(signal.SIGINT)

    assert portal.process.wait(20) == 0
    assert with_word(folder(portal)) == set()
    assert output_of(portal).endswith("Stopped: web, worker, beat and simulator are gone.\n")


@contextlib.contextmanager
def empty_demo(tmp_path):
    """A demo without invented data: it starts faster when only its end matters."""
    port = free_port()
    with database(dict(os.environ)) as own, (tmp_path / "demo.out").open("w") as log:
        if not own:
            migrated.copy_to(tmp_path / "portal.sqlite3")
        process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--no-seed", "--port", str(port)],
            env=os.environ | own | APART | {"VAR_DIR": str(tmp_path)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz", process, tmp_path)
            yield process
        finally:
            process.kill()
            process.wait()
            within(10, lambda: with_word(str(tmp_path)) == set())  # before its database is dropped


@pytest.mark.worker
def test_nothing_is_left_ten_seconds_after_the_supervisor_was_killed(tmp_path):
    with empty_demo(tmp_path) as process:
        assert len(with_word(str(tmp_path))) > 6

        process.kill()
        process.wait()

        assert within(10, lambda: with_word(str(tmp_path)) == set())


@pytest.mark.worker
@pytest.mark.parametrize(
    "started_with", [signal.SIG_DFL, signal.SIG_IGN], ids=["a terminal", "a job in the background"]
)
def test_ctrl_c_during_preparation_ends_it_in_one_line(tmp_path, started_with):
    """Nothing of it reached a pipe, and the process may have been started with Ctrl-C ignored."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", str(free_port())],
        env=os.environ | APART | {"VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path / 'portal.sqlite3'}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, started_with),
    )
    assert process.stdout.readline().startswith("Preparing")
    time.sleep(1)

    process.send_signal(signal.SIGINT)

    assert process.wait(20) == 130
    assert process.stdout.read() == "CommandError: Stopped before everything was started.\n"
    assert with_word(str(tmp_path)) == set()
    process.stdout.close()
