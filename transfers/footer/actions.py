"""Reads home pages of filed websites: the owner asks, a worker fetches."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from django.db.models import Q, QuerySet
from django.utils import timezone

from filings.models import Website
from icpportal.alarms import rows
from icpportal.gateways.dns.base import resolver
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.web_pages.base import web_pages
from icpportal.outbox.wake import wake_worker
from transfers.footer.outcomes import BY_KEY, NO_PAGE, UNREACHABLE
from transfers.footer.reading import outcome_of
from transfers.models import FooterCheck

TASK = "icpportal.tasks.check_footers"
JOB = "footers.read"  # the job name under which pages are set aside
AGAIN_AFTER = timedelta(minutes=2)  # so that nobody can have a site fetched continuously
TRIED_AGAIN = timedelta(minutes=2)  # a worker that was still running would have finished by then
ADDRESSES_KEPT = 4
AT_ONCE, SECONDS = 20, 30.0  # for one run; the next one does the rest


def ask(website: Website, *, now: datetime | None = None) -> bool:
    """Asks for a reading; returns False when the last one is too recent."""
    now = now or timezone.now()
    fresh = {"asked_at": now, "tried_at": None, "checked_at": None, "outcome": ""}
    _check, is_new = FooterCheck.objects.get_or_create(website=website, defaults=fresh)
    asked = is_new or bool(FooterCheck.objects.filter(website=website, asked_at__lte=now - AGAIN_AFTER).update(**fresh))
    if asked:
        wake_worker(TASK)
    return asked


def may_ask(check: FooterCheck | None, now: datetime | None = None) -> bool:
    """Whether another reading may be asked for."""
    return check is None or check.asked_at <= (now or timezone.now()) - AGAIN_AFTER


def waiting(now: datetime) -> QuerySet[FooterCheck]:
    """Readings still to be done, the longest wait first; served by a partial index."""
    free = Q(tried_at=None) | Q(tried_at__lte=now - TRIED_AGAIN)
    return FooterCheck.objects.filter(free, checked_at=None).order_by("asked_at").select_related("website")


def check_asked(*, now: datetime | None = None) -> int:
    """Reads the home pages that were asked for, while the run's time lasts; returns how many."""
    ends, done, now = monotonic() + SECONDS, 0, now or timezone.now()
    loop = rows.Loop(JOB)
    for check in waiting(now)[:AT_ONCE]:
        if monotonic() >= ends:
            break
        done += loop.attempt(check.pk, partial(_check, check, now)) or 0
    loop.end()
    return done


def _check(check: FooterCheck, now: datetime) -> int:
    """Reads one home page; 0 where another worker was first, or the owner has asked again since."""
    unchecked = FooterCheck.objects.filter(pk=check.pk, tried_at=check.tried_at, checked_at=None)
    if not unchecked.update(tried_at=now):
        return 0
    found = {"outcome": read(check.website), "points_to": pointing(check.website)}
    mine = FooterCheck.objects.filter(pk=check.pk, asked_at=check.asked_at)
    return mine.update(**found, checked_at=now)


def read(website: Website) -> str:
    """The result for a home page, as a key of `footer/outcomes.py`; never raises for what a site does."""
    found = UNREACHABLE
    for url in addresses(website):
        try:
            page = web_pages().fetch(url)
        except Retryable:
            continue  # no answer: try the next address
        except Refused as refusal:
            found = refusal.code if refusal.code in BY_KEY else NO_PAGE
            continue
        return outcome_of(page, number=website.site_number, domain=website.domain)
    return found


def pointing(website: Website) -> str | None:
    """Some of the addresses that the domain points to; None when nobody answers."""
    try:
        found = resolver().addresses(website.domain)
    except (Retryable, Refused):
        return None
    return ", ".join(found[:ADDRESSES_KEPT])


def addresses(website: Website) -> Iterator[str]:
    """Where the home page may be: as on file, else under the domain, each once."""
    named = website.home_url if website.home_url.startswith(("http://", "https://")) else ""
    yield from dict.fromkeys(filter(None, (named, f"https://{website.domain}/", f"http://{website.domain}/")))
