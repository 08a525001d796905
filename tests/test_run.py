"""`make test` counts what ran, and fails when less ran than required."""

import threading
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import environment, run
from tests.journeys.portal import own_redis
from tests.run import Counts, Services, Suite

MIGRATING = run.migrating
BOTH = [Suite("SQLite", {}, "not services"), Suite("PostgreSQL", {}, f"not sqlite and {run.NOT_AGAIN}")]


@pytest.fixture(autouse=True)
def nothing_is_migrated(monkeypatch):
    monkeypatch.setattr(run, "migrating", lambda environment: nullcontext())


REPORT = (
    """<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10"></testsuite></testsuites>"""
)


def test_a_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(REPORT)

    assert run.read(report) == Counts(passed=4, failed=3, skipped=3)
    assert str(run.read(report) + Counts(1, 0, 0)) == "5 passed, 3 failed, 3 skipped"


def test_a_missing_report_counts_nothing(tmp_path):
    assert run.read(tmp_path / "report.xml") == Counts()


@pytest.mark.parametrize(
    ("strict", "total", "missing", "reasons"),
    [
        (False, Counts(5, 0, 2), "Redis did not answer", []),
        (False, Counts(5, 1, 0), "", ["Tests failed: 1."]),
        (False, Counts(0, 0, 3), "", ["No test passed."]),
        (True, Counts(5, 0, 0), "", []),
        (True, Counts(5, 0, 2), "", ["STRICT: tests were skipped: 2."]),
        (True, Counts(5, 0, 0), "Redis did not answer", ["STRICT: the second run is missing, Redis did not answer."]),
    ],
)
def test_failures_of_the_whole_run_are_reported(monkeypatch, strict, total, missing, reasons):
    monkeypatch.setattr(run, "STRICT", strict)

    assert run.verdict(total, missing) == reasons


@pytest.fixture
def suite_of_one(tmp_path, monkeypatch):
    """Lets `run` work on a folder with one test file of ours."""

    def make(body, *options, settings=""):
        (tmp_path / "pyproject.toml").write_text(f"[tool.pytest.ini_options]\npython_files = ['one.py']\n{settings}\n")
        (tmp_path / "one.py").write_text(body)
        monkeypatch.setattr(run, "ROOT", tmp_path)
        return run.pytest({}, ["-p", "no:django", "-p", "no:cacheprovider", *options, "one.py"])

    return make


def test_a_run_is_counted_from_what_pytest_did(suite_of_one):
    body = "import pytest\ndef test_a(): pass\ndef test_b(): assert 0\n@pytest.mark.skip\ndef test_c(): pass\n"

    assert suite_of_one(body) == Counts(1, 1, 1)


def test_an_unreadable_file_counts_as_failed(suite_of_one):
    assert suite_of_one("import nothing_of_that_name\n") == Counts(0, 1, 0)


def test_a_run_that_crashes_counts_as_failed(suite_of_one):
    assert suite_of_one("import os\ndef test_a(): os._exit(3)\n") == Counts(0, 1, 0)


def test_a_test_that_times_out_fails_alone(suite_of_one):
    """The timeout of one test failed the rest of its part too."""
    body = "import time\ndef test_a(): time.sleep(60)\ndef test_b(): pass\n"

    assert suite_of_one(body, settings="timeout = 2\ntimeout_method = 'signal'") == Counts(1, 1, 0)


def test_a_test_that_cannot_even_be_interrupted_fails_alone(suite_of_one):
    """Its process is killed, and the next test gets another."""
    body = (
        "import signal, time\n"
        "def test_a():\n    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])\n    time.sleep(60)\n"
        "def test_b(): pass\n"
    )
    settings = "timeout = 1\nfaulthandler_timeout = 2\nfaulthandler_exit_on_timeout = true"

    assert suite_of_one(body, "-n", "1", settings=settings) == Counts(1, 1, 0)


def test_a_file_without_tests_is_no_failure(suite_of_one):
    assert suite_of_one("") == Counts(0, 0, 0)


def test_the_callers_environment_does_not_leak_in(suite_of_one, monkeypatch):
    for name in run.NOT_OURS:
        monkeypatch.setenv(name, "leaked")

    assert suite_of_one("import os\ndef test_a(): assert 'leaked' not in os.environ.values()\n") == Counts(1, 0, 0)


def test_waiting_phases_run_after_the_others_and_each_prints_its_counts_and_time(monkeypatch, capsys):
    asked = []

    def counted(given, arguments, *, yields):
        asked.append((given, arguments[-3:], yields))
        return Counts(2, 0, 1)

    last = run.Phase("alone", (), "worker", waits=True)
    monkeypatch.setattr(run, "pytest", counted)
    monkeypatch.setattr(run, "PHASES", (last, run.Phase("quick", ("-n", "2"), "not worker")))
    # not the module's own: a thread left by another test may read the clock
    monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=iter([10, 12, 12, 75]).__next__))

    total = run.suites([Suite("SQLite", {"A": "1"}, "not services")], ["-x"])

    assert total == [Counts(4, 0, 2)]
    assert asked == [
        ({"A": "1"}, ["-m", f"(not services) and {marks}", "-x"], False) for marks in ("not worker", "worker")
    ]
    assert capsys.readouterr().out.splitlines()[2:] == [
        "SQLite, quick: 2 passed, 0 failed, 1 skipped, 2 s",
        "SQLite, alone: 2 passed, 0 failed, 1 skipped, 63 s",
    ]


def test_tests_that_measure_time_wait_for_browsers_and_not_for_yielding_phases(monkeypatch):
    order = []
    browsers_begun, measured = threading.Event(), threading.Event()

    def counted(given, arguments, *, yields):
        marks = arguments[arguments.index("-m") + 1]
        if yields:
            assert measured.wait(30), "it was waited for"
        elif "not alone" in marks:
            browsers_begun.set()
        else:
            order.append(browsers_begun.is_set())
            measured.set()
        return Counts(1)

    monkeypatch.setattr(run, "pytest", counted)

    assert run.suites([Suite("SQLite", {}, "not services")], []) == [Counts(3)]
    assert order == [True]


def test_the_browsers_of_one_database_do_not_wait_for_what_computes_on_another(monkeypatch):
    """The last computing test on SQLite ran by itself for a minute and more."""
    elsewhere = threading.Event()

    def counted(suite, phase, *rest):
        if phase.yields and suite is BOTH[0]:
            assert elsewhere.wait(30), "PostgreSQL waited for it"
        elif suite is BOTH[1]:
            elsewhere.set()
        return Counts(1)

    monkeypatch.setattr(run, "part", counted)

    assert run.suites(BOTH, []) == [Counts(3), Counts(2)]


def test_computing_tests_yield_to_browsers_and_share_no_database_with_them(monkeypatch):
    asked = {}

    def counted(given, arguments, *, yields):
        asked[arguments[arguments.index("-m") + 1].partition(") and ")[2]] = (given, yields)
        return Counts(1)

    monkeypatch.setattr(run, "pytest", counted)
    given = {"DATABASE_URL": "postgres://postgres@127.0.0.1/one", "REDIS_URL": "redis://127.0.0.1/9"}

    run.suites([Suite("PostgreSQL", given, "not sqlite")], [])

    assert asked == {
        "not browser and not worker": (
            {"DATABASE_URL": "postgres://postgres@127.0.0.1/one_side", "REDIS_URL": "redis://127.0.0.1/13"},
            True,
        ),
        "(browser or worker) and not alone": (given, False),
        "(browser or worker) and alone": (given, False),
    }


def test_no_process_of_a_run_has_the_redis_database_of_another(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1/9")
    held = []
    for phase in run.PHASES[:2]:
        first = phase.redis or int(run.REDIS.rpartition("/")[2])
        held += [first + number for number in range(int(phase.options[phase.options.index("-n") + 1]))]
    for each in ("gw0", "gw1", "gw2"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", each)
        held.append(int(own_redis()["REDIS_URL"].rpartition("/")[2]))

    assert sorted(held) == sorted(set(held))
    assert set(held) <= set(run.REDIS_DATABASES)


def test_the_output_of_a_yielding_phase_is_shown_when_it_has_ended(tmp_path, monkeypatch, capsys):
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\npython_files = ['one.py']\n")
    (tmp_path / "one.py").write_text("import os\ndef test_a(): assert os.nice(0) >= 5, 'not nice'\n")
    monkeypatch.setattr(run, "ROOT", tmp_path)

    counts = run.pytest({}, ["-p", "no:django", "-p", "no:cacheprovider", "one.py"], yields=True)

    assert counts == Counts(1, 0, 0)
    assert "1 passed" in capsys.readouterr().out


def test_every_test_belongs_to_one_phase():
    marks = [phase.marks for phase in run.PHASES]

    assert marks == ["not browser and not worker", "(browser or worker) and not alone", "(browser or worker) and alone"]


@pytest.mark.parametrize(
    ("only_real", "name", "ignored"),
    [
        (True, "journeys/test_transfer.py", None),
        (True, "demo/management/test_demo.py", None),
        (True, "filings/register/test_numbers.py", True),
        (False, "filings/register/test_numbers.py", None),
        (True, "conftest.py", None),
        (True, "journeys", None),
    ],
)
def test_when_only_browsers_and_workers_are_selected_other_files_are_not_opened(only_real, name, ignored):
    config = SimpleNamespace(getoption={"real": only_real, "markexpr": ""}.get)

    assert environment.pytest_ignore_collect(Path(__file__).parent / name, config) is ignored


@pytest.mark.parametrize(
    ("name", "ignored"),
    [("transfers/views/test_back.py", True), ("filings/register/test_numbers.py", None), ("transfers/views", None)],
)
def test_when_nothing_runs_again_the_files_of_the_list_are_not_opened(monkeypatch, name, ignored):
    asked = []
    monkeypatch.setattr(run, "pytest", lambda given, arguments, **how: asked.append(arguments) or Counts(1))
    run.suites([Suite("PostgreSQL", {}, f"not sqlite and {run.NOT_AGAIN} and not long")], [])

    marks = asked[0][asked[0].index("-m") + 1]
    for markexpr, said in ((marks, ignored), ("not services", None)):
        config = SimpleNamespace(getoption={"real": False, "markexpr": markexpr}.get)
        assert environment.pytest_ignore_collect(Path(__file__).parent / name, config) is said


def test_each_process_compiles_another_part_of_the_files_first(monkeypatch):
    """Three processes compiled the same five hundred files at the same time."""
    orders = []

    def broken(name):
        orders[-1].append(name)
        raise SyntaxError(name)

    config = SimpleNamespace(getoption={"real": False, "markexpr": ""}.get)
    monkeypatch.setattr(environment, "import_module", broken)
    monkeypatch.setenv("PYTEST_XDIST_WORKER_COUNT", "3")
    for number in range(3):
        orders.append([])
        environment.import_from_own_part_on(number, config)

    every = set(orders[0])
    third = len(every) // 3
    assert {"tests.test_run", "tests.walk.test_walk"} < every
    assert [set(names) for names in orders] == [every] * 3
    assert set(orders[0][:third]).isdisjoint(orders[1][:third])
    assert not (set(orders[0][:third]) | set(orders[1][:third])) & set(orders[2][:third])


def test_a_test_that_runs_alone_runs_once(monkeypatch):
    asked = []
    monkeypatch.setattr(run, "part", lambda suite, phase, *rest: asked.append(phase.title) or Counts(1))
    item = SimpleNamespace(
        nodeid="one",
        path=Path(__file__).parent / "journeys" / "test_killed_worker.py",
        get_closest_marker=lambda name: name in ("worker", "alone", "django_db"),
    )

    run.suites(BOTH, [])

    assert asked.count("alone") == 1
    with pytest.raises(pytest.UsageError, match="^one: what runs alone"):
        environment.mark([item])


def test_a_browser_test_in_a_file_that_does_not_say_so_is_refused():
    elsewhere = Path(__file__).parent / "filings" / "register" / "test_numbers.py"
    item = SimpleNamespace(nodeid="one", path=elsewhere, get_closest_marker=lambda name: name == "browser")

    with pytest.raises(pytest.UsageError, match="^one: where a browser"):
        environment.mark([item])


@pytest.mark.parametrize("places", [environment.ONCE, environment.SLOW], ids=["once", "slow"])
def test_every_file_of_a_list_exists(places):
    names = [str(path) for path in Path(__file__).parent.rglob("test_*.py")]

    assert [place for place in places if not any(name.startswith(place) for name in names)] == []


def test_without_services_there_is_one_run_and_the_counts_come_last(monkeypatch, capsys):
    monkeypatch.setattr(run, "suites", lambda asked, arguments: [Counts(7, 0, 1)])
    monkeypatch.setattr(run, "SERVICES", {"PostgreSQL": refuse, "Redis": refuse})
    monkeypatch.setattr(run, "STRICT", False)
    monkeypatch.setattr(run, "SCHEMAS", "")

    code = run.main([])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "",
        "On SQLite and files: 7 passed, 0 failed, 1 skipped",
        "On PostgreSQL and Redis: not run, PostgreSQL and Redis did not answer",
        "MIIT_XSD_DIR does not say where the ministry's schemas are: tests that need them were skipped",
        "7 passed, 0 failed, 1 skipped",
    ]


@pytest.mark.parametrize("is_long", [False, True])
def test_further_cases_run_on_request(monkeypatch, is_long):
    asked = []
    monkeypatch.setattr(
        run, "suites", lambda given, arguments: [asked.append(each.chosen) or Counts(1) for each in given]
    )
    monkeypatch.setattr(run, "SERVICES", {"PostgreSQL": refuse, "Redis": refuse})
    monkeypatch.setattr(run, "LONG", is_long)

    run.main([])

    assert asked == ["not services" if is_long else "not services and not long"]


def test_the_initial_databases_are_made_before_a_phase_waits_for_them(monkeypatch):
    begun = []
    monkeypatch.setattr(run.subprocess, "Popen", lambda command, **how: begun.append(command) or nullcontext())

    with MIGRATING({"DATABASE_URL": "postgres://x/y"}), MIGRATING({}):
        assert [command[1:] for command in begun] == [
            ["-m", "tests.migrated", "postgres://x/y"],
            ["-m", "tests.migrated"],
        ]


@pytest.mark.parametrize("is_long", [False, True])
def test_database_tests_run_once_on_postgresql_if_it_answers(monkeypatch, is_long):
    asked = []
    monkeypatch.setattr(
        run, "suites", lambda given, arguments: [asked.append(each.chosen) or Counts(1) for each in given]
    )
    monkeypatch.setattr(run, "services", lambda: nullcontext(Services("PostgreSQL", {"DATABASE_URL": "x"})))
    monkeypatch.setattr(run, "LONG", is_long)

    run.main([])

    cases = "" if is_long else " and not long"
    assert asked == [f"not services{cases} and (once or sqlite)", f"not sqlite and not once{cases}"]


def test_the_run_on_sqlite_runs_everything_and_uses_no_other_database(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(run, "suites", lambda given, arguments: [asked.append(given[0].chosen) or Counts(3)])
    monkeypatch.setattr(run, "services", refuse)
    monkeypatch.setattr(run, "STRICT", False)
    monkeypatch.setattr(run, "LONG", False)

    code = run.main(["--sqlite"])

    assert (code, asked) == (0, ["not services and not long"])
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 0 failed, 0 skipped"


def test_the_fast_run_uses_only_sqlite_and_skips_browser_worker_and_slow_tests(monkeypatch, capsys):
    asked = []

    def counted(environment, options, *, yields):
        asked.append((environment, options))
        return Counts(9)

    monkeypatch.setattr(run, "pytest", counted)
    monkeypatch.setattr(run, "services", refuse)
    monkeypatch.setattr(run, "STRICT", False)

    code = run.main(["--fast", "-k", "wizard"])

    assert code == 0
    [(environment, options)] = asked
    assert environment == {}
    marks = options[options.index("-m") + 1]
    assert marks == "(not services and not slow) and not browser and not worker"
    assert options[-2:] == ["-k", "wizard"]
    assert capsys.readouterr().out.splitlines()[-1] == "9 passed, 0 failed, 0 skipped"


def test_a_fast_run_that_fails_ends_with_an_error(monkeypatch):
    monkeypatch.setattr(run, "pytest", lambda _environment, _options, yields: Counts(9, 1))

    assert run.main(["--fast"]) == 1


def refuse():
    raise run.redis.ConnectionError("no")


@pytest.mark.services
def test_the_databases_of_a_run_exist_for_it_and_are_dropped_afterwards(monkeypatch):
    monkeypatch.setattr(run, "empty_redis", lambda: None)  # other tests are using them now

    def there():
        with run.connect_postgres() as postgres:
            rows = postgres.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name]).fetchall()
        return {database for (database,) in rows}

    with run.services() as found:
        name = found.environment["DATABASE_URL"].rpartition("/")[2]
        with run.connect_postgres() as postgres:
            postgres.execute(f'CREATE DATABASE "{name}_migrated_0"')
        assert there() == {name, f"{name}_side", f"{name}_migrated_0"}
        assert found.title.startswith("PostgreSQL 1")

    assert there() == set()
