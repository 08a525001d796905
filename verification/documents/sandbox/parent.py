"""The worker's side of the child that opens pictures: sends bytes, sets limits, checks every answer."""

import json
import os
import tempfile
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.conf import settings

from verification.documents.sandbox import launcher
from verification.documents.sandbox.bare_files import is_bare
from verification.documents.sandbox.child import PREVIEW_LONGEST, Limits
from verification.documents.sandbox.dimensions import Unreadable, size_of
from verification.documents.sandbox.file_signatures import JPEG, STORED, name_of
from verification.documents.sandbox.launcher import ChildCrashed
from verification.pictures.checks import BY_KEY, Finding
from verification.pictures.likeness import DIGITS
from verification.pictures.papers import SPARED, Paper

# Measured with files of 40 megapixels and up to 8 MB (resident, seconds): JPEG 0.31 GB, 0.8; progressive 0.41, 1.3;
# PNG 0.50, 1.1; HEIC 4:4:4 0.39, 2.0; WebP 0.65, 1.4; lossless WebP, the hungriest, 0.79, 1.7 and 0.9 GB of addresses.
MEMORY = 1024 * 1024 * 1024
SECONDS = 20
OUTPUT = 64 * 1024 * 1024
LINE_MAX = 4096
REFUSALS = frozenset({"file_type", "file_moves", "file_pixels", "file_broken"})


@dataclass(frozen=True)
class ExaminedPicture:
    """What the child made of the bytes; with `refused` (the key of a message), everything else is empty."""

    refused: str = ""
    picture: bytes = b""
    preview: bytes = b""
    width: int = 0
    height: int = 0
    facts: dict[str, int] = field(default_factory=dict)  # what it measured when it came
    likeness: str = ""
    findings: tuple[Finding, ...] | None = ()  # None: could not be judged


def open_picture(content: bytes, paper: Paper | None, *, as_jpeg: bool = False) -> ExaminedPicture:
    """Decodes, re-encodes and judges `content` in a child process; raises `ChildCrashed`.

    Nothing touches a disk. Without a `paper` there are no checks.
    """
    with memory_file("source") as source, memory_file("answer") as answer:
        source.write(content)
        source.seek(0)
        run_child(source, answer, limits_of(paper, as_jpeg=as_jpeg))
        answer.seek(0)
        return read_answer(answer)


def memory_file(name: str) -> BinaryIO:
    """A file in memory: the child's limit on output applies to it, and it goes with its last holder."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create(name), "w+b")
    return tempfile.TemporaryFile()  # on a developer's machine: on disk, without a name


def jpeg_of(content: bytes) -> bytes:
    """A picture of ours as JPEG, for readers that take nothing else.

    Raises `ChildCrashed`, or `ValueError` when it does not open, which trying again does not change.
    """
    if name_of(content) == JPEG:
        return content
    opened = open_picture(content, None, as_jpeg=True)
    if opened.refused:
        raise ValueError(opened.refused)
    if name_of(opened.picture) != JPEG:
        raise ChildCrashed("no JPEG")
    return opened.picture


def run_child(source: BinaryIO, answer: BinaryIO, limits: Limits) -> None:
    launcher.run(source, answer, limits)


def limits_of(paper: Paper | None, *, as_jpeg: bool) -> Limits:
    return {
        "memory": MEMORY,
        "seconds": SECONDS,
        "output": OUTPUT,
        "pixels": settings.UPLOAD_MAX_PIXELS,
        "paper": paper or "",
        "as_jpeg": as_jpeg,
    }


def read_answer(answer: BinaryIO) -> ExaminedPicture:
    try:
        report = json.loads(answer.readline(LINE_MAX))
        picture, preview = (answer.read(count) for count in report["bytes"])
        if report.get("refused"):
            return ExaminedPicture(refused=report["refused"] if report["refused"] in REFUSALS else "file_broken")
        return check_answer(report, picture, preview)
    except (ValueError, KeyError, TypeError, Unreadable) as nonsense:
        raise ChildCrashed("nonsense") from nonsense


def check_answer(answer: dict[str, Any], picture: bytes, preview: bytes) -> ExaminedPicture:
    """The child's report, once it agrees with the bytes: a decoder that was taken over could send anything."""
    size = checked_size(picture, STORED, at_most=SPARED)
    checked_size(preview, {JPEG}, at_most=PREVIEW_LONGEST)
    if size != (answer["width"], answer["height"]):
        raise ValueError("size")
    facts = {name: int(answer["facts"][name]) for name in ("width", "height")}
    likeness = "" if answer["likeness"] == "" else marks(answer["likeness"])
    found = None if answer["findings"] is None else tuple(finding(*each) for each in answer["findings"])
    return ExaminedPicture("", picture, preview, *size, facts, likeness, found)


def marks(digits: str) -> str:
    """The likeness from the child's report; raises for anything else."""
    likeness = f"{int(digits, 16):0{DIGITS}x}"
    if len(likeness) != DIGITS:
        raise ValueError("likeness")
    return likeness


def finding(key: str, box: list[float]) -> Finding:
    """One finding from the child's report; raises when none of our checks could have made it."""
    left, top, right, bottom = (float(part) for part in box)
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError("outside of the picture")
    return Finding(BY_KEY[key].key, (left, top, right, bottom))


def checked_size(content: bytes, names: Collection[str], *, at_most: int) -> tuple[int, int]:
    """The size of a picture in one of these formats; raises for another one, and for what is not only pixels."""
    name = name_of(content)
    if name not in names or not is_bare(content, name):
        raise ValueError("not the picture that was asked for")
    size = size_of(content, name)
    if not 0 < max(size) <= at_most:
        raise ValueError("size")
    return size
