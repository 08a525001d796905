"""Part `memory`: PSS of every process of the portal, at rest after work, and its growth.

The web server's main process, which has loaded the portal and forks the web processes, is shown separately: it serves
nobody, and its memory is shared with them, so that PSS counts a third of it for each of the three.

By default 2,000 requests and 200 pictures; FULL=1 sends the 10,000 requests and 2,000 pictures of the target.
"""

import itertools
import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from bench.harness import processes, reports, servers
from bench.harness.accounts import address
from bench.harness.tables import Table
from bench.targets import Result, Target
from bench.walks import papers
from bench.walks.company import Company

FULL = bool(os.environ.get("FULL"))
REQUESTS, PICTURES = (10_000, 2_000) if FULL else (2_000, 200)
USERS = 4
LOOKS = 5  # at the memory, between portions of work
SETTLED = 2  # the first reading that counts: before it, caches fill
CELERY = (sys.executable, "-m", "icpportal.celery")
PAGES = ("/", "/filings/", "/transfers/new/", "/help/", "/rules/44/", "/account/", "/messages/")

WEB = Target("memory: two web processes together", "MiB", 180, 160)
WORKER = Target("memory: a worker with four children", "MiB", 300, 260)
BEAT = Target("memory: beat", "MiB", 80, 60)
PICTURE = Target("memory: a child of the picture worker, dlib and NumPy with it", "MiB", 120)
WEB_GROWN = Target("memory: the web processes' growth over many requests", "%", 5)
WORKER_GROWN = Target("memory: the picture worker's growth over many pictures", "%", 5)
TARGETS = [WEB, WORKER, BEAT, PICTURE, WEB_GROWN, WORKER_GROWN]


def measure() -> list[Result]:
    with servers.portal(worker=0) as portal:
        portal.start("worker", *worker("codes,ministry,rest", 4))
        portal.start("pictures", *worker("pictures", 2))
        portal.start("beat", *CELERY, "beat", "--schedule", str(portal.folder / "beat-schedule"))
        people = [_company(portal, number) for number in range(USERS)]
        visitors = [each.me.session for each in people]
        web = _watch(portal, "web", lambda: _requests(visitors, portal.url, REQUESTS // LOOKS))
        pictures = _watch(portal, "pictures", lambda: _upload(people[0], PICTURES // LOOKS))
        found = {group: _pss(portal, group) for group in ("web", "worker", "pictures", "beat")}
        serving = sum(processes.pss(processes.family(pid)) for pid in processes.children(portal.running["web"].pid))
        child = max(processes.pss(processes.family(pid)) for pid in processes.children(portal.running["pictures"].pid))
    parts = [("two web processes", serving), ("the server that forks them", found["web"] - serving)]
    rest = [(group, size) for group, size in found.items() if group != "web"]
    table = Table("Memory, MiB (PSS)", ("", "at rest after work"), [*parts, *rest, ("a child for pictures", child)], 1)
    reports.show(table)
    growth = Table("Memory meanwhile, MiB", ("", *(f"look {number}" for number in range(1, LOOKS + 1))), [])
    growth.rows.extend([(f"web, {REQUESTS:,} requests", *web), (f"pictures, {PICTURES:,} of them", *pictures)])
    reports.show(growth)
    bounded = "" if FULL else ", FULL=1 sends 10,000 and 2,000"
    return [
        Result(WEB, serving, f"{found['web']:.0f} with the server that forks them"),
        Result(WORKER, found["worker"], "the queues of codes, the ministry and the rest"),
        Result(BEAT, found["beat"]),
        Result(PICTURE, child),
        Result(WEB_GROWN, _growth(web), f"{REQUESTS:,} requests{bounded}"),
        Result(WORKER_GROWN, _growth(pictures), f"{PICTURES:,} pictures{bounded}"),
    ]


def worker(queues: str, children: int) -> list[str]:
    """A worker as started in docker-compose.yml."""
    name = f"{queues.partition(',')[0]}@bench"
    return [*CELERY, "worker", "-n", name, "--queues", queues, "--concurrency", str(children), *servers.LIGHT]


def _pss(portal: servers.Portal, group: str) -> float:
    return processes.pss(processes.family(portal.running[group].pid))


def _watch(portal: servers.Portal, group: str, act: Callable[[], None]) -> list[float]:
    """The memory of a group after each portion of work, once it is idle."""
    seen = []
    for _ in range(LOOKS):
        act()
        portal.settle(group)
        seen.append(_pss(portal, group))
    return seen


def _growth(seen: list[float]) -> float:
    """Percent from the first counted reading to the last."""
    return 100 * (seen[-1] / seen[SETTLED - 1] - 1)


def _requests(visitors: list[requests.Session], url: str, number: int) -> None:
    """Opens so many pages, by all visitors at the same time."""

    def open_pages(visitor: requests.Session) -> None:
        for path in itertools.islice(itertools.cycle(PAGES), number // len(visitors)):
            visitor.get(url + path, timeout=30).raise_for_status()

    with ThreadPoolExecutor(len(visitors)) as pool:
        list(pool.map(open_pages, visitors))


def _company(portal: servers.Portal, number: int) -> Company:
    """Signed in, with everything before the documents done."""
    company = Company(portal.url, portal.folder / "messages", {key: papers.paper(key) for key in papers.DRAWN})
    company.prepare(portal.simulator.url, address(number))
    company.walk_to_documents()
    return company


def _upload(company: Company, number: int) -> None:
    """Uploads a paper so often, each time replacing the last one."""
    for _ in range(number):
        company.upload_again("subject_id")
