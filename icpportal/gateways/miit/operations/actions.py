"""Manual actions of operations on reports and numbers; each raises `Refused` with a sentence when it cannot."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from icpportal.gateways.errors import Refused
from icpportal.gateways.miit.client.returns import PreviousReply, Reply
from icpportal.gateways.miit.codes.return_codes import BOTH, Act, Way, reaction
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.line import lease, line_state
from icpportal.gateways.miit.line import sequence as numbering
from icpportal.gateways.miit.line.file_encryption import Forgotten
from icpportal.gateways.miit.line.sender_calls import Caller, CallOutcome, Limit, clock, fate
from icpportal.gateways.miit.models import Report, UploadFile
from icpportal.gateways.miit.outgoing import file_builder, report_queue, restored, succession
from icpportal.gateways.miit.outgoing import plan as planning
from icpportal.gateways.miit.outgoing.plan import Plan, Tell, silent
from icpportal.privacy.crypto import Unreadable


def park(key: str, reason: str, *, now: datetime | None = None) -> None:
    """Parks a queued report; its order is held."""
    if not report_queue.park(_report(key), reason, now=now or timezone.now()):
        raise Refused(_("Only a report that is queued can be parked. One with a number is sent until it is accepted."))


def unpark(key: str, *, now: datetime | None = None) -> None:
    """Releases a parked report."""
    if not report_queue.unpark(_report(key), now=now or timezone.now()):
        raise Refused(_("This report is not parked."))


def give_up(key: str, reason: str) -> None:
    """Stops waiting for the answer to a report, so that the next one of its order may be sent."""
    succession.give_up(_report(key), reason)


def resume(*ways: Way) -> None:
    """Clears stop and wait of these directions, both by default: the next round sends and fetches."""
    if not line_state.resume(settings.MIIT_ISP_ID, ways or BOTH):
        raise Refused(_("Nothing was ever sent or fetched for this ispId."))


def resend(sequence: int, *, now: datetime | None = None) -> None:
    """Sends an accepted file again as it was; the one on its way is sent in the next round."""
    file = _file(sequence)
    if file.accepted_at is None:
        resume(Way.SENDING)
        return
    with _alone(now) as caller:
        _resend(caller, file)


def rebuild(sequence: int, *, now: datetime | None = None) -> None:
    """Builds the file on its way again from its report: same number, same own id; only if it was never accepted."""
    with _alone(now) as caller:
        file = _file(sequence)
        if file.accepted_at is not None:
            raise Refused(_("This file was accepted and cannot be changed."))
        if fate(planning.previous_reply(caller.ask, silent), file) != CallOutcome.MISSED:
            raise Refused(_("The ministry's last number does not show that this file is missing: run miit resync."))
        try:
            packed = file_builder.build(file.report, sequence)
        except NotEncodable as unfit:
            raise Refused(f"{unfit.field}: {unfit}" if unfit.field else str(unfit), code=unfit.code) from unfit
        numbering.replace(caller.lease, file, packed, now=caller.now())


def resync(
    *,
    now: datetime | None = None,
    after_restore: bool = False,
    send_answered: bool = False,
    seconds: float | None = None,
    tell: Tell = silent,
) -> Plan:
    """Asks for the ministry's last number, adjusts ours and resumes sending; returns what it did.

    Files that they lost are sent again; those that they have answered only with `send_answered`, because they had them
    and must have set their number back. Our file on its way counts as accepted when they have it, and gets another
    number when theirs belongs to a foreign file; its own id stays, so that no access is doubled. After a restored
    backup, what they may have accepted since is put aside (`restored`). All calls together take at most `seconds`;
    after that, and when they do not answer, it raises `Retryable` and can be repeated.
    """
    with _alone(now, seconds) as caller:
        previous = planning.previous_reply(caller.ask, tell)
        plan = planning.plan_resync(previous, after_restore=after_restore)
        if plan.answered and not send_answered:
            raise Refused(planning.set_back_words(plan))
        if after_restore:
            plan = replace(plan, parked=restored.put_in_order(caller, previous, plan, tell))
        file = numbering.on_its_way(settings.MIIT_ISP_ID)
        if file:
            _in_line(caller, previous, file, plan, tell)
        else:
            _fill(caller, plan.again, tell)
        numbering.note_last(settings.MIIT_ISP_ID, plan.afterwards, now=caller.now())
        line_state.resume(settings.MIIT_ISP_ID, [Way.SENDING])
    return plan


def _in_line(caller: Caller, previous: PreviousReply, file: UploadFile, plan: Plan, tell: Tell) -> None:
    if fate(previous, file) == CallOutcome.ARRIVED:
        numbering.accept(file, now=caller.now())
    elif previous.sequence >= file.sequence:
        numbering.release(caller.lease, file, last=previous.sequence, now=caller.now())
    else:
        _fill(caller, plan.again, tell)
        numbering.note_missed(file)


def _fill(caller: Caller, missing: tuple[int, ...], tell: Tell) -> None:
    files = numbering.accepted_files(settings.MIIT_ISP_ID, missing)
    if files is None:
        raise Refused(
            _(
                "The ministry is missing files %(first)s to %(last)s, and we no longer have all of them: ask "
                "the authority."
            )
            % {"first": missing[0], "last": missing[-1]}
        )
    for place, file in enumerate(files, 1):
        tell(f"sending file {file.sequence} again ({place} of {len(files)}) …")
        _resend(caller, file)


def _resend(caller: Caller, file: UploadFile) -> None:
    try:
        reply = caller.upload(file)
    except (Forgotten, Unreadable) as gone:
        raise Refused(
            _("The content of file %(number)s is no longer stored here.") % {"number": file.sequence}
        ) from gone
    act = reaction(reply.code).act
    if act == Act.FILL and reply.missing and file.sequence not in reply.missing:
        has = _("The ministry has file %(number)s and does not take it a second time: nothing has to be done.")
        raise Refused(has % {"number": file.sequence}, code=str(reply.code))
    if act != Act.DONE:
        raise Refused(_words_of(reply), code=str(reply.code))


def _words_of(reply: Reply) -> str:
    ours = line_state.translated_reason(line_state.pause_reason(reply.code, reaction(reply.code).words))
    if not reply.words:
        return ours
    return _("%(ours)s (the ministry's words: “%(theirs)s”)") % {"ours": ours, "theirs": reply.words}


@contextmanager
def _alone(now: datetime | None, seconds: float | None = None) -> Iterator[Caller]:
    """Holds the sender's lease during the block."""
    mine = lease.take(settings.MIIT_ISP_ID)
    if mine is None:
        raise Refused(_("A sending run is in progress: try again in a minute."))
    try:
        with lease.keep_renewed(mine):
            yield Caller(mine, clock(now), limit=None if seconds is None else Limit(seconds))
    except lease.LeaseLost as lost:
        raise Refused(_("Another sender took over: check miit status, then try again.")) from lost


def _report(key: str) -> Report:
    found = Report.objects.filter(key=key).first()
    if found is None:
        raise Refused(_("There is no report %(key)s.") % {"key": key})
    return found


def _file(sequence: int) -> UploadFile:
    rows = UploadFile.objects.select_related("report").filter(isp_id=settings.MIIT_ISP_ID, sequence=sequence)
    found = rows.first()
    if found is None:
        raise Refused(_("There is no file with the number %(number)s.") % {"number": sequence})
    return found
