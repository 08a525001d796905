"""Fixtures for orders: a fake authority that answers as a test sets it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.types import AccessReport, Answer, PhoneState
from tests.transfers.outside import ministry, servers  # noqa: F401 -- fixtures of every page that asks outside


@dataclass
class FakeAuthority:
    """Answers as set by the test; `down` makes every call fail."""

    waiting: list[Answer] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    reports: list[AccessReport] = field(default_factory=list)
    phone_states: list[PhoneState] | None = field(default_factory=list)
    down: bool = False
    asked: list[list[str]] = field(default_factory=list)  # the reports of each query about several phones

    def _ask(self) -> None:
        if self.down:
            raise Retryable("down")

    def queue(self, report: AccessReport) -> None:
        self._ask()
        if report.key not in [each.key for each in self.reports]:
            self.reports.append(report)

    def send(self) -> int:
        self._ask()
        return 0

    def fetch(self, *, patience: float = 0, if_due: bool = False) -> int:
        self._ask()
        return 0

    def answers(self) -> list[Answer]:
        return [each for each in self.waiting if each.id not in self.acknowledged]

    def acknowledge(self, answer_id: str) -> None:
        self.acknowledged.append(answer_id)

    def answer(self, answer_id: str) -> Answer | None:
        return next((each for each in self.waiting if each.id == answer_id), None)

    def record_of(self, report_key: str) -> Answer | None:
        return None

    def waits_for(self, report_key: str) -> str:
        return ""

    def supersede(self, *references: str) -> None:
        pass

    def phones(self, report_key: str) -> list[PhoneState] | None:
        self._ask()
        return self.phone_states

    def phones_of(self, report_keys: Sequence[str]) -> dict[str, list[PhoneState]] | None:
        self._ask()
        self.asked.append(list(report_keys))
        return None if self.phone_states is None else dict.fromkeys(report_keys, self.phone_states)

    def check(self) -> None:
        self._ask()


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> FakeAuthority:
    fake = FakeAuthority()
    for module in ("authority.results", "phones.windows"):
        monkeypatch.setattr(f"transfers.{module}.authority", lambda: fake)
    return fake
