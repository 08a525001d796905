"""The measurements of `bench.parts.pictures`, in a portal that is set up."""

import io
import secrets
import statistics
from collections.abc import Callable
from functools import partial
from unittest.mock import patch

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from PIL import Image, ImageOps

from bench.harness import machine, processes, reports
from bench.harness.rounds import Rounds, interleave
from bench.harness.tables import Table
from bench.photo_check import small_print
from bench.targets import Result, Target
from icpportal.gateways import storage
from verification import file_names
from verification.documents import examination
from verification.documents.sandbox import launcher, quality
from verification.documents.sandbox.child import PREVIEW_QUALITY, PREVIEW_WIDTH
from verification.documents.sandbox.parent import open_picture
from verification.models.documents import Document
from verification.pictures.papers import Paper

WORDS = {
    "strict": "strict",
    "safe": "safe part",
    "cold": "safe part, a Python process each",
    "opened": "of it: the child's part",
    "sheet": "child with advice for a page",
    "face": "child with advice where a face must be",
    "all": "examined from quarantine to ready",
}


def strict(content: bytes) -> None:
    """Decodes, writes and makes a thumbnail; nothing is isolated, sealed or stored."""
    picture = Image.open(io.BytesIO(content))
    picture.load()
    way = quality.as_it_came(picture, len(content), turned=False)
    picture.save(io.BytesIO(), "JPEG", **way)
    picture.thumbnail((PREVIEW_WIDTH, PREVIEW_WIDTH))
    picture.save(io.BytesIO(), "JPEG", quality=PREVIEW_QUALITY, subsampling=quality.FULL)


def safe(content: bytes) -> None:
    """What the portal does before anybody may see the picture."""
    if not examination.is_clean(content):
        raise RuntimeError("the scanner found something in what was drawn")
    opened = open_picture(content, None)
    for made in (opened.picture, opened.preview):
        storage.keep(storage.DOCUMENTS, file_names.new_name(timezone.now(), ".jpg"), made)


def waiting(content: bytes) -> Document:
    """A document in quarantine."""
    now = timezone.now()
    kept_as = storage.keep(storage.QUARANTINE, file_names.new_name(now), content)
    return Document.objects.create(
        kind="statement",
        holder=secrets.token_hex(8),
        display_name="drawn.jpg",
        size=len(content),
        width=1,
        height=1,
        quarantine_name=kept_as,
        created_at=now,
    )


def against_strict(target: Target, upload: str, times: int) -> Result:
    """The safe part's processor time as a multiple of the strict one's, and the cost of the rest."""
    content = small_print.UPLOADS[upload]()
    rounds = interleave(sides_of(content, times, backend()), limit=8, beside=lambda: processes.cpu([backend()]))
    rows = [(WORDS[side], *medians(rounds, side)) for side in WORDS]
    title = f"{upload}, {len(content):,} bytes"
    reports.show(Table(title, ("one picture", "CPU ms", "× strict"), rows, chart=1))
    reports.keep(f"pictures, {upload}", rounds)
    return Result(target, rounds.median(lambda sides: sides["safe"] / sides["strict"]), rounds.note)


def sides_of(content: bytes, times: int, server: int) -> dict[str, Callable[[], float]]:
    """Each side does its work `times` times and returns milliseconds per run, over all processes."""

    def timed(act: Callable[[], object], count: int = times) -> float:
        before = machine.ours() + processes.cpu([server])
        for _ in range(count):
            act()
        return 1000 * (machine.ours() + processes.cpu([server]) - before) / count

    def examined() -> float:
        documents = iter([waiting(content) for _ in range(times)])
        return timed(lambda: examination.examine(next(documents).pk))

    def cold() -> float:
        with patch.object(launcher, "IS_POSSIBLE", new=False):
            return timed(partial(safe, content), max(2, times // 4))

    for paper in (Paper.SHEET, Paper.HOLDING):  # the zygote has then loaded all it ever loads
        open_picture(content, paper)
    return {
        "strict": partial(timed, partial(strict, content)),
        "safe": partial(timed, partial(safe, content)),
        "cold": cold,
        "opened": partial(timed, partial(open_picture, content, None)),
        "sheet": partial(timed, partial(open_picture, content, Paper.SHEET)),
        "face": partial(timed, partial(open_picture, content, Paper.HOLDING)),
        "all": examined,
    }


def medians(rounds: Rounds[float], side: str) -> tuple[float, float]:
    return statistics.median(rounds.of(side)), rounds.median(lambda sides: sides[side] / sides["strict"])


def backend() -> int:
    """The process id of our PostgreSQL backend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def measure_stored(size: Target, legible: Target) -> list[Result]:
    """Every kind of upload, as stored."""
    rows = []
    for upload, drawn in small_print.UPLOADS.items():
        content = drawn()
        kept = open_picture(content, None).picture
        came = ImageOps.exif_transpose(Image.open(io.BytesIO(content)))
        alike = small_print.likeness(*map(small_print.text_of, (came, Image.open(io.BytesIO(kept)))))
        rows.append((upload, len(content), len(kept), len(kept) / len(content), alike))
    reports.show(Table("What is stored", ("upload", "came, bytes", "stored, bytes", "×", "SSIM"), rows))
    largest, least = max(rows, key=lambda row: row[3]), min(rows, key=lambda row: row[4])
    return [Result(size, largest[3], largest[0]), Result(legible, least[4], least[0])]


settings.SCANNER_GATEWAY = "icpportal.gateways.scanner.fake.FakeScanner"
call_command("migrate", verbosity=0)
