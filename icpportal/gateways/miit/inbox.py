"""What the authority has ready for us: fetched, stored raw, checked, acknowledged, then taken in once.

The authority hands out its oldest file until that one is acknowledged, so nothing may stand in the way: a file that is
damaged is acknowledged after its third delivery, one that nobody understands at once, and both are parked for a person.
The process may be killed anywhere; the next round goes on from the rows.
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
from django.db.models import F, Sum
from django.utils import timezone

from icpportal.alarms import rows
from icpportal.gateways.asking import Busy
from icpportal.gateways.errors import NotYet, Refused, Retryable
from icpportal.gateways.miit import documents, holding, lease, taking
from icpportal.gateways.miit.calling import Deadline, Fetcher, round_seconds
from icpportal.gateways.miit.documents.content import Broken, Download
from icpportal.gateways.miit.models import InboxFile, InboxState, Line
from icpportal.gateways.miit.reactions import BARE, UNKNOWN, Act, Reaction, Way, reaction
from icpportal.gateways.miit.sealing import Forgotten, open_body, seal_body
from icpportal.gateways.miit.wire.account import account
from icpportal.gateways.miit.wire.client import Ministry
from icpportal.gateways.miit.wire.crypto import WireFile, unwrap
from icpportal.gateways.miit.wire.returns import DownloadReply, Reply
from icpportal.privacy.crypto import KeyMissing, Unreadable

logger = logging.getLogger(__name__)

JOB = "downloads.taken"  # the job under which downloads are set aside
LOOK_AGAIN = 0.2  # seconds
AT_ONCE = 1000  # files in one round; the rest comes with the next
LAST = (1, 2)  # of a download: that was all
MORE = 3  # of a download: go on calling
BARE_IN_A_ROW = 6  # calls that are answered "go on" without a file, before we wait
SOON = 0.5  # seconds, more with each of them
DAMAGED_SAME, DAMAGED_ANY = 3, 6  # deliveries of the same damaged bytes, or of any under one name
SAME_IN_A_ROUND = 3  # deliveries of a file although it was acknowledged
CAME_WHOLE = "damaged on the way, came whole later"
WAITING = (InboxState.STORED, InboxState.ACKNOWLEDGED)
# a file that our own reading stumbles over is parked like one that is damaged
STUMBLED = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError, DataError, IntegrityError)
GONE = (Forgotten, Unreadable)


def fetch(*, now: datetime | None = None, patience: float = 0) -> int:
    """Bring in and take in everything that is ready; how many files came. Call it outside of a transaction.

    Raises `Retryable` when the authority does not answer or wants us to wait, `Refused` while the line is stopped, and
    `Busy` when another fetches and is not done within `patience` seconds: a ministry that is slow holds one worker, not
    all of them. Whoever has patience needs all that is ready, and gets `NotYet` when a round ended before that. Should
    two fetch all the same, what both were given is taken in once.
    """
    moment = now or timezone.now()
    process(now=moment)
    try:
        with lease.kept(_turn(patience)) as mine:
            came, all_of_it = _fetched(moment, mine)
    except lease.Lost as lost:
        raise Busy("another fetch has taken over") from lost
    if patience and not all_of_it:
        raise NotYet("more waits at the ministry than this round brought in")
    return came


def _turn(patience: float) -> lease.Lease:
    """The lease of the one who fetches."""
    ends = time.monotonic() + patience
    while (mine := lease.take(settings.MIIT_ISP_ID, columns=lease.FETCHING)) is None:
        if time.monotonic() >= ends:
            raise Busy("another fetch is under way")
        time.sleep(LOOK_AGAIN)
    return mine


def _fetched(moment: datetime, mine: lease.Lease) -> tuple[int, bool]:
    line = Line.objects.get(isp_id=settings.MIIT_ISP_ID)
    _rest(line, moment)
    came, all_of_it = _drain(Fetcher(mine, Ministry()), line, moment)
    holding.rested(line, Way.FETCHING, now=moment)
    Line.objects.filter(pk=line.pk).update(fetched_at=moment, fetching_waits_until=None, fetching_waits_because="")
    return came, all_of_it


def process(*, now: datetime | None = None) -> int:
    """Take in the files that are here and were not taken in, as after a crash; how many that were."""
    moment = now or timezone.now()
    here = InboxFile.objects.filter(isp_id=settings.MIIT_ISP_ID, state__in=WAITING, reason="").order_by("pk")
    # the bodies are loaded one at a time, when they are opened
    return len(rows.each(JOB, here.defer("body"), lambda row: _taken_or_parked(row, moment), reference="name").done)


def read_again(pk: int, *, now: datetime | None = None) -> bool:
    """Take in a parked file once more, after a person has put right what it needs; False when it stays parked."""
    row = InboxFile.objects.get(pk=pk)
    InboxFile.objects.filter(pk=pk, state=InboxState.PARKED).update(state=InboxState.ACKNOWLEDGED, reason="")
    _take_in(row, now or timezone.now())
    return InboxFile.objects.filter(pk=pk, state=InboxState.PROCESSED).exists()


def _rest(line: Line, now: datetime) -> None:
    if line.fetching_stopped_at:
        raise Refused(line.fetching_stopped_because)
    if line.fetching_waits_until and line.fetching_waits_until > now:
        raise Retryable(line.fetching_waits_because)


def _drain(fetcher: Fetcher, line: Line, now: datetime) -> tuple[int, bool]:
    """How many files came, and whether that was all that the ministry had."""
    seen: Counter[int] = Counter()
    came, deadline = 0, Deadline(round_seconds())
    while came < AT_ONCE and not (came and deadline.passed):
        reply = _next(fetcher)
        if reply.file is None:
            if reply.code == MORE:
                _wait(line, reply, BARE, now)
            _react(line, reply, now)
            return came, True
        came += 1
        row = _store(reply.file, now)
        seen[row.pk] += 1
        goes_on = _received(fetcher, line, row, reply.file, now)
        _react(line, reply, now)
        if reply.code in LAST or not goes_on or seen[row.pk] >= SAME_IN_A_ROUND:
            return came, goes_on and reply.code in LAST
    return came, False


def _next(fetcher: Fetcher) -> DownloadReply:
    """The next file, or why there is none; asked again, more slowly, while they say "go on" and hand out nothing."""
    reply = fetcher.download()
    for tries in range(1, BARE_IN_A_ROW):
        if reply.file is not None or reply.code != MORE:
            break
        time.sleep(SOON * (tries - 1))
        reply = fetcher.download()
    return reply


def _react(line: Line, reply: Reply, now: datetime) -> None:
    """What the return code of a download or an acknowledgement wants; raises unless it wants us to go on."""
    row = reaction(reply.code)
    if row.act in (Act.DONE, Act.LOAD):
        return
    if row.act == Act.STOP and not row.of_uploads:
        reason = holding.because(reply.code, row.words)
        holding.stop(line.isp_id, reason, row.stops(Way.FETCHING), now=now, returned=reply.code)
        raise Refused(reason, code=str(reply.code))
    _wait(line, reply, row, now)


def _wait(line: Line, reply: Reply, row: Reaction, now: datetime) -> NoReturn:
    """Nothing more is fetched for a while."""
    reason = holding.because(reply.code, row.words)
    row = row if row.pauses else UNKNOWN
    until = row.until(now, tries=0, said=reply.words)
    holding.tell_wait(line, Way.FETCHING, reply.code, reason, row.told, until=until, now=now)
    Line.objects.filter(pk=line.pk).update(fetching_waits_until=until, fetching_waits_because=reason[:500])
    raise Retryable(reason)


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
    if not created:  # another fetcher was given it at the same moment
        known.update(deliveries=F("deliveries") + 1)
    return row


def _place(isp_id: int, digest: str) -> str:
    return f"miit.inbox:{isp_id}:{digest}"


def wire_file(row: InboxFile) -> WireFile:
    """The file as it came; raises `Forgotten` when its key was destroyed."""
    raw = open_body(row.body, row.key, bound_to=_place(row.isp_id, row.digest))
    return WireFile(**json.loads(raw))


def _received(fetcher: Fetcher, line: Line, row: InboxFile, file: WireFile, now: datetime) -> bool:
    """Check, acknowledge, take in; whether the round goes on."""
    if row.state in WAITING:
        try:
            unwrap(file, account().cipher)
        except Broken as damage:
            if not _is_hopeless(row, str(damage), now):
                return False  # it may be whole the next time, and until then they hand out nothing else
    try:
        _acknowledge(fetcher, line, row, file, now)
    finally:  # whatever they know, it is whole and here
        _take_in(row, now)
    return bool(file.name)


def _is_hopeless(row: InboxFile, damage: str, now: datetime) -> bool:
    """Note the damage; after enough deliveries the file is parked, so that it does not block the others."""
    InboxFile.objects.filter(pk=row.pk, state=InboxState.STORED).update(reason=damage[:500])
    row.refresh_from_db(fields=["deliveries", "state"])
    same_name = InboxFile.objects.filter(isp_id=row.isp_id, name=row.name).exclude(reason="")
    in_all = same_name.aggregate(all=Sum("deliveries"))["all"] or 0
    if row.deliveries < DAMAGED_SAME and in_all < DAMAGED_ANY:
        logger.warning("download damaged", extra={"isp": row.isp_id, "deliveries": row.deliveries})
        return False
    _park(row, damage, now)
    return True


def _acknowledge(fetcher: Fetcher, line: Line, row: InboxFile, file: WireFile, now: datetime) -> None:
    if not file.name:
        logger.error("download without a name", extra={"isp": row.isp_id})
        return
    _react(line, fetcher.acknowledge(file.name), now)
    known = InboxFile.objects.filter(pk=row.pk, acknowledged_at__isnull=True)
    known.update(acknowledged_at=now)
    InboxFile.objects.filter(pk=row.pk, state=InboxState.STORED).update(state=InboxState.ACKNOWLEDGED, reason="")
    damaged = InboxFile.objects.filter(isp_id=row.isp_id, name=row.name, state=InboxState.STORED)
    damaged.exclude(reason="").exclude(pk=row.pk).update(state=InboxState.PARKED, reason=CAME_WHOLE, processed_at=now)


def _take_in(row: InboxFile, now: datetime) -> bool:
    """Take in one file; False when it was before, or when it has to be tried again: then it is set aside."""
    loop = rows.Loop(JOB)
    done = loop.attempt(row.pk, lambda: _taken_or_parked(row, now), reference=row.name)
    loop.end()
    return bool(done)


def _taken_or_parked(row: InboxFile, now: datetime) -> bool:
    """All of a file or nothing; parked is what will be no better when it is tried again."""
    try:
        return _taken(row.pk, now)
    except KeyMissing:  # nothing is wrong with the file
        raise
    except (Broken, *GONE, *STUMBLED) as problem:
        words = str(problem) if isinstance(problem, Broken) else f"cannot be read: {type(problem).__name__}"
        if not isinstance(problem, Broken):
            logger.exception("download not understood", extra={"isp": row.isp_id, "download": row.pk})
        return _park(row, words, now)


def _taken(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        row = InboxFile.objects.select_for_update().get(pk=pk)
        if row.state not in WAITING:
            return False
        content = _content(row)
        row.kind, row.state, row.processed_at = content.kind[:20], InboxState.PROCESSED, now
        row.reason = "; ".join(content.remarks)[:500]
        try:
            taking.take(row, content)
        except taking.Puzzling as puzzle:
            row.state, row.reason = InboxState.PARKED, "; ".join(filter(None, (str(puzzle), row.reason)))[:500]
            logger.error("download parked", extra={"isp": row.isp_id, "download": row.pk, "kind": row.kind})
        row.save(update_fields=["kind", "state", "reason", "processed_at"])
    return True


def _content(row: InboxFile) -> Download:
    return documents.version().read(unwrap(wire_file(row), account().cipher))


def _park(row: InboxFile, reason: str, now: datetime) -> bool:
    waiting = InboxFile.objects.filter(pk=row.pk, state__in=WAITING)
    parked = waiting.update(state=InboxState.PARKED, reason=reason[:500], processed_at=now)
    if parked:
        logger.error("download parked", extra={"isp": row.isp_id, "download": row.pk, "kind": row.kind})
    return bool(parked)
