"""Downloads from the authority: fetched, stored raw, checked, acknowledged, then processed once.

The authority delivers its oldest file until that one is acknowledged. A file that cannot be understood is acknowledged
at once and parked for a person; a damaged one is waited for (`damage.py`). The process may be killed anywhere; the next
round continues from the rows.
"""

import hashlib
import json
import logging
import time
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import NoReturn

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit.client import agreement
from icpportal.gateways.miit.client.account import account
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.crypto import WireFile, unwrap
from icpportal.gateways.miit.client.returns import DownloadReply, Reply
from icpportal.gateways.miit.codes.return_codes import AGAIN, BARE, NO_ANSWER, UNKNOWN, Act, Reaction, Way, reaction
from icpportal.gateways.miit.documents import versions
from icpportal.gateways.miit.documents.types import Download, MalformedDocument
from icpportal.gateways.miit.incoming import damage, result_handler
from icpportal.gateways.miit.line import bodies, lease, line_state, polling
from icpportal.gateways.miit.line.file_encryption import Forgotten, destroy, open_body, seal_body
from icpportal.gateways.miit.line.sender_calls import Deadline, Fetcher, round_seconds
from icpportal.gateways.miit.models import InboxFile, InboxState, MinistryLine
from icpportal.gateways.request_budget import Busy
from icpportal.privacy.crypto import KeyMissing, Unreadable

logger = logging.getLogger(__name__)

JOB = "downloads.taken"  # the job name under which downloads are set aside
LOOK_AGAIN = 0.2  # seconds
AT_ONCE = 1000  # files in one round; the next one does the rest
LAST = (1, 2)  # codes of a download: that was all
MORE = 3  # code of a download: call again
BARE_IN_A_ROW = 6  # "call again" without a file so often before we wait
SOON = 0.5  # seconds, more each time
SAME_IN_A_ROUND = 3  # deliveries of an acknowledged file
TOO_OFTEN = 5  # deliveries in all before we wait: no later file comes
WAITING = (InboxState.STORED, InboxState.ACKNOWLEDGED)
# a file on which our own parser fails is parked like one that is not understood
STUMBLED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, DataError, IntegrityError)
GONE = (Forgotten, Unreadable)


class _ToldToWait(Retryable):
    """They answered and want us to wait, which is recorded on the line."""


def fetch(*, now: datetime | None = None, patience: float = 0, if_due: bool = False) -> int:
    """Fetches and processes everything that is ready; returns how many files. Call it outside a transaction.

    Raises `Retryable` when the authority does not answer or wants us to wait, `Refused` while the line is stopped, and
    `Busy` when another fetch does not end within `patience` seconds: a slow ministry blocks one worker, not all. A
    patient caller needs everything that is ready, and gets `NotYet` when a round ended before that. If two fetch all
    the same, files given to both are processed once. `if_due` does nothing between two looks (`polling`).
    """
    moment = now or timezone.now()
    process(now=moment)
    if if_due and not polling.is_due(now=moment):
        return 0
    try:
        with lease.keep_renewed(_turn(patience)) as mine:
            came, all_of_it = _fetch(moment, mine, if_due=if_due)
    except lease.LeaseLost as lost:
        raise Busy("another fetch has taken over") from lost
    if patience and not all_of_it:
        raise NotYet("more waits at the ministry than this round brought in")
    return came


def _turn(patience: float) -> lease.Lease:
    """The lease of the fetcher."""
    ends = time.monotonic() + patience
    while (mine := lease.take(settings.MIIT_ISP_ID, columns=lease.FETCHING)) is None:
        if time.monotonic() >= ends:
            raise Busy("another fetch is under way")
        time.sleep(LOOK_AGAIN)
    return mine


def _fetch(moment: datetime, mine: lease.Lease, *, if_due: bool = False) -> tuple[int, bool]:
    line = MinistryLine.objects.get(isp_id=settings.MIIT_ISP_ID)
    if if_due and not polling.is_due_by(line, moment):
        return 0, True  # another was first
    if _rests(line, moment, if_due):
        return 0, False
    held: dict[str, InboxFile] = {}
    try:
        came, all_of_it = _drain(Fetcher(mine, lambda: moment, Ministry()), line, held, moment)
    except _ToldToWait:
        raise
    except Retryable:
        line_state.wait_for_answer(line, Way.FETCHING, now=moment)
        raise
    line_state.clear_wait_alarm(line, Way.FETCHING, now=moment)
    looked = polling.columns_after_poll(line, came, all_of_it=all_of_it or bool(held), now=moment)
    MinistryLine.objects.filter(pk=line.pk).update(fetched_at=moment, **line_state.RESTED[Way.FETCHING], **looked)
    for row in held.values():
        damage.pause(row, now=moment)
    return came, all_of_it


def process(*, now: datetime | None = None) -> int:
    """Processes stored files that were not processed yet, as after a crash; returns how many."""
    moment = now or timezone.now()
    here = InboxFile.objects.filter(isp_id=settings.MIIT_ISP_ID, state__in=WAITING, damaged_at=None).order_by("pk")
    # bodies are loaded one at a time, when opened
    return len(rows.each(JOB, here.defer("body"), lambda row: _taken_or_parked(row, moment), reference="name").done)


def read_again(pk: int, *, now: datetime | None = None) -> bool:
    """Processes a parked or damaged file again after a person fixed its cause; returns whether it worked."""
    moment, row = now or timezone.now(), InboxFile.objects.get(pk=pk)
    if row.damaged_at:
        if _fault_of(wire_file(row)):
            return False
        damage.heal(row, now=moment)
    InboxFile.objects.filter(pk=pk, state=InboxState.PARKED).update(state=InboxState.ACKNOWLEDGED, reason="")
    _take_in(row, moment)
    return InboxFile.objects.filter(pk=pk, state=InboxState.PROCESSED).exists()


def _rests(line: MinistryLine, now: datetime, if_due: bool) -> bool:
    """Whether a damaged file is waited for; raises while the ministry or a person wants us to wait.

    Callers that need the answers now ask even a silent ministry.
    """
    if line.fetching_stopped_at:
        raise Refused(line.fetching_stopped_because)
    waits, because = bool(line.fetching_waits_until and line.fetching_waits_until > now), line.fetching_waits_because
    if waits and because == NO_ANSWER and not if_due:
        return False
    if waits and because != damage.WAITS:
        raise Retryable(because)
    return waits


def _drain(fetcher: Fetcher, line: MinistryLine, held: dict[str, InboxFile], now: datetime) -> tuple[int, bool]:
    """Returns how many files came, and whether that was everything; damaged files are left in `held`."""
    seen: Counter[int] = Counter()
    came, deadline = 0, Deadline(round_seconds())
    while came < AT_ONCE and not (came and deadline.is_over):
        reply = _next(fetcher)
        if reply.file is None:
            if reply.code == MORE:
                _wait(line, reply, BARE, now)
            _react(line, reply, now)
            return came, not held
        came += 1
        row = _store(reply.file, now)
        seen[row.pk] += 1
        goes_on = _receive(fetcher, line, row, reply.file, held, now)
        _react(line, reply, now)
        if row.deliveries >= TOO_OFTEN and (row.acknowledged_at or not row.name):  # as it was before this delivery
            _wait(line, reply, AGAIN, now)
        if reply.code in LAST or not goes_on or seen[row.pk] >= SAME_IN_A_ROUND:
            return came, goes_on and reply.code in LAST and not held
    return came, False


def _next(fetcher: Fetcher) -> DownloadReply:
    """The next file, or why there is none; asks again, more slowly, while told to call again without a file."""
    reply = fetcher.download()
    for tries in range(1, BARE_IN_A_ROW):
        if reply.file is not None or reply.code != MORE:
            break
        time.sleep(SOON * (tries - 1))
        reply = fetcher.download()
    return reply


def _react(line: MinistryLine, reply: Reply, now: datetime) -> None:
    """Reacts to the return code of a download or an acknowledgement; raises unless the round can continue."""
    row = reaction(reply.code)
    if row.act in (Act.DONE, Act.LOAD):
        return
    if row.act == Act.STOP and not row.of_uploads:
        reason = line_state.pause_reason(reply.code, row.words)
        line_state.stop(line.isp_id, reason, row.stops(Way.FETCHING), now=now, returned=reply.code)
        raise Refused(reason, code=str(reply.code))
    _wait(line, reply, row, now)


def _wait(line: MinistryLine, reply: Reply, row: Reaction, now: datetime) -> NoReturn:
    """Pauses fetching."""
    reason = line_state.pause_reason(reply.code, row.words)
    row = row if row.pauses else UNKNOWN
    line_state.wait(line, reply.code, row, now=now, said=reply.words, way=Way.FETCHING, why=reason)
    raise _ToldToWait(reason)


def _store(file: WireFile, now: datetime) -> InboxFile:
    """The row of exactly these bytes under this name, sealed; committed before anybody is told that we have it."""
    raw = json.dumps(asdict(file), ensure_ascii=False, sort_keys=True).encode()
    digest = hashlib.sha256(raw).hexdigest()
    isp_id, name = settings.MIIT_ISP_ID, file.name.replace("\x00", "")[:200]
    known = InboxFile.objects.filter(isp_id=isp_id, name=name, digest=digest)
    if known.update(deliveries=F("deliveries") + 1):
        return known.get()
    body, key = seal_body(raw, bound_to=_place(isp_id, digest))
    row, created = InboxFile.objects.get_or_create(
        isp_id=isp_id, name=name, digest=digest, defaults={"body": body, "key": key, "received_at": now}
    )
    if not created:  # another fetcher received it at the same time
        destroy([key])
        known.update(deliveries=F("deliveries") + 1)
    return row


def _place(isp_id: int, digest: str) -> str:
    return f"miit.inbox:{isp_id}:{digest}"


def wire_file(row: InboxFile) -> WireFile:
    """The file as received; raises `Forgotten` when its key was destroyed, `StorageDown`."""
    raw = open_body(bodies.sealed_body(row) if row.key else None, row.key, bound_to=_place(row.isp_id, row.digest))
    return WireFile(**json.loads(raw))


def _receive(
    fetcher: Fetcher, line: MinistryLine, row: InboxFile, file: WireFile, held: dict[str, InboxFile], now: datetime
) -> bool:
    """Checks, acknowledges, processes; returns whether the round continues."""
    if row.state == InboxState.STORED:
        if broken := _fault_of(file):
            if not damage.note(row, broken, now=now):
                again = row.name in held
                held[row.name] = row
                return not again  # unless they hand out this one until it is acknowledged, as they should
            damage.park(row, now=now)
        else:
            agreement.record_opened(line, file, now=now)
            damage.heal(row, now=now)
    elif not row.damaged_at:  # it was here before a delivery of it came damaged
        damage.heal(row, now=now)
    try:
        _acknowledge(fetcher, line, row, file, now)
    finally:  # whatever they know, it is here
        _take_in(row, now)
    return bool(file.name)


def _fault_of(file: WireFile) -> str:
    """The fault of a file that cannot be opened; "" when it can."""
    try:
        unwrap(file, account().cipher)
    except MalformedDocument as found:
        return str(found)
    return ""


def _acknowledge(fetcher: Fetcher, line: MinistryLine, row: InboxFile, file: WireFile, now: datetime) -> None:
    if not file.name:
        logger.error("download without a name", extra={"isp": row.isp_id})
        return
    _react(line, fetcher.acknowledge(file.name), now)
    damaged = Q(isp_id=row.isp_id, name=row.name, damaged_at__isnull=False)
    InboxFile.objects.filter(Q(pk=row.pk) | damaged, acknowledged_at__isnull=True).update(acknowledged_at=now)
    InboxFile.objects.filter(pk=row.pk, state=InboxState.STORED).update(state=InboxState.ACKNOWLEDGED, reason="")


def _take_in(row: InboxFile, now: datetime) -> bool:
    """Processes one file; returns False when it was processed before, or must be tried again and is set aside."""
    loop = rows.Loop(JOB)
    done = loop.attempt(row.pk, lambda: _taken_or_parked(row, now), reference=row.name)
    loop.end()
    return bool(done)


def _taken_or_parked(row: InboxFile, now: datetime) -> bool:
    """Processes all of a file or nothing; parks what will not be better next time."""
    try:
        return _process_row(row.pk, now)
    except KeyMissing:  # the file is not at fault
        raise
    except (MalformedDocument, *GONE, *STUMBLED) as problem:
        words = str(problem) if isinstance(problem, MalformedDocument) else f"cannot be read: {type(problem).__name__}"
        if not isinstance(problem, MalformedDocument):
            logger.exception("download not understood", extra={"isp": row.isp_id, "download": row.pk})
        return _park(row, words, now)


def _process_row(pk: int, now: datetime) -> bool:
    as_read = InboxFile.objects.get(pk=pk)
    if as_read.state not in WAITING:
        return False
    content = _content(as_read)  # it may lie in a storage elsewhere, and from here on the row is locked
    with transaction.atomic():
        row = InboxFile.objects.select_for_update().get(pk=pk)
        if row.state not in WAITING:
            return False
        row.kind, row.state, row.processed_at = content.kind[:20], InboxState.PROCESSED, now
        row.reason = "; ".join(content.remarks)[:500]
        try:
            result_handler.take(row, content)
        except result_handler.UnexpectedAnswer as puzzle:
            reasons = dict.fromkeys((*str(puzzle).split("; "), *content.remarks))
            row.state, row.reason = InboxState.PARKED, "; ".join(reasons)[:500]
            logger.error("download parked", extra={"isp": row.isp_id, "download": row.pk, "kind": row.kind})
        row.save(update_fields=["kind", "state", "reason", "processed_at"])
    return True


def _content(row: InboxFile) -> Download:
    return versions.version().read(unwrap(wire_file(row), account().cipher))


def _park(row: InboxFile, reason: str, now: datetime) -> bool:
    waiting = InboxFile.objects.filter(pk=row.pk, state__in=WAITING)
    parked = waiting.update(state=InboxState.PARKED, reason=reason[:500], processed_at=now)
    if parked:
        logger.error("download parked", extra={"isp": row.isp_id, "download": row.pk, "kind": row.kind})
    return bool(parked)
