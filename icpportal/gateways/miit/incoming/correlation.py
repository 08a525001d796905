"""Finds the report that a result is about (docs/sources.md#what-a-result-is-about); never guesses between several.

The authority names a request by an id of ours, an id of its own or a filing number, as it likes: every way possible for
the kind of request is tried, and all that find something must find the same report.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from icpportal.fields.filing_numbers import spelling
from icpportal.gateways.miit.documents.types import Result
from icpportal.gateways.miit.models import Outcome, Report, ReportState, UploadFile
from icpportal.gateways.miit.types import AnswerKind, ReportKind

BROKEN_FILE = "5001"  # its words contain the name of our file
LARGEST = 2**63 - 1  # of a number in the database
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*")
# accepted, or sent with the answer lost (the result may arrive before we know), or waiting to be sent again
TAKEN_IN = (
    Q(state=ReportState.ACCEPTED)
    | Q(state=ReportState.NUMBERED, files__sent_at__isnull=False)
    | Q(state__in=(ReportState.QUEUED, ReportState.PARKED), files__accepted_at__isnull=False)
)


class AmbiguousMatch(LookupError):
    """No report, or more than one, can be meant; the text says which."""


def report_of(result: Result) -> Report:
    """The one report this result is about; raises `AmbiguousMatch`."""
    candidates = {report.pk: report for report in _candidates(result)}
    if len(candidates) == 1:
        return next(iter(candidates.values()))
    wanted = f"operation {result.operation}, handle {result.handle[:60] or 'empty'}"
    raise AmbiguousMatch(f"{len(candidates) or 'no'} reports fit {wanted}")


def _candidates(result: Result) -> Iterator[Report]:
    named = list(_by_file(result))
    if named:
        yield from named
        return
    for way in WAYS.get(result.operation, ANY_WAY):
        yield from way(result.handle)


def _by_file(result: Result) -> Iterator[Report]:
    """A file that violated the schema was not read: its name is all they can tell."""
    words = " ".join(verdict.words for verdict in result.verdicts if verdict.code == BROKEN_FILE)
    names = {name for found in FILE_NAME.findall(words) for name in _spellings(found)}
    ours = UploadFile.objects.filter(isp_id=settings.MIIT_ISP_ID, name__in=names)  # each account counts from 1 again
    for file in ours.select_related("report").defer("body", "key"):
        yield file.report


def _spellings(name: str) -> tuple[str, ...]:
    """As it is, as a zip, and without its extension."""
    stem = name.removesuffix(".zip").removesuffix(".xml")
    return name, stem, f"{stem}.xml"


def _number(handle: str) -> int | None:
    text = unicodedata.normalize("NFKC", handle).strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
    return number if number is not None and number <= LARGEST else None


def regular(number: str) -> str:
    """A filing number in one spelling; "" when it is none."""
    found = spelling(number)
    return str(found) if found else ""


def _access_by_own_id(handle: str) -> Iterator[Report]:
    yield from _exactly(ReportKind.ACCESS, own_id=_number(handle))


def _any_by_own_id(handle: str) -> Iterator[Report]:
    number = _number(handle)
    if number is not None:
        yield from Report.objects.filter(own_id=number)


def _exactly(kind: ReportKind, *, own_id: int | None) -> Iterator[Report]:
    if own_id is not None:
        yield from Report.objects.filter(kind=kind, own_id=own_id)


def _access_by_site(handle: str) -> Iterator[Report]:
    yield from _by_site(ReportKind.ACCESS, handle)


def _cancellation_by_access(handle: str) -> Iterator[Report]:
    """By our own id, by the Jrid we sent, or by our id under which the access was reported."""
    number = _number(handle)
    if number is None:
        return
    yield from _exactly(ReportKind.CANCELLATION, own_id=number)
    reported = Report.objects.filter(kind=ReportKind.ACCESS, own_id=number, access_id__isnull=False)
    known = Q(access_id=number) | Q(access_id__in=reported.values("access_id"))
    yield from _most_likely(Report.objects.filter(known, kind=ReportKind.CANCELLATION))


def _cancellation_by_site(handle: str) -> Iterator[Report]:
    """A cancellation names no site, but the access it ends does, if we reported it."""
    number = regular(handle)
    if number:
        ours = Report.objects.filter(kind=ReportKind.ACCESS, site_number=number, access_id__isnull=False)
        known = Q(site_number=number) | Q(access_id__in=ours.values("access_id"))
        yield from _most_likely(Report.objects.filter(known, kind=ReportKind.CANCELLATION))


def _cancellation_by_subject(handle: str) -> Iterator[Report]:
    """By the Ztid of the filing; if several of its accesses were cancelled, any may be meant."""
    number = _number(handle)
    if number is None:
        return
    ours = Report.objects.filter(kind=ReportKind.ACCESS, subject_id=number, access_id__isnull=False)
    reports = Report.objects.filter(kind=ReportKind.CANCELLATION, access_id__in=ours.values("access_id"))
    sent = reports.filter(TAKEN_IN | Q(state=ReportState.ANSWERED)).distinct()
    yield from sent if len({report.access_id for report in sent}) > 1 else _most_likely(reports)


def _material(handle: str) -> Iterator[Report]:
    yield from _exactly(ReportKind.MATERIAL, own_id=_number(handle))
    yield from _by_site(ReportKind.MATERIAL, handle)


def _by_site(kind: ReportKind, handle: str) -> Iterator[Report]:
    number = regular(handle)
    if number:
        yield from _most_likely(Report.objects.filter(kind=kind, site_number=number))


def _most_likely(reports: QuerySet[Report]) -> Iterator[Report]:
    """Reports without an answer; else those abandoned without one; else the last one answered.

    A site's later report waiting beside an earlier one makes two candidates: the result may be about either. An
    answered one may be told again.
    """
    answers = Outcome.objects.filter(report=OuterRef("pk")).exclude(kind__in=(AnswerKind.ACCEPTED, AnswerKind.WAITS))
    left = reports.filter(~Exists(answers), state=ReportState.SUPERSEDED, files__accepted_at__isnull=False)
    for found in (reports.filter(TAKEN_IN), left):
        if candidates := list(found.distinct()):
            yield from candidates
            return
    yield from reports.filter(state=ReportState.ANSWERED).order_by("-answered_at", "-pk")[:1]


Way = Callable[[str], Iterator[Report]]
# Czlx → ways to find the report; kinds that we never send can only have an id of ours
WAYS: dict[int | None, tuple[Way, ...]] = {
    3: (_access_by_own_id, _access_by_site),
    5: (_cancellation_by_access, _cancellation_by_site, _cancellation_by_subject),
    35: (_material,),
    # a human decision may leave out which request it is about
    None: (_any_by_own_id, _access_by_site, _cancellation_by_access, _cancellation_by_site, _material),
}
ANY_WAY: tuple[Way, ...] = (_any_by_own_id,)
