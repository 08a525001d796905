"""The interface of the authority: the only door between the portal and the ministry's interface.

Nothing calls back: the portal asks. Every method raises only `Retryable` or `Refused`. `timeout` is in seconds; by
default, it is what remains of the surrounding `request_budget()`.
"""

from collections.abc import Iterable
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.miit.types import Answer, FilingStatus, PasswordAnswer, PhoneState, Report


class Authority(Protocol):
    """What a gateway to an authority (管局) must do."""

    def status_by_domain(self, domain: str, *, timeout: float | None = None) -> FilingStatus:
        """Whether this domain is on file, and under which numbers."""

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        """Whether a subject with this document is on file, and under which number.

        `Refused` (`CANNOT_ASK`) for types of document that cannot be asked about.
        """

    def check_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordAnswer:
        """Whether this is the filing password of the subject number ("京ICP备00000000号", without "-1")."""

    def queue(self, report: Report) -> None:
        """Takes the report to be sent; local, idempotent by `report.key`; `Refused` if V3.0 cannot express it."""

    def send(self) -> int:
        """Sends what is queued, in order; returns how many files were accepted, none while another sender runs."""

    def fetch(self, *, patience: float = 0, if_due: bool = False) -> int:
        """Fetches everything the authority has ready; returns how many files. `if_due` asks only when it is time.

        Raises `Busy` when another fetch is running and does not end within `patience` seconds, and with patience
        `NotYet` when more is ready than it could fetch.
        """

    def answers(self) -> list[Answer]:
        """Every outcome here that was not acknowledged yet, oldest first; makes no call."""

    def acknowledge(self, answer_id: str) -> None:
        """The outcome is safely stored: do not deliver it again. Idempotent."""

    def answer(self, answer_id: str) -> Answer | None:
        """An outcome again, acknowledged or not; `None` when it is no longer here."""

    def record_of(self, report_key: str) -> Answer | None:
        """The newest record that names the access of this report, acknowledged or not."""

    def waits_for(self, report_key: str) -> str:
        """The key of an earlier report of the order whose answer must come first; "" when this one may go."""

    def supersede(self, *references: str) -> None:
        """Cancels reports of these orders that have no number yet."""

    def phones(self, report_key: str) -> list[PhoneState] | None:
        """Who has verified; `[]` when nobody must, `None` when this authority does not tell."""

    def phones_of(self, report_keys: Iterable[str]) -> dict[str, list[PhoneState]] | None:
        """The same for some dozens of reports in one call; those it does not know are left out."""

    def check(self) -> None:
        """Makes a call, and raises when the authority is unreachable."""

    def check_last_answer(self) -> None:
        """Raises when it has not answered lately or needs a person; makes no call."""


def authority() -> Authority:
    """The gateway of `settings.AUTHORITY_GATEWAY`."""
    return import_string(settings.AUTHORITY_GATEWAY)()
