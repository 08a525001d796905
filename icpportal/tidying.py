"""What is deleted because nobody needs it any more: secrets that are over, counters, questions that led nowhere."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils import timezone

from filings import numbers
from icpportal import pulse
from icpportal.accounts import actions as accounts
from icpportal.alarms import rows
from icpportal.codes import actions as codes
from icpportal.codes import limits
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import unreportable
from icpportal.gateways.miit import bodies, keeping
from icpportal.gateways.miit import codes as missing_codes
from transfers import deadlines
from transfers.review import drafts
from verification import code_expiry, filing_passwords, handoffs
from verification.backdrops import actions as backdrops

logger = logging.getLogger(__name__)

PULSE = "tidy:"  # before the name of a job
Job = Callable[..., int]
JOBS: dict[str, Job] = {
    "wrong_passwords": filing_passwords.purge,
    "dead_service_codes": code_expiry.expire_dead,
    "unproved_addresses": accounts.forget_old,
    "hand_offs": handoffs.forget_old,
    "backdrop_addresses": backdrops.forget_old,
    "codes": codes.forget_old,
    "counters": limits.forget_old,
    "type_checks": deadlines.forget_type_checks,
    "review_drafts": drafts.forget_old,
    "ministry_files": keeping.forget_old,
    "ministry_strays": bodies.drop_strays,
    "missing_codes": missing_codes.clear_found,
    "unread_numbers": numbers.clear_read,
    "unknown_servers": unreportable.clear_known,
    "set_aside": rows.forget_left,
}


@dataclass
class Tidied:
    """How many rows each job took, which jobs had to wait, with the reason, and which failed; nothing personal."""

    done: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def tidy(*, now: datetime | None = None, dry_run: bool = False) -> Tidied:
    """Does every job; one that fails stops no other, and none does more than a portion: what is left is for next time.

    One whose outside system does not answer is left for the next hour and said.
    """
    now = now or timezone.now()
    result, parts = Tidied(), rows.Parts("tidy")
    if not dry_run:
        pulse.expect([PULSE + name for name in JOBS], now=now)
    for name, job in JOBS.items():
        try:
            done = parts.run(name, partial(job, now=now, dry_run=dry_run), passing=(Refused, Retryable))
        except (Refused, Retryable) as trouble:
            result.skipped[name] = str(trouble)
            logger.warning("tidying skipped", extra={"kind": name, "trouble": str(trouble)})
            continue
        if done is None:
            result.failed.append(name)
        else:
            result.done[name] = done
            if not dry_run:
                pulse.beat(PULSE + name, now=now)
    return result
