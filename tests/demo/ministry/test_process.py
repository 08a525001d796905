"""The simulator as a process: its own database, its own cookies, and fast enough for rehearsals."""

import re
import sqlite3

import pytest
import requests

from demo.ministry.api.client import SimulatorClient
from tests.demo.ministry.conftest import FILING, NUMBER, PASSWORD, SITE
from tests.demo.ministry.process import start_simulator
from tests.demo.ministry.provider import Provider, access, attachment, document, picture


def test_it_keeps_its_data_over_a_restart(tmp_path):
    first = start_simulator(tmp_path)
    try:
        first.client.add_filing(**FILING)
        first.client.set_province("64", asks_phones=False)
        Provider(first.url).upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    finally:
        first.process.kill()  # without a chance to clean up
        first.stop()
    second = start_simulator(tmp_path)
    try:
        assert second.client.status()["last_sequence"] == 1
        assert [row["stage"] for row in second.client.reports()] == ["waiting"]
    finally:
        second.stop()


def test_its_database_has_none_of_the_portals_tables_and_the_same_settings(simulator, desk):
    with sqlite3.connect(simulator.database) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        mode = connection.execute("pragma journal_mode").fetchone()

    assert {name for name in tables if not name.startswith(("simulator_", "sqlite_", "django_migrations"))} == set()
    assert mode == ("wal",)


def test_a_new_one_has_the_example_filings(tmp_path):
    running = start_simulator(tmp_path)
    try:
        assert len(running.client.filings()) == 5
        assert running.client.status()["reports"] == {}
    finally:
        running.stop()


def test_its_log_holds_no_password_no_mobile_and_no_text(simulator, desk, provider):
    desk.set_province("64", asks_phones=True)
    provider.verify(NUMBER, "S3cret-password")
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    text = desk.texts()[0]
    desk.enter(text["mobile"], text["tails"][0], text["code"])

    said = simulator.log_text()
    assert "isp_verifybamm" in said
    for secret in ("S3cret-password", PASSWORD, "13900000001", "demo-only-password", text["code"] + '"'):
        assert secret not in said


def test_json_is_accepted_only_from_programs(simulator, desk):
    there = f"{simulator.url}/api/reset/"

    forged = requests.post(there, data='{"world": true}', headers={"Content-Type": "text/plain"}, timeout=10)
    form = requests.post(there, data={"world": "1"}, timeout=10)
    broken = requests.post(there, data="{", headers={"Content-Type": "application/json"}, timeout=10)
    other = requests.get(there, timeout=10)

    assert [answer.status_code for answer in (forged, form, broken, other)] == [415, 415, 400, 405]


def test_another_host_name_is_refused(simulator):
    answer = requests.get(f"{simulator.url}/api/", headers={"Host": "evil.example"}, timeout=10)

    assert answer.status_code == 400


def test_none_of_the_portals_cookies_is_set(simulator):
    for path in ("/healthz", "/", "/codes/", "/api/"):
        cookies = requests.get(simulator.url + path, timeout=10).cookies.keys()
        assert not {"session", "csrf", "messages", "sessionid", "csrftoken"} & set(cookies)


def test_the_style_sheets_of_the_portal_are_served_without_collecting_them(simulator):
    answer = requests.get(f"{simulator.url}/static/css/tokens.css", timeout=10)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, 'text/css; charset="utf-8"')


def test_pages_carry_the_content_security_policy(simulator):
    assert (
        "default-src 'none'" in requests.get(f"{simulator.url}/healthz", timeout=10).headers["Content-Security-Policy"]
    )


def test_an_upload_of_half_a_megabyte_is_fast(simulator, desk, provider):
    body = document(XZJR=access(SITE, 7, PASSWORD, attachments="".join(
        attachment(SITE, content=picture(side=230 + place)) for place in range(12))))  # fmt: skip
    assert len(body) > 300_000

    for number in range(1, 11):
        assert provider.uploaded(body, number) == 0

    took = [int(ms) for ms in re.findall(r"isp_upload .*ms=(\d+)", simulator.log_text())[-10:]]
    assert len(took) == 10
    assert min(took) < 50, took  # the best of ten: the machine may be busy with other tests


def test_many_filings_are_put_on_record_at_once_and_many_reports_answered(simulator, desk, provider):
    numbers = [f"宁ICP备1{place:07d}号" for place in range(50)]
    desk.add_filings(
        {**FILING, "number": number, "sites": [{"domain": f"site{place}.example.cn", "name": "示例"}]}
        for place, number in enumerate(numbers)
    )
    desk.conduct(decides_after=0)
    for place, number in enumerate(numbers, start=1):
        assert provider.uploaded(document(XZJR=access(f"{number}-1", place, PASSWORD)), place) == 0

    files = provider.everything()

    assert len(files) == 100
    assert desk.status()["reports"] == {"granted": 50}


def test_all_or_none_of_many_filings_are_put_on_record(simulator, desk):
    from demo.ministry.api.client import NotDone

    good = {**FILING, "number": "宁ICP备20000000号", "sites": [{"domain": "good.example.cn", "name": "示例"}]}
    bad = {**good, "number": "宁ICP备20000001号", "name": None}  # found only when it is written
    with pytest.raises(NotDone):
        SimulatorClient(simulator.url).add_filings([good, bad])

    assert desk.filings(number="宁ICP备20000000号") == []


def test_a_database_of_an_older_program_is_replaced(tmp_path):
    path = tmp_path / "simulator.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("create table simulator_filing (id integer primary key, number text)")
        connection.execute(
            "create table simulator_site (id integer primary key, filing integer references simulator_filing)"
        )
        connection.execute("insert into simulator_filing values (1, 'old')")
        connection.execute("insert into simulator_site values (1, 1)")
        connection.execute("pragma user_version = 7")
    running = start_simulator(tmp_path)
    try:
        assert len(running.client.filings()) == 5
    finally:
        running.stop()
