"""`manage.py simulator …`: everything over HTTP, for people and for programs."""

import json
import os

import pytest

from tests import fresh
from tests.demo.ministry.conftest import DOMAIN, FILING, LEAD, NUMBER, PASSWORD, SITE
from tests.demo.ministry.process import ROOT, free_port
from tests.demo.ministry.provider import access, document
from tests.icpportal import production

FILED = document(XZJR=access(SITE, 7, PASSWORD))


@pytest.fixture
def run(simulator, desk, capsys):
    """Runs a subcommand here and returns its JSON."""
    from django.core.management import call_command

    def one(*words):
        call_command("simulator", "--url", simulator.url, *words, "--json")
        return json.loads(capsys.readouterr().out)

    return one


def test_every_subcommand_prints_json(run, provider):
    provider.upload(FILED, 1)

    assert run("status")["last_sequence"] == 1
    assert [row["key"] for row in run("reports")] == ["1"]
    assert run("show", "1")["xml"] == FILED.decode("gbk")
    assert run("texts") == []
    assert run("downloads") == []
    assert run("fault") == []
    assert NUMBER in [row["number"] for row in run("filing")]
    assert [row["code"] for row in run("province")] == ["11", "12", "64"]
    assert run("conduct")["phones"] == "manual"
    assert run("push", "JCDM")["kind"] == "JCDM"
    assert run("block", "domain", "bad.example")[-1] == {"kind": "domain", "value": "bad.example"}
    assert run("clock", "--hours", "1")["now"].startswith("20")
    assert run("reset")["last_sequence"] == 0


def test_reports_are_filtered_by_their_columns(run, provider):
    provider.upload(FILED, 1)
    provider.upload(document(XZJR=access("京ICP备00000090号-1", 8, "wrong")), 2)

    assert [row["key"] for row in run("reports", "--domain", DOMAIN)] == ["1"]
    assert [row["key"] for row in run("reports", "--stage", "failed")] == ["2"]
    assert [row["key"] for row in run("reports", "--own-id", "8")] == ["2"]
    assert [row["key"] for row in run("reports", "--sequence", "1")] == ["1"]
    assert [row["key"] for row in run("reports", "--limit", "1")] == ["2"]
    assert run("reports", "--domain", "nobody.example") == []


@pytest.mark.parametrize("named", ["1", DOMAIN])
def test_a_report_is_decided_by_its_key_or_its_domain(run, provider, named):
    provider.upload(FILED, 1)

    decided = run("decide", named, "turn_down", "--code", "1056", "--words", "附件图片不清晰")

    assert (decided["stage"], decided["code"], decided["words"]) == ("turned_down", "1056", "附件图片不清晰")


def test_all_waiting_reports_are_decided_with_one_word(run, provider):
    provider.upload(FILED, 1)

    assert (run("decide", "all", "grant"), run("decide", "all", "grant")) == ({"decided": 1}, {"decided": 0})


def test_texts_are_listed_entered_and_resent(run, desk, provider):
    run("province", "64", "asks_phones=true", "people=lead_and_administrator", "hours=24")
    provider.upload(FILED, 1)
    lead = next(row for row in run("texts", "--domain", DOMAIN) if row["role"] == "subject_lead")
    again = run("resend", str(lead["id"]))

    assert run("enter", LEAD["mobile"], "140009", again["code"]) == {"state": "waiting", "left": 0}
    assert run("confirm", DOMAIN) == [{"state": "confirmed", "left": 0}]
    assert run("texts", "--mobile", "13900000009") == []


def test_faults_are_switched_on_limited_and_off(run, provider):
    on = run("fault", "upload", "code", "15", "--times", "2", "--percent", "50")
    off = run("fault", "upload", "code", "--off")
    run("fault", "all", "slow", "1")

    assert on == [{"method": "upload", "kind": "code", "value": "15", "left": 2, "percent": 50}]
    assert (off, run("fault", "--lift")) == ([], [])


def test_filings_are_put_on_record_from_a_file(run, tmp_path):
    path = tmp_path / "filings.json"
    path.write_text(json.dumps([{**FILING, "password": "Changed1"}]), "utf-8")

    assert run("filing", str(path)) == [NUMBER]
    assert run("filing", "--number", NUMBER)[0]["password"] == "Changed1"
    assert run("filing", "--domain", DOMAIN)[0]["number"] == NUMBER


def test_a_province_keeps_what_is_not_named(run):
    asked = run("province", "64", "asks_phones=true", "people=administrator")

    assert run("province", "64", "hours=24") == {**asked, "hours": 24}
    assert run("province", "64") == {**asked, "hours": 24}


def test_conduct_is_set_by_name(run):
    changed = run("conduct", "opens=08:00", "closes=20:00", "decides_after=5", "encrypt=false")

    assert (changed["opens"], changed["closes"], changed["decides_after"], changed["encrypt"]) == (
        "08:00", "20:00", 5, False,
    )  # fmt: skip
    assert run("conduct", "decides_after=none", "encrypt=none")["decides_after"] is None


def test_people_get_one_line_per_row(simulator, provider, capsys):
    from django.core.management import call_command

    provider.upload(FILED, 1)
    call_command("simulator", "--url", simulator.url, "reports")
    lines = capsys.readouterr().out.splitlines()
    call_command("simulator", "--url", simulator.url, "texts")

    assert (len(lines), "key=1" in lines[0], f"domain={DOMAIN}" in lines[0]) == (1, True, True)
    assert capsys.readouterr().out == "nothing\n"


@pytest.fixture(scope="module")
def command():
    """Runs `manage.py simulator` as a process."""
    with fresh.started(ROOT, dict(os.environ)) as run:
        yield lambda url, *words: run("manage.py", "simulator", "--url", url, *words)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("decide", "99", "grant"), 1, "no report 99"),
        (("decide", "nobody.example", "grant"), 1, "no report waits for nobody.example"),
        (("filing", "/nowhere.json"), 1, "No such file"),
        (("conduct", "nothing=1"), 1, "no such setting: nothing"),
        (("province", "99"), 1, "there is no province 99: choose one of 11, 12, 64"),
        (("province", "64", "patience=9"), 1, "no such setting: patience"),
        (("push", "XYZ"), 1, "there is no kind of file XYZ: choose one of BASJ, "),
        (("push", "BASJ"), 1, "number is missing"),
        (("push", "BASJ", "number=1"), 1, "does not exist"),
        (("fault", "upload"), 1, "name a fault too, such as: fault upload slow 3"),
        (("decide", "1", "perhaps"), 2, "invalid choice"),
        (("nothing",), 2, "invalid choice"),
    ],
)
def test_a_refusal_is_reported_in_one_line_with_an_exit_code(command, simulator, desk, words, code, says):
    ended = command(simulator.url, *words)

    assert (ended.returncode, says in ended.stderr, "Traceback" in ended.stderr) == (code, True, False)
    assert code == 2 or len(ended.stderr.strip().splitlines()) == 1


def test_without_a_simulator_one_line_says_so_and_the_exit_code_is_3(command):
    there = f"http://127.0.0.1:{free_port()}"
    ended = command(there, "status", "--json")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.strip() == (
        f"CommandError: No simulator answers at {there}: manage.py simulator serve starts one."
    )


def test_another_server_is_not_taken_for_the_simulator(command, live_server):
    ended = command(live_server.url, "status")

    assert (ended.returncode, "is not the simulator" in ended.stderr) == (3, True)


def test_it_does_not_serve_in_production():
    ended = production.manage("simulator", "serve", "--port", str(free_port()))

    assert (ended.returncode, "PORTAL_MODE=production" in ended.stderr) == (1, True)


def test_its_settings_do_not_load_in_production():
    ended = production.manage("check", DJANGO_SETTINGS_MODULE="demo.ministry.settings")

    assert ended.returncode == 1
    assert "The simulator belongs to the demo" in ended.stderr


def test_a_taken_port_is_reported_in_one_line(command, simulator):
    port = simulator.url.rpartition(":")[2]
    ended = command(simulator.url, "serve", "--port", port)

    assert (ended.returncode, f"127.0.0.1:{port} cannot be used" in ended.stderr) == (1, True)
    assert len(ended.stderr.strip().splitlines()) == 1
