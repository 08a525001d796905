"""The interface of the authority: the one door between the portal and the ministry's interface.

Nothing calls back, the portal asks. Every method raises only `Retryable` or `Refused`. `timeout` bounds a question in
seconds; left out, it is what the `request_budget()` around it has left.
"""

from collections.abc import Iterable
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from icpportal.gateways.miit.types import Answer, FilingStatus, PasswordAnswer, PhoneState, Report


class Authority(Protocol):
    """What any gateway to an authority (管局) can do."""

    def status_by_domain(self, domain: str, *, timeout: float | None = None) -> FilingStatus:
        """Is this domain on file, under which numbers?"""

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        """Is a subject with this certificate on file, under which number? `Refused` (`CANNOT_ASK`) for some types."""

    def check_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordAnswer:
        """Is this the filing password of the subject number ("京ICP备00000000号", without "-1")?"""

    def queue(self, report: Report) -> None:
        """Takes the report to be sent; local, idempotent by `report.key`; `Refused` if V3.0 cannot carry it."""

    def send(self) -> int:
        """Sends what is queued, in order; how many files were accepted. One sender at a time, another does nothing."""

    def fetch(self, *, patience: float = 0, if_due: bool = False) -> int:
        """Brings in everything the authority has ready; how many files came. `if_due` asks only when it is time.

        Raises `Busy` when another fetch is under way and not over within `patience` seconds, and with patience `NotYet`
        when more is ready than it could bring in.
        """

    def answers(self) -> list[Answer]:
        """Every outcome that is here and was not acknowledged yet, oldest first; asks nobody."""

    def acknowledge(self, answer_id: str) -> None:
        """This outcome is safe with us: do not hand it out again. Twice is as good as once."""

    def answer(self, answer_id: str) -> Answer | None:
        """An outcome once more, acknowledged or not; `None` when it is here no longer."""

    def record_of(self, report_key: str) -> Answer | None:
        """The newest record that names the access of this report, acknowledged or not."""

    def waits_for(self, report_key: str) -> str:
        """The key of an earlier report of the order whose answer comes first; "" when this one may go."""

    def supersede(self, *references: str) -> None:
        """Nothing of these orders that has no number yet is sent any more."""

    def phones(self, report_key: str) -> list[PhoneState] | None:
        """Who has confirmed; `[]` when nobody must, `None` when this authority does not tell."""

    def phones_of(self, report_keys: Iterable[str]) -> dict[str, list[PhoneState]] | None:
        """The same of some dozens of reports in one question; those it cannot say anything about are left out."""

    def check(self) -> None:
        """Asks, and raises when the authority cannot be reached."""

    def heard(self) -> None:
        """Raises when it did not answer lately, or wants a person; asks nobody."""


def authority() -> Authority:
    """The gateway of `settings.AUTHORITY_GATEWAY`."""
    return import_string(settings.AUTHORITY_GATEWAY)()
