"""Part `journeys`: a company's first transfer with six examined papers, compared with a bare formtools wizard.

On each side four people walk at the same time; both have the server of the Dockerfile, PostgreSQL and sessions in the
database. A request is a page that is drawn or a form that is sent; a redirect, an autosave and a poll by a page's
script are counted with the request that caused them. Signing up and signing in are not part of
it, as the bare wizard has no accounts.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from statistics import median

import psycopg

from bench.harness import machine, reports, servers
from bench.harness.accounts import address
from bench.harness.rounds import Rounds, interleave, percentile
from bench.harness.tables import Table
from bench.targets import Result, Target
from bench.walks import papers, wizard
from bench.walks.company import Company
from bench.walks.visitor import Visitor

USERS = 4
BARE_WALKS = 10  # per user in a round
BARE_CPU_MS = (2.5, 3.3)  # a request of the bare wizard, scaled by the spin: other rounds do not count
FLOOR = 72  # requests of the bare wizard are the floor of a journey: 240 ms where nine of them cost 30

REQUEST = Target("web: processor time of a request, to the bare wizard's", "×", 2.0, 1.4)
JOURNEY = Target("journey: processor time of all processes, to its floor", "×", 3.0, 2.0)
TARGETS = [REQUEST, JOURNEY]


@dataclass(frozen=True)
class SideUse:
    """What one side used in a round."""

    journeys: int
    took: list[float]
    cpu: dict[str, float]

    @property
    def request(self) -> float:
        """Seconds of the web processes per request."""
        return self.cpu["web"] / len(self.took)

    @property
    def floor(self) -> float:
        """The least seconds of a whole journey, from what this side, the bare wizard, used."""
        return FLOOR * self.of() * self.journeys / len(self.took)

    def of(self, *groups: str) -> float:
        """Seconds of these groups per journey; without any, of all groups of the product."""
        wanted = groups or ("web", "worker", "postgresql")
        return sum(self.cpu.get(group, 0.0) for group in wanted) / self.journeys


def measure() -> list[Result]:
    with ExitStack() as stack:
        plain = stack.enter_context(servers.bare())
        portal = stack.enter_context(servers.portal())
        companies = stack.enter_context(Companies(portal))
        sides = {"bare": Bare(plain).walk, "portal": companies.walk}
        for side in sides.values():
            side()  # fills caches
        rounds = interleave(sides, beside=lambda: plain.backends.cpu() + portal.backends.cpu(), judge=_fault_of)
        kept = companies.kept()
    _report(rounds)
    reports.show(Table("Storage of an order that was sent", ("", "kB"), [*kept.items()]))
    ratio = rounds.median(lambda sides: sides["portal"].request / sides["bare"].request)
    whole = rounds.median(lambda sides: sides["portal"].of() / sides["bare"].floor)
    floor = 1000 * rounds.median(lambda sides: sides["bare"].floor)
    return [Result(REQUEST, ratio, rounds.note), Result(JOURNEY, whole, f"the floor was {floor:.0f} ms; {rounds.note}")]


class Bare:
    """Four people, each with several walks through the wizard."""

    def __init__(self, plain: servers.Servers) -> None:
        self.servers = plain

    def walk(self) -> SideUse:
        visitors = [Visitor(self.servers.url) for _ in range(USERS)]
        before = self.servers.cpu()
        _together([lambda me=me: [wizard.walk(me) for _ in range(BARE_WALKS)] for me in visitors])
        took = [each for me in visitors for each in me.took]
        return SideUse(USERS * BARE_WALKS, took, _since(before, self.servers.cpu()))


class Companies:
    """Four people who each transfer a new company's site."""

    def __init__(self, portal: servers.Portal) -> None:
        self.portal, self.accounts, self.lock = portal, count(), threading.Lock()
        self.papers = {key: papers.paper(key) for key in papers.DRAWN}
        self.rows = psycopg.connect(portal.environment["DATABASE_URL"], autocommit=True)
        portal.backends.without.add(self.rows.info.backend_pid)
        self.empty, self.walked = self._size(), 0

    def __enter__(self) -> "Companies":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.rows.close()

    def walk(self) -> SideUse:
        inbox = self.portal.folder / "messages"
        walks = [Company(self.portal.url, inbox, self.papers, self._is_examined) for _ in range(USERS)]
        for each in walks:
            each.prepare(self.portal.simulator.url, address(next(self.accounts)))
        self.portal.settle("worker")
        before = self.portal.cpu()
        _together([each.walk for each in walks])
        self.portal.settle("worker")
        took = [each for walk in walks for each in walk.took]
        self.walked += USERS
        return SideUse(USERS, took, _since(before, self.portal.cpu()))

    def kept(self) -> dict[str, float]:
        """Kilobytes per journey so far: in PostgreSQL with its indexes, and in the folder of documents."""
        files = sum(each.stat().st_size for each in (self.portal.folder / "documents").rglob("*") if each.is_file())
        grown = self._size() - self.empty
        return {"rows and indexes": grown / 1000 / self.walked, "files": files / 1000 / self.walked}

    def _size(self) -> int:
        found = self.rows.execute("SELECT pg_database_size(current_database())").fetchone()
        return found[0] if found else 0

    def _is_examined(self) -> bool:
        with self.lock:
            found = self.rows.execute("SELECT count(*) FROM verification_document WHERE state = 'checking'").fetchone()
        return found == (0,)


def _together(acts: Sequence[Callable[[], object]]) -> None:
    """Runs all at the same time; raises the first exception of any."""
    troubles: list[BaseException] = []

    def act(each: Callable[[], object]) -> None:
        try:
            each()
        except BaseException as trouble:  # an exception in another thread would be lost
            troubles.append(trouble)

    threads = [threading.Thread(target=act, args=[each]) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if troubles:
        raise troubles[0]


def _since(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {group: used - before[group] for group, used in after.items()}


def _fault_of(sides: dict[str, SideUse], spun: float) -> str:
    least, most = BARE_CPU_MS
    cost = machine.scale(sides["bare"].request, spun) * 1000
    return "" if least <= cost <= most else f"the bare wizard took {cost:.1f} ms a request, scaled: not valid"


def _report(rounds: Rounds[SideUse]) -> None:
    reports.keep("journeys", rounds)
    costs = Table("Processor time, ms", ("", "bare wizard", "portal", "portal ÷ bare"), [], None)
    figures: dict[str, Callable[[SideUse], float]] = {
        "web, a request": lambda side: side.request,
        "web, a journey": lambda side: side.of("web"),
        "worker, a journey": lambda side: side.of("worker"),
        "PostgreSQL, a journey": lambda side: side.of("postgresql"),
        "all, a journey": lambda side: side.of(),
    }
    for name, figure in figures.items():
        plain, portal = (1000 * median(map(figure, rounds.of(side))) for side in ("bare", "portal"))
        costs.rows.append((name, plain, portal, portal / plain if plain else None))
    reports.show(costs)
    waits = Table("What a request waits, ms, four people at once", ("", "requests a journey", "p50", "p95", "p99"), [])
    for side in ("bare", "portal"):
        took = [1000 * each for walked in rounds.of(side) for each in walked.took]
        journeys = sum(walked.journeys for walked in rounds.of(side))
        waits.rows.append((side, round(len(took) / journeys), *(percentile(took, each) for each in (50, 95, 99))))
    reports.show(waits)
