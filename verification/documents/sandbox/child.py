"""The child process that opens untrusted pictures.

Forked by the zygote or, without one, started by `python -m verification.documents.sandbox.child '{"pixels": …}' <
bytes`. It has its own limits on memory, time and output, no settings, no database and no secret in its environment, and
imports nothing of Django. It writes to standard output: one line of JSON, then the picture, and its preview as JPEG.
"""

import io
import json
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO, NamedTuple, TypedDict

from PIL import Image, ImageOps

from verification.documents.sandbox import exact, quality, webp
from verification.documents.sandbox.colours import in_srgb, on_white
from verification.documents.sandbox.file_signatures import HEIC, PNG, WEBP, name_of
from verification.pictures.checks import Finding
from verification.pictures.likeness import light_of, likeness_of
from verification.pictures.papers import LONGEST, SPARED, Paper

PREVIEW_WIDTH = 640  # as wide as pages show it on a high-density screen
PREVIEW_LONGEST = 800  # kept where a whole factor leads here: resampling costs as much as decoding
PREVIEW_QUALITY = 80
FINER_PIXELS = 8  # more than `PREVIEW_WIDTH` make up for one step of quality: as many bytes, and no less legible
# Pillow's names, and the only decoders a file may reach.
DECODERS = {"JPEG": "JPEG", "PNG": "PNG", "WebP": "WEBP", HEIC: "HEIF"}
# Modes that cannot be reduced as they are, and what they become first.
BEFORE_REDUCING = {"1": "L", "F": "L", "P": "RGBA", "PA": "RGBA", "LA": "RGBA", "La": "RGBA", "RGBa": "RGBA"}


class Limits(TypedDict):
    """What a child may use, and what it must do."""

    memory: int
    seconds: int
    output: int
    pixels: int
    paper: str  # "" to skip the checks
    as_jpeg: bool  # whatever it came as, for readers that take nothing else


class Refusal(Exception):
    """The picture cannot be used; the text is the key of the message."""


def confine(*, memory: int, seconds: int, output: int) -> None:
    """Sets limits that hold even if a decoder is taken over: on memory, time, output and core dumps."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(seconds)  # ends the child when its worker has died


def decode(content: bytes, *, pixels: int) -> Image.Image:
    """The decoded picture; raises `Refusal` when it has more pixels than its header was allowed to announce."""
    name = name_of(content)
    if name not in DECODERS:
        raise Refusal("file_type")
    if name == HEIC:
        register_heif()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is stricter: nothing is decoded before the next line
    picture = Image.open(io.BytesIO(content), formats=(DECODERS[name],))
    if picture.width * picture.height > pixels:
        raise Refusal("file_pixels")
    if name in (PNG, WEBP) and getattr(picture, "is_animated", False):
        raise Refusal("file_moves")
    picture.load()
    if name == PNG:
        exact.check(picture, content)
    return picture


def register_heif() -> None:
    """Lets Pillow open HEIC, once a process."""
    from pi_heif import register_heif_opener  # noqa: PLC0415 -- 40 ms that the other three need not pay

    register_heif_opener(thumbnails=False)


def reduce(picture: Image.Image) -> Image.Image:
    """Converts to a mode that can be resized, and shrinks what is clearly longer than `LONGEST`."""
    if picture.mode in BEFORE_REDUCING:
        picture = picture.convert(BEFORE_REDUCING[picture.mode])
    if max(picture.size) > SPARED:
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return picture


def preview_of(picture: Image.Image) -> Image.Image:
    """A small copy: averaged by a whole factor, and resampled only where that leaves too many pixels."""
    longest = max(picture.size)
    factor = max(1, longest // PREVIEW_WIDTH)
    if longest <= factor * PREVIEW_LONGEST:
        return picture.reduce(factor)
    scale = PREVIEW_WIDTH / longest
    across, down = (max(1, round(scale * pixels)) for pixels in picture.size)
    return picture.resize((across, down), Image.Resampling.BICUBIC, reducing_gap=1.0)


def encode_preview(picture: Image.Image) -> bytes:
    finer = max(0, max(picture.size) - PREVIEW_WIDTH)
    return encode(picture, quality=PREVIEW_QUALITY - finer // FINER_PIXELS, subsampling=quality.FULL)


def encode(picture: Image.Image, **way: Any) -> bytes:
    """A JPEG with pixels and nothing else."""
    picture.info = {}
    target = io.BytesIO()
    picture.save(target, "JPEG", **way)
    return target.getvalue()


class Report(TypedDict, total=False):
    """The report on a picture: its dimensions and findings, or why it cannot be used."""

    width: int
    height: int
    facts: dict[str, int]  # dimensions as uploaded
    likeness: str
    findings: list[Finding] | None
    refused: str
    because: str


class Form(NamedTuple):
    """How a picture is stored: what it is made of first, and its bytes then."""

    flatten: Callable[[Image.Image, bytes], Image.Image]  # with the profile of its colours
    encode: Callable[[Image.Image], bytes]


def form_of(picture: Image.Image, content: bytes, *, turned: bool, as_jpeg: bool) -> Form:
    """The form for a picture that was just decoded from `content`; `turned`: it lay on its side."""
    size = len(content)
    if as_jpeg:
        return Form(flatten, partial(encode, **quality.finest()))
    is_photograph = quality.is_photograph(picture, size)
    if picture.format == PNG:
        return Form(exact.flatten, partial(exact.encode, size=size, is_photograph=is_photograph))
    if picture.format == WEBP.upper() and not (is_photograph and webp.is_lossless(content)):
        may_be_exact = max(picture.size) <= SPARED
        return Form(flatten, partial(webp.encode, came=content, may_be_exact=may_be_exact))
    return Form(flatten, partial(encode, **quality.as_it_came(picture, size, turned=turned)))


def flatten(picture: Image.Image, profile: bytes) -> Image.Image:
    """Upright, in sRGB and on white, in RGB."""
    picture = reduce(picture)
    ImageOps.exif_transpose(picture, in_place=True)
    picture = in_srgb(on_white(picture), profile)
    picture.info = {}
    return picture


def examine(
    content: bytes, *, pixels: int, paper: Paper | None = Paper.SHEET, as_jpeg: bool = False
) -> tuple[Report, bytes, bytes]:
    """The report, the picture and its preview; no checks without a `paper`."""
    picture = decode(content, pixels=pixels)
    profile = picture.info.get("icc_profile") or b""
    turned = picture.getexif().get(0x0112, 1) > 4
    width, height = picture.size[::-1] if turned else picture.size
    form = form_of(picture, content, turned=turned, as_jpeg=as_jpeg)
    picture = form.flatten(picture, profile)
    stored = form.encode(picture)
    picture = in_srgb(picture, b"")
    out = stored, encode_preview(preview_of(picture))
    result: Report = {
        "width": picture.width,
        "height": picture.height,
        "facts": {"width": width, "height": height},
        "likeness": "",
        "findings": [],
    }
    if paper is None:
        return result, *out
    reduced = light_of(picture)
    result["likeness"] = likeness_of(reduced)
    result["findings"] = find_faults(picture, reduced, paper, width=width, height=height)
    return result, *out


def find_faults(
    picture: Image.Image, reduced: Image.Image, paper: Paper, *, width: int, height: int
) -> list[Finding] | None:
    """The findings, or None when the checks fail: a picture that opens is accepted all the same."""
    try:
        # imported only after the upload's own pixels are freed, without a zygote: NumPy needs address space too
        from verification.pictures.judge import findings  # noqa: PLC0415

        return findings(picture, paper, width=width, height=height, reduced=reduced)
    except Exception:
        return None


def answer(
    content: bytes, *, pixels: int, paper: Paper | None = Paper.SHEET, as_jpeg: bool = False
) -> tuple[Report, bytes, bytes]:
    """Never raises: any exception of a decoder means that the picture does not open."""
    try:
        return examine(content, pixels=pixels, paper=paper, as_jpeg=as_jpeg)
    except Refusal as refusal:
        return {"refused": str(refusal)}, b"", b""
    except Exception as problem:
        return {"refused": "file_broken", "because": type(problem).__name__}, b"", b""


def write(target: BinaryIO, told: Report, picture: bytes, preview: bytes) -> None:
    line = {**told, "bytes": [len(picture), len(preview)]}
    target.write(json.dumps(line).encode() + b"\n" + picture + preview)
    target.flush()


def serve(limits: Limits) -> None:
    """Reads standard input, writes standard output, within the limits."""
    confine(memory=limits["memory"], seconds=limits["seconds"], output=limits["output"])
    content = io.FileIO(0, closefd=False).readall()
    paper = Paper(limits["paper"]) if limits["paper"] else None
    with open(1, "wb", closefd=False) as target:
        write(target, *answer(content, pixels=limits["pixels"], paper=paper, as_jpeg=limits["as_jpeg"]))


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
