"""An authority in memory for tests: answers as the test sets it, or stalls, refuses, returns nonsense."""

import time
from collections.abc import Iterable
from dataclasses import replace

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit.types import Answer, FilingStatus, PasswordAnswer, PhoneState, Report, refuse_faults
from icpportal.gateways.request_budget import seconds_for

STALL_SECONDS = 60


class FakeAuthority:
    """`miit.base.Authority` with its state on the class: call `FakeAuthority.forget()` after each test."""

    sites: dict[str, FilingStatus] = {}
    subjects: dict[tuple[int, str], FilingStatus] = {}
    passwords: dict[str, str] = {}
    password_answer: PasswordAnswer | None = None
    asked: list[tuple[str, str]] = []
    reports: dict[str, Report] = {}
    waiting: dict[str, Answer] = {}
    told: dict[str, Answer] = {}
    earlier: dict[str, str] = {}
    phone_states: dict[str, list[PhoneState]] | None = {}

    @classmethod
    def forget(cls) -> None:
        """An empty world."""
        FakeAuthority.sites, FakeAuthority.subjects, FakeAuthority.passwords = {}, {}, {}
        FakeAuthority.password_answer, FakeAuthority.asked = None, []
        FakeAuthority.reports, FakeAuthority.waiting, FakeAuthority.phone_states = {}, {}, {}
        FakeAuthority.told, FakeAuthority.earlier = {}, {}

    def suffer(self, timeout: float | None) -> None:
        """What happens before an answer: nothing here."""

    def status_by_domain(self, domain: str, *, timeout: float | None = None) -> FilingStatus:
        """The site put in under this domain."""
        self.asked.append(("domain", domain))
        self.suffer(timeout)
        return self.sites.get(domain, FilingStatus(filed=False))

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        """The subject put in under this certificate, without a site."""
        self.asked.append(("certificate", number))
        self.suffer(timeout)
        found = self.subjects.get((id_type_code, number), FilingStatus(filed=False))
        return replace(found, site_name="", site_number="")

    def check_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordAnswer:
        """The answer that was set, else by comparison."""
        self.asked.append(("password", number))
        self.suffer(timeout)
        if self.password_answer is not None:
            return self.password_answer
        if number not in self.passwords:
            return PasswordAnswer.UNKNOWN_NUMBER
        return PasswordAnswer.RIGHT if self.passwords[number] == password else PasswordAnswer.WRONG

    def queue(self, report: Report) -> None:
        """Keeps the first report of a key."""
        refuse_faults(report)
        self.reports.setdefault(report.key, report)

    def send(self) -> int:
        """Nothing is on its way here: a queued report is there."""
        self.suffer(None)
        return 0

    def fetch(self, *, patience: float = 0, if_due: bool = False) -> int:  # noqa: ARG002 -- nobody else fetches here
        """Fetches nothing: `waiting` already has the answers."""
        self.suffer(None)
        return 0

    def answers(self) -> list[Answer]:
        """What was put into `waiting`."""
        return list(self.waiting.values())

    def acknowledge(self, answer_id: str) -> None:
        """Gone from `waiting`."""
        answer = self.waiting.pop(answer_id, None)
        if answer is not None:
            self.told[answer_id] = answer

    def answer(self, answer_id: str) -> Answer | None:
        """What waits, or was acknowledged."""
        return self.waiting.get(answer_id) or self.told.get(answer_id)

    def record_of(self, report_key: str) -> Answer | None:  # noqa: ARG002 -- no records here
        """None is kept."""
        return None

    def waits_for(self, report_key: str) -> str:
        """What was put into `earlier`."""
        return self.earlier.get(report_key, "")

    def supersede(self, *references: str) -> None:
        """Nothing is queued here."""

    def phones(self, report_key: str) -> list[PhoneState] | None:
        """What was put into `phone_states`; `None` when that is `None`."""
        self.suffer(None)
        return None if self.phone_states is None else self.phone_states.get(report_key, [])

    def phones_of(self, report_keys: Iterable[str]) -> dict[str, list[PhoneState]] | None:
        """The same, of several."""
        self.suffer(None)
        return None if self.phone_states is None else {key: self.phone_states.get(key, []) for key in report_keys}

    def check(self) -> None:
        """Suffers like a question."""
        self.suffer(None)

    def check_last_answer(self) -> None:
        """Suffers as well: nothing is noted here."""
        self.suffer(None)


class Down(FakeAuthority):
    """Cannot be reached."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """Nobody there."""
        raise Retryable("connection refused")


class Refusing(FakeAuthority):
    """Does not let us in: user name or address not known there."""

    def suffer(self, timeout: float | None) -> None:  # noqa: ARG002
        """No."""
        raise Refused("authentication refused", code="12")


class Stalling(FakeAuthority):
    """Answers after a minute, so in no request's time."""

    def suffer(self, timeout: float | None) -> None:
        """Holds the caller for all the time it has."""
        seconds = seconds_for(timeout)
        time.sleep(min(STALL_SECONDS, seconds))
        if seconds <= STALL_SECONDS:
            raise Retryable("no answer in time")
