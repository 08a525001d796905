"""The ministry as `base.Authority`: questions are asked at once, reports and answers pass through rows."""

from collections.abc import Iterable

from icpportal.alarms import restored
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import phones
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.returns import Reply, StatusReply
from icpportal.gateways.miit.codes.return_codes import NOT_OPENED, Act, reaction
from icpportal.gateways.miit.incoming import inbox
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import Report as QueuedReport
from icpportal.gateways.miit.operations import last_answer
from icpportal.gateways.miit.outgoing import report_queue, sender, succession
from icpportal.gateways.miit.types import CANNOT_ASK, Answer, FilingStatus, PasswordAnswer, PhoneState, Report
from icpportal.gateways.request_budget import seconds_for

BY_DOMAIN = 0
BY_CERTIFICATE = range(1, 12)  # V3.0 can ask about the document types of its time only
CONDITION = range(4, 256)  # characters
PASSWORDS = {True: PasswordAnswer.RIGHT, False: PasswordAnswer.WRONG, None: PasswordAnswer.CANNOT_TELL}


class MinistryAuthority:
    """`base.Authority` over the wire."""

    def status_by_domain(self, domain: str, *, timeout: float | None = None) -> FilingStatus:
        """By the registrable domain, with the site's name and number."""
        return _status(BY_DOMAIN, domain, timeout)

    def status_by_certificate(self, id_type_code: int, number: str, *, timeout: float | None = None) -> FilingStatus:
        """By document, with the subject number only; `Refused` (`CANNOT_ASK`) for types unknown to V3.0."""
        if id_type_code not in BY_CERTIFICATE:
            raise Refused("V3.0 cannot be asked about this type of certificate", code=CANNOT_ASK)
        found = _status(id_type_code, number, timeout)
        if found.filed and not found.subject_number:
            raise Retryable("the ministry's status is not readable")
        return FilingStatus(found.filed, found.subject_number)

    def check_password(self, number: str, password: str, *, timeout: float | None = None) -> PasswordAnswer:
        """Right, wrong, locked, or unknown; V3.0 has no answer for a number it does not know."""
        reply = Ministry().verify_password(number, password, timeout=timeout)
        act = reaction(reply.code).act
        if act == Act.LOCK:
            return PasswordAnswer.LOCKED
        if _refuses(reply):
            raise _refusal(reply)
        return PASSWORDS[reply.right if act == Act.DONE else None]

    def queue(self, report: Report) -> None:
        """Writes a row that waits for its number; makes no call."""
        report_queue.queue(report)

    def send(self) -> int:
        """One round of the one sender."""
        return 0 if restored.is_held() else sender.send_due().accepted

    def fetch(self, *, patience: float = 0, if_due: bool = False) -> int:
        """Fetches everything the authority has ready."""
        return 0 if restored.is_held() else inbox.fetch(patience=patience, if_due=if_due)

    def answers(self) -> list[Answer]:
        """The outcomes that were not acknowledged yet."""
        return outcome_queue.waiting()

    def acknowledge(self, answer_id: str) -> None:
        """Never handed out again."""
        outcome_queue.acknowledge(answer_id)

    def answer(self, answer_id: str) -> Answer | None:
        """As it was told the first time."""
        return outcome_queue.outcome_of(answer_id)

    def record_of(self, report_key: str) -> Answer | None:
        """From the outcomes that are still kept."""
        return outcome_queue.record_of(report_key)

    def waits_for(self, report_key: str) -> str:
        """From the rows of the queue."""
        row = QueuedReport.objects.filter(key=report_key).first()
        earlier = succession.waits_for(row) if row else None
        return earlier.key if earlier else ""

    def supersede(self, *references: str) -> None:
        """A numbered file is never skipped: that one is still sent."""
        succession.supersede(*references)

    def phones(self, report_key: str) -> list[PhoneState] | None:
        """By the extension at `MIIT_PHONES_URL`; `None` without one."""
        return phones.phones(report_key)

    def phones_of(self, report_keys: Iterable[str]) -> dict[str, list[PhoneState]] | None:
        """One question of the same extension."""
        return phones.phones_of(report_keys)

    def check(self) -> None:
        """Asks for the last upload, which changes nothing and proves the account."""
        _judge(Ministry().previous_upload(timeout=seconds_for(None)))

    def check_last_answer(self) -> None:
        """From the row of the line."""
        last_answer.judge()


def _status(condition_type: int, condition: str, timeout: float | None) -> FilingStatus:
    if len(condition) not in CONDITION:
        raise Refused("V3.0 cannot be asked about so short or long a text", code=CANNOT_ASK)
    reply = Ministry().status(condition_type, condition, timeout=timeout)
    _judge(reply)
    return _status_of(reply)


def _status_of(reply: StatusReply) -> FilingStatus:
    if reply.filed is None or (reply.filed and not (reply.subject_number or reply.site_number)):
        raise Retryable("the ministry's status is not readable")
    if not reply.filed:
        return FilingStatus(filed=False)
    return FilingStatus(True, reply.subject_number, reply.site_name, reply.site_number)


def _judge(reply: Reply) -> None:
    if _refuses(reply):
        raise _refusal(reply)
    if reaction(reply.code).act != Act.DONE:
        raise Retryable(f"{reply.code}: {reaction(reply.code).words}")


def _refuses(reply: Reply) -> bool:
    """Whether the same question gets the same answer until somebody has acted."""
    return reaction(reply.code).act == Act.STOP or reply.code == NOT_OPENED


def _refusal(reply: Reply) -> Refused:
    return Refused(f"{reply.code}: {reaction(reply.code).words}", code=str(reply.code))
