"""Findings on a picture, as stored with the document and as pages show them; they advise and never decide."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NotRequired, TypedDict

from django.db.models import CharField
from django.utils.translation import gettext as _

from icpportal.database.prepared import CompiledQuery
from icpportal.fields.components import Frame, PictureFindings, PictureMark
from icpportal.fields.types import Fact
from verification.models.documents import Document, DocumentState
from verification.pictures.checks import BY_KEY, TWICE, WHOLE, Box, Finding
from verification.pictures.likeness import are_alike

UNJUDGED = "unjudged"
READY = CompiledQuery(
    lambda holder: (
        Document.objects.filter(holder=holder, state=DocumentState.READY)
        .order_by("created_at")
        .values_list("kind", "side", "reference", "likeness")
    ),
    holder=CharField(),
)
EARLIER = {"photo_dark": "dark"}  # keys on photos of earlier versions


class StoredFinding(TypedDict):
    """One finding in the column `advice`."""

    key: str
    box: Box
    other: NotRequired[str]  # the reference of the document with the same picture


def to_column(findings: Iterable[Finding] | None) -> list[Fact]:
    """The column's value; a picture that could not be judged is marked so."""
    found = [Finding(UNJUDGED)] if findings is None else findings
    return [{"key": each.key, "box": each.box} for each in found]


def compare(document: Document, likeness: str, advice: list[Fact]) -> None:
    """Notes on a document that just became ready that the holder sent the same picture as another document.

    Runs after the result is written, so that of two documents examined at the same moment the later one sees the
    earlier.
    """
    for kind, side, reference, other in READY.texts(holder=document.holder):
        if (kind, side) != (document.kind, document.side) and are_alike(likeness, other):
            found: Fact = {"key": TWICE.key, "box": WHOLE, "other": reference}
            Document.objects.filter(pk=document.pk).update(advice=[*advice, found])
            return


class PicturesTogether:
    """Pictures read together: which that their findings name are gone is one query, made if a page shows findings."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._named = {each["other"] for document in documents for each in _entries(document) if "other" in each}
        self._ready = {document.reference for document in documents if document.is_ready}

    @cached_property
    def gone(self) -> frozenset[str]:
        """The references of those that are no longer there."""
        asked = self._named - self._ready
        if not asked:
            return frozenset()
        there = Document.objects.filter(reference__in=asked, state=DocumentState.READY)
        return frozenset(asked.difference(there.values_list("reference", flat=True)))


def note_together(documents: Sequence[Document]) -> None:
    """Notes on each of these documents that a page reads them together."""
    together = PicturesTogether(documents)
    for each in documents:
        each.together = together


def found_on(document: Document) -> PictureFindings | None:
    """The findings for the applicant and the reviewer, with their frames; None when there are none."""
    together = document.together or PicturesTogether([document])
    marks = [_mark(document, each) for each in _entries(document) if _still_holds(each, together)]
    return PictureFindings(document.width, document.height, marks) if marks else None


def checks_failed(document: Document) -> frozenset[str] | None:
    """The keys of the checks that the picture did not pass; None where it was not or could not be judged."""
    keys = frozenset(each["key"] for each in _entries(document))
    return keys if document.likeness and UNJUDGED not in keys else None


def _entries(document: Document) -> list[StoredFinding]:
    return [_entry(each) for each in document.advice]


def _entry(each: StoredFinding | str) -> StoredFinding:
    return {"key": EARLIER.get(each, each), "box": WHOLE} if isinstance(each, str) else each


def _still_holds(found: StoredFinding, together: PicturesTogether) -> bool:
    """A finding about two like pictures ends when the other one is removed."""
    other = found.get("other")
    return other is None or other not in together.gone


def _mark(document: Document, found: StoredFinding) -> PictureMark:
    if found["key"] == UNJUDGED:
        return PictureMark(_("This picture could not be checked"), _("Look at it yourself before you send it"))
    check = BY_KEY[found["key"]]
    return PictureMark(_(check.words), _(check.remedy), _frame(document, found["box"]))


def _frame(document: Document, box: Box) -> Frame | None:
    """The box in pixels of the picture; no frame for a finding about all of it."""
    left, top, right, bottom = box
    if tuple(box) == WHOLE:
        return None
    across, down = document.width, document.height
    wide, high = (right - left) * across, (bottom - top) * down
    return Frame(round(left * across), round(top * down), round(wide), round(high))
