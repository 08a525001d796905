"""Deletes what is no longer needed: expired secrets and sessions, counters, old checks."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.utils import timezone

from filings.register import numbers
from icpportal.accounts import actions as accounts
from icpportal.accounts import sessions
from icpportal.alarms import rows
from icpportal.codes import actions as codes
from icpportal.codes import limits
from icpportal.drafts import storage as page_drafts
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import unreportable
from icpportal.gateways.miit.codes import table_numbers as missing_codes
from icpportal.gateways.miit.line import bodies, retention
from icpportal.metrics import processes
from icpportal.operations import heartbeat
from transfers.deadlines import sweep as deadlines
from transfers.review.cases import drafts
from verification import filing_passwords
from verification.backdrops import actions as backdrops
from verification.phones import uploads
from verification.service_codes import expiry as code_expiry

logger = logging.getLogger(__name__)

PULSE = "tidy:"  # prefix of a job's name
Job = Callable[..., int]
JOBS: dict[str, Job] = {
    "wrong_passwords": filing_passwords.purge,
    "dead_service_codes": code_expiry.expire_dead,
    "unproved_addresses": accounts.forget_old,
    "sessions": sessions.forget_over,
    "phone_uploads": uploads.forget_old,
    "backdrop_addresses": backdrops.forget_old,
    "codes": codes.forget_old,
    "counters": limits.forget_old,
    "type_checks": deadlines.forget_type_checks,
    "review_drafts": drafts.forget_old,
    "page_drafts": page_drafts.forget_old,
    "ministry_files": retention.erase_expired,
    "ministry_strays": bodies.drop_strays,
    "missing_codes": missing_codes.clear_found,
    "unread_numbers": numbers.clear_read,
    "unknown_servers": unreportable.clear_known,
    "set_aside": rows.forget_left,
    "old_counters": processes.forget_old,
}


@dataclass
class CleanupResult:
    """How many rows each job took, which had to wait and why, and which failed; nothing personal."""

    done: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


def cleanup(*, now: datetime | None = None, dry_run: bool = False) -> CleanupResult:
    """Runs every job; a failing one stops no other, and each does at most a portion.

    A job whose outside system does not answer is reported and left for the next hour.
    """
    now = now or timezone.now()
    result, parts = CleanupResult(), rows.Parts("tidy")
    if not dry_run:
        heartbeat.expect([PULSE + name for name in JOBS], now=now)
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
                heartbeat.record_heartbeat(PULSE + name, now=now)
    return result
