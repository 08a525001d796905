"""An HTTP client of a running simulator, for commands, the demo's seed, rehearsals and tests. Imports no model."""

from collections.abc import Iterable, Mapping
from typing import Any, Unpack

import requests

from demo.ministry.api.rows import (
    BlockedRow,
    ClockRow,
    Conduct,
    DownloadRow,
    EntryRow,
    FaultRow,
    FileGiven,
    FilingGiven,
    FilingRow,
    ProvinceGiven,
    ProvinceRow,
    ReportRow,
    StatusRow,
    TextRow,
)
from icpportal.fields.types import Json

SECONDS = 60


class NotThere(Exception):
    """Nobody answers at the simulator's address."""


class NotDone(Exception):
    """The simulator refused the request."""


class SimulatorClient:
    """The JSON of `api.py`, one method per endpoint."""

    def __init__(self, url: str, *, timeout: float = SECONDS) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self.session = requests.Session()
        self.session.trust_env = False  # no proxy between two processes of one machine

    def ask(self, path: str, given: Mapping[str, Any] | None = None, /, **query: str | int | None) -> Any:
        """GET, or POST when a body is given; raises `NotThere` and `NotDone` with one line for people."""
        address = f"{self.url}/api/{path}"
        asked = {name: value for name, value in query.items() if value not in (None, "")}
        try:
            if given is None:
                answer = self.session.get(address, params=asked, timeout=self.timeout)
            else:
                answer = self.session.post(address, json=dict(given), timeout=self.timeout)
        except requests.RequestException as problem:
            raise NotThere(f"No simulator answers at {self.url}: manage.py simulator serve starts one.") from problem
        return _json_of(answer, self.url)

    def status(self) -> StatusRow:
        """The state of the authority: numbers, clock, conduct, switches."""
        return self.ask("")

    def reports(self, **wanted: str | int | None) -> list[ReportRow]:
        """Reports, the newest first: `stage`, `kind`, `domain`, `site`, `own_id`, `sequence`, `limit`."""
        return self.ask("reports/", **wanted)

    def report(self, key: str) -> ReportRow:
        """One report, with `xml`, `pictures` (base64) and the `downloads` that answered it."""
        return self.ask(f"reports/{key}")

    def decide(self, key: str, decision: str, *, code: str = "", words: str = "") -> ReportRow:
        """`grant`, `turn_down` or `report_failed`."""
        return self.ask(f"reports/{key}/decide", {"decision": decision, "code": code, "words": words})

    def decide_all(self, decision: str, *, code: str = "", words: str = "") -> int:
        """The same decision for every report that waits; returns how many."""
        return self.ask("reports/decide", {"decision": decision, "code": code, "words": words})["decided"]

    def texts(self, *, mobile: str = "", domain: str = "", report: str = "") -> list[TextRow]:
        """Texts that were sent, the newest first, with their codes."""
        return self.ask("texts/", mobile=mobile, domain=domain, report=report)

    def enter(self, mobile: str, tail: str, code: str) -> EntryRow:
        """Enters a code as on the ministry's site; returns `state` and how many wrong entries are `left`."""
        return self.ask("texts/enter", {"mobile": mobile, "tail": tail, "code": code})

    def confirm(self, domain: str) -> list[EntryRow]:
        """Enters every code still due for this site, as its people would."""
        waiting = [row for row in self.texts(domain=domain) if not row["confirmed_at"]]
        return [self.enter(row["mobile"], row["tails"][0], row["code"]) for row in waiting]

    def resend(self, text: int) -> TextRow:
        """Sends a new code to the same mobile."""
        return self.ask(f"texts/{text}/resend", {})

    def faults(self) -> list[FaultRow]:
        """The switches that are on."""
        return self.ask("faults/")

    def fault(
        self,
        method: str,
        kind: str,
        *,
        on: bool = True,
        value: str | int = "",
        times: int | None = None,
        percent: int = 100,
    ) -> list[FaultRow]:
        """Sets a switch of a method, or of `all`; `times`: how many calls it affects, `percent`: of the calls."""
        given = {"method": method, "kind": kind, "on": on, "value": str(value), "times": times, "percent": percent}
        return self.ask("faults/", given)

    def lift_faults(self) -> None:
        """Switches all faults off."""
        self.ask("faults/", {"lift": True})

    def filings(self, *, number: str = "", domain: str = "", limit: int | None = None) -> list[FilingRow]:
        """The filings on record, newest first."""
        return self.ask("filings/", number=number, domain=domain, limit=limit)

    def add_filing(self, **filing: Unpack[FilingGiven]) -> None:
        """Puts a filing on record, or corrects it."""
        self.add_filings([filing])

    def add_filings(self, filings: Iterable[FilingGiven]) -> list[str]:
        """Puts many filings on record, all or none; returns their numbers."""
        return self.ask("filings/", {"filings": [dict(one) for one in filings]})["numbers"]

    def provinces(self) -> list[ProvinceRow]:
        """How provinces treat reports."""
        return self.ask("provinces/")

    def set_province(self, code: str, **wanted: Unpack[ProvinceGiven]) -> None:
        """Sets how one province treats reports from now on."""
        self.set_provinces([{**wanted, "code": code}])

    def set_provinces(self, provinces: Iterable[ProvinceRow]) -> None:
        """Sets many provinces at once; each row has its `code`."""
        self.ask("provinces/", {"provinces": [dict(one) for one in provinces]})

    def conduct(self, **changes: Json) -> Conduct:
        """Applies the changes and returns how the authority behaves (the columns of `models.Behaviour`)."""
        return self.ask("conduct/", changes) if changes else self.ask("conduct/")

    def advance(self, seconds: int) -> ClockRow:
        """Puts the authority's clock forward; what is due then happens."""
        return self.ask("clock/", {"seconds": seconds})

    def block(self, kind: str, value: str, *, on: bool = True) -> list[BlockedRow]:
        """Blacklists a `domain` or a `subject` (document number)."""
        return self.ask("blocked/", {"kind": kind, "value": value, "on": on})

    def downloads(self, *, limit: int | None = None) -> list[DownloadRow]:
        """Files for the provider, newest first."""
        return self.ask("downloads/", limit=limit)

    def push(self, kind: str, **given: Unpack[FileGiven]) -> DownloadRow:
        """Queues a file nobody asked for: JCDM, BASJ (`number`), ZXSJ (`access_id`), …; `xml` replaces its content."""
        return self.ask("push/", {"kind": kind, **given})

    def reset(self, *, world: bool = False) -> StatusRow:
        """Deletes reports and files, resets switches and clock; with `world` the filings on record too."""
        return self.ask("reset/", {"world": world})


def _json_of(answer: requests.Response, url: str) -> Any:
    try:
        found = answer.json()
    except ValueError as problem:
        raise NotThere(f"What answers at {url} is not the simulator.") from problem
    if not answer.ok:
        words = found.get("error", "") if isinstance(found, dict) else ""
        raise NotDone(words or f"the simulator answered {answer.status_code}")
    return found
