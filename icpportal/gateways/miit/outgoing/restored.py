"""After a restored backup: does not send again what the ministry accepted since the backup.

The interface tells the last accepted file and no earlier one. A file with a number in the backup must have been sent
next, because a number is never skipped; the last one is recognised by its hash: the same report gives the same bytes.
Anything else in the queue may be any of the others: it is parked until its answer or a person settles it.
"""

from django.conf import settings

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client.returns import PreviousReply
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.line import sequence
from icpportal.gateways.miit.line.sender_calls import Caller, CallOutcome, fate
from icpportal.gateways.miit.models import Report, ReportState
from icpportal.gateways.miit.outgoing import file_builder, report_queue
from icpportal.gateways.miit.outgoing.plan import Plan, Tell

MAY_BE_THERE = "may be with the ministry under a number from {first} to {last}, given after the restored backup"


def put_in_order(caller: Caller, previous: PreviousReply, plan: Plan, tell: Tell) -> tuple[str, ...]:
    """Records what the ministry certainly has and parks what it may have; returns the keys of parked reports."""
    file = sequence.on_its_way(settings.MIIT_ISP_ID)
    if file and previous.sequence >= file.sequence and fate(previous, file) != CallOutcome.ARRIVED:
        tell(f"file {file.sequence} had its number before the backup: it was accepted")
        sequence.accept(file, now=caller.now())
    if not plan.unknown:
        return ()
    queued = Report.objects.filter(state=ReportState.QUEUED).order_by("next_at", "id")
    last = _last_one(caller, previous, list(queued), tell)
    if last and len(plan.unknown) == 1:
        return ()
    reason = MAY_BE_THERE.format(first=plan.unknown[0], last=plan.unknown[-1])
    parked = [row.key for row in queued.all() if report_queue.park(row, reason, now=caller.now())]
    tell(f"parked, because they may be there: {', '.join(parked) or 'none'}")
    return tuple(parked)


def _last_one(caller: Caller, previous: PreviousReply, rows: list[Report], tell: Tell) -> Report | None:
    """The report of their last file, if it is one of these."""
    for place, row in enumerate(rows, 1):
        tell(f"comparing their last file with {row.key} ({place} of {len(rows)}) …")
        caller.lease.renew()  # pictures may be slow
        try:
            packed = file_builder.build(row, previous.sequence)
        except (NotEncodable, Retryable):
            continue
        if packed.digest == previous.digest:
            sequence.take_over(caller.lease, row, packed, previous.sequence, now=caller.now())
            tell(f"it is {row.key}: accepted")
            return row
    return None
