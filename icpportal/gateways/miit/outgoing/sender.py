"""One round of sending: numbers the oldest report that can be sent, uploads it, records the ministry's answer.

The process may be killed at any moment. A file that was being sent (`sent_at`, not accepted) is asked about before
anything else; a number without an accepted file is sent again; a report without a number is built again.
"""

import logging
import traceback
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils.translation import gettext_noop as _

from icpportal.alarms import rows
from icpportal.fields.types import Fact
from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import agreement
from icpportal.gateways.miit.client.agreement import Agreement
from icpportal.gateways.miit.client.crypto import PackedDocument
from icpportal.gateways.miit.client.returns import PreviousReply, Reply, UploadReply
from icpportal.gateways.miit.codes.return_codes import Act, Way, reaction
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.line import lease, line_state
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.line.sender_calls import Caller, CallOutcome, Deadline, clock, fate, round_seconds
from icpportal.gateways.miit.models import MinistryLine, Report, ReportState, UploadFile
from icpportal.gateways.miit.outgoing import file_builder, report_queue
from icpportal.gateways.storage import StorageDown
from icpportal.privacy.crypto import Unreadable

logger = logging.getLogger(__name__)

JOB = "reports.built"  # the job name under which reports are set aside
BUSY = "another sender is at work"
TAKEN_OVER = "another sender has taken over"
NO_TIME = "the time of this round is over"
HEARD = timedelta(minutes=10)  # how long their last number is trusted; a backup is older
AHEAD = _("the ministry has accepted files that are not known here: after a restored backup run miit resync")
KEYS_DIFFER = _("our last file, as the ministry has it, does not open with MIIT_AES_KEY and MIIT_AES_IV")
OUT_OF_STEP = _("the ministry's last file is not ours: compare both, then run miit resync")
SET_BACK = _("the ministry has set its number back below files that it has answered: run miit resync, which says more")
NO_BYTES = _("the content of our numbered file cannot be read: run miit rebuild")


@dataclass
class RoundResult:
    """What one round did, how many reports are left, and why it ended early."""

    accepted: int = 0
    resent: int = 0
    parked: int = 0
    put_off: int = 0
    waiting: int = 0
    reason: str = ""

    def as_dict(self) -> dict[str, Fact]:
        """For JSON."""
        return asdict(self)


def send_due(*, now: datetime | None = None, limit: int = 500) -> RoundResult:
    """Sends up to `limit` files; does nothing while another sender runs for the ispId.

    Ends when there is nothing more, when the ministry wants us to wait or stop, or after about two minutes.
    """
    isp_id, time = settings.MIIT_ISP_ID, clock(now)
    totals = RoundResult()
    loop = rows.Loop(JOB)
    loop.make_due(Report.objects.filter(state=ReportState.QUEUED), now=time())
    if _has_work(isp_id, time()):
        mine = lease.take(isp_id)
        if mine is None:
            totals.reason = BUSY
        else:
            with lease.keep_renewed(mine):
                _Round(Caller(mine, time), loop, totals, limit).run()
    totals.waiting = Report.objects.filter(state__in=(ReportState.QUEUED, ReportState.NUMBERED)).count()
    return totals


def _has_work(isp_id: int, now: datetime) -> bool:
    on_its_way = UploadFile.objects.filter(isp_id=isp_id, accepted_at__isnull=True)
    return report_queue.next_due(now) is not None or on_its_way.exists()


class _Round:
    """One round of a sender."""

    def __init__(self, caller: Caller, loop: rows.Loop, totals: RoundResult, limit: int) -> None:
        self.caller, self.loop, self.totals, self.limit = caller, loop, totals, limit
        self.now = caller.now
        self.isp_id = caller.lease.isp_id
        self.deadline = Deadline(round_seconds())
        self.lost = False  # this file's answer was lost once already
        self.asked = False  # whether this round asked for their last file
        self.filled: set[int] = set()
        self.acts: dict[Act, Callable[[UploadFile, UploadReply], bool]] = {
            Act.DONE: self.accept,
            Act.FILL: self.fill,
            Act.WAIT: self.refuse,
            Act.STOP: self.refuse,
        }

    def run(self) -> None:
        """Steps until there is a reason to end."""
        try:
            while self.totals.accepted < self.limit and self.step():
                if self.deadline.is_over:
                    break
            if self.deadline.is_over:
                self.totals.reason = self.totals.reason or NO_TIME
        except lease.LeaseLost:
            self.totals.reason = TAKEN_OVER
            logger.warning("the lease was lost", extra={"isp": self.isp_id})
        self.loop.end()

    def step(self) -> bool:
        """Advances by one file; returns False when this round is over."""
        self.line = MinistryLine.objects.get(pk=self.isp_id)
        self.totals.reason = line_state.is_paused(self.line, self.now())
        if self.totals.reason:
            return False
        try:
            return self.advance()
        except StorageDown as down:  # an earlier file that they miss is there; the ministry has answered
            logger.warning("a file cannot be read now", extra={"isp": self.isp_id})
            self.totals.reason = str(down)
            return False
        except Retryable:
            line_state.wait_for_answer(self.line, Way.SENDING, now=self.now())
            self.totals.reason = line_state.NO_ANSWER
            return False

    def advance(self) -> bool:
        if self.line.last_sequence is None:
            return self.first_contact()
        file = numbering.on_its_way(self.isp_id)
        if file is None and report_queue.next_due(self.now()) is None:
            return False
        if self.is_unsure() and not (file and file.sent_at):
            return self.compare(file, self.line.last_sequence)
        file = file or self.next_file(self.line.last_sequence + 1)
        if file is None:
            return False
        return self.settle(file) if file.sent_at else self.send(file)

    def is_unsure(self) -> bool:
        """Whether to ask before sending: our state may be that of a backup."""
        known = self.line.number_heard_at and self.now() - HEARD < self.line.number_heard_at <= self.now() + HEARD
        return not known or (not self.asked and agreement.current_agreement(self.line) == Agreement.NOT_TRIED)

    def compare(self, file: UploadFile | None, last: int) -> bool:
        """Checks that their last number is not ahead of ours, and that our keys open what they have of us."""
        previous = self.caller.ask()
        self.asked = True
        if not self.take_answer(previous):
            return False
        if file and fate(previous, file) == CallOutcome.ARRIVED:
            return self.accept(file)
        if previous.sequence > last:
            return self.stop(14, AHEAD, None, theirs=previous.sequence)
        if self.has_answered(range(previous.sequence + 1, last + 1)):
            return self.stop(14, SET_BACK, None, theirs=previous.sequence)
        numbering.note_heard(self.isp_id, now=self.now())
        return self.agrees(previous)

    def has_answered(self, numbers: Collection[int]) -> bool:
        """Whether they had files that they now miss: sent again, each would be refused as a double."""
        return bool(numbering.answered_files(self.isp_id, numbers))

    def agrees(self, previous: PreviousReply) -> bool:
        """Tested once for these keys: after that a person knows better, or the upload tells."""
        is_new = agreement.current_agreement(self.line) == Agreement.NOT_TRIED
        found = agreement.tried_on(self.line, previous.file, now=self.now())
        return not (is_new and found == Agreement.REFUSED) or self.stop(9, KEYS_DIFFER, None)

    def first_contact(self) -> bool:
        """An empty database: takes over their last number."""
        previous = self.caller.ask()
        if not self.take_answer(previous):
            return False
        self.asked = True
        unknown = MinistryLine.objects.filter(pk=self.isp_id, last_sequence__isnull=True)
        unknown.update(last_sequence=previous.sequence, number_heard_at=self.now())
        logger.info("number taken from the ministry", extra={"isp": self.isp_id, "sequence": previous.sequence})
        return self.agrees(previous)

    def next_file(self, sequence: int) -> UploadFile | None:
        """The longest-waiting report that can be sent, with its number; puts aside what cannot."""
        while not self.deadline.is_over and (row := report_queue.next_due(self.now())):
            packed = self.build(row, sequence)
            file = numbering.number(self.caller.lease, row, packed, sequence, now=self.now()) if packed else None
            if file:
                return file
        return None

    def build(self, row: Report, sequence: int) -> PackedDocument | None:
        """The file of a report; None for one that cannot be sent now, which blocks no other."""
        try:
            packed = file_builder.build(row, sequence)
        except NotEncodable as unfit:
            self.totals.parked += report_queue.park_unfit(row, unfit, now=self.now())
        except Retryable as trouble:
            self.put_off(row, str(trouble), report_queue.TROUBLE)
        except SoftTimeLimitExceeded:  # the worker's time limit is not this report's fault
            raise
        except Exception as fault:  # a report on which the writer fails must not stop the rest
            last = traceback.extract_tb(fault.__traceback__)[-1]
            place = f"{type(fault).__name__} at {last.filename.rpartition('/')[2]}:{last.lineno}"
            logger.error("report broke its writer", extra={"reference": row.reference, "fault": place})
            pause = self.loop.pause(row.pk)
            self.loop.set_aside(row.pk, fault, reference=row.reference, until=self.now() + pause)
            self.put_off(row, place, pause)
        else:
            self.loop.clear_failure(row.pk)
            return packed
        return None

    def put_off(self, row: Report, why: str, pause: timedelta) -> None:
        report_queue.put_off(row, why, until=self.now() + pause)
        self.totals.put_off += 1

    def send(self, file: UploadFile) -> bool:
        """Uploads it. When the answer is lost, asks the ministry at once, the second time after a pause."""
        try:
            reply = self.caller.upload(file)
        except Retryable:
            logger.warning("answer lost", extra={"isp": self.isp_id, "sequence": file.sequence})
            if self.lost or self.deadline.is_over:
                raise
            self.lost = True
            return self.settle(file)
        except (Forgotten, Unreadable):
            return self.stop(14, NO_BYTES, file.sequence)
        return self.acts.get(reaction(reply.code).act, self.strange)(file, reply)

    def settle(self, file: UploadFile) -> bool:
        """Finds out whether it arrived, by the ministry's last number and hash, before sending it again."""
        previous = self.caller.ask()
        if not self.take_answer(previous):
            return False
        became = fate(previous, file)
        if became == CallOutcome.ARRIVED:
            return self.accept(file)
        if became == CallOutcome.OUT_OF_STEP:
            is_set_back = self.has_answered(range(previous.sequence + 1, file.sequence))
            words = SET_BACK if is_set_back else OUT_OF_STEP
            return self.stop(14, words, file.sequence, theirs=previous.sequence)
        numbering.note_missed(file)
        numbering.note_heard(self.isp_id, now=self.now())
        return True

    def accept(self, file: UploadFile, reply: Reply | None = None) -> bool:
        self.lost = False
        line_state.clear_wait_alarm(self.line, Way.SENDING, now=self.now())
        if reply is not None:
            agreement.record_agreement(self.line, now=self.now())
        self.totals.accepted += numbering.accept(file, now=self.now())
        return True

    def fill(self, file: UploadFile, reply: UploadReply) -> bool:
        """Code 14: sends their missing files first, each until accepted; otherwise their last number decides."""
        numbering.note_code(file, reply.code, reply.words)
        missing = tuple(sorted(set(reply.missing) - {file.sequence}))
        if self.has_answered(missing):
            numbering.note_missed(file)
            return self.stop(14, SET_BACK, file.sequence)
        files = numbering.accepted_files(self.isp_id, missing) if missing and not self.filled & set(missing) else None
        if not files or missing[-1] >= file.sequence:
            return self.settle(file) and self.paused_if_missed(file, reply)
        numbering.note_missed(file)
        return all(self.resend(old) for old in files)

    def paused_if_missed(self, file: UploadFile, reply: UploadReply) -> bool:
        """They want exactly our number but did not accept it: tries later, not again and again."""
        return file.sent_at is not None or self.wait(reply)

    def resend(self, old: UploadFile) -> bool:
        try:
            reply = self.caller.upload(old)
        except (Forgotten, Unreadable):
            return self.stop(14, NO_BYTES, old.sequence)
        if reaction(reply.code).act != Act.DONE:
            return self.stop_or_wait(reply, old.sequence)
        self.filled.add(old.sequence)
        self.totals.resent += 1
        logger.info("missing file sent again", extra={"isp": self.isp_id, "sequence": old.sequence})
        return True

    def refuse(self, file: UploadFile, reply: UploadReply) -> bool:
        """They did not accept it, or do not say so; it keeps its number."""
        numbering.note_code(file, reply.code, reply.words, arrived=False if reaction(reply.code).certain else None)
        return self.stop_or_wait(reply, file.sequence)

    def take_answer(self, reply: Reply) -> bool:
        """Whether a question was answered; otherwise waits or stops as its code says."""
        return reaction(reply.code).act in (Act.DONE, Act.LOAD) or self.stop_or_wait(reply)

    def stop_or_wait(self, reply: Reply, sequence: int | None = None) -> bool:
        row = reaction(reply.code)
        if row.act == Act.STOP:
            return self.stop(reply.code, row.words, sequence)
        return self.wait(reply) if row.pauses else self.strange(None, reply)

    def wait(self, reply: Reply) -> bool:
        row = reaction(reply.code)
        line_state.wait(self.line, reply.code, row, now=self.now(), said=reply.words)
        self.totals.reason = line_state.pause_reason(reply.code, row.words)
        return False

    def stop(self, code: int, words: str, sequence: int | None, **facts: Fact) -> bool:
        self.totals.reason = line_state.pause_reason(code, words)
        ways = reaction(code).stops(Way.SENDING)
        line_state.stop(
            self.isp_id, self.totals.reason, ways, now=self.now(), returned=code, sequence=sequence, **facts
        )
        return False

    def strange(self, _file: UploadFile | None, reply: Reply) -> bool:
        """Handles an answer that belongs to another method as none."""
        raise Retryable(f"return code {reply.code} in answer to an upload")
