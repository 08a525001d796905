"""The child that opens strangers' pictures, forked by the zygote or, where there is none, started by
`python -m verification.documents.sandbox.child '{"pixels": …}' < bytes`.

It has limits of its own on memory, time and output, no setting, no database and no secret in its environment, and it
imports nothing of Django. On standard output: one line of JSON, then the picture and its preview, both JPEG.
"""

import io
import json
import resource
import signal
import sys
from typing import Any, BinaryIO, TypedDict

from PIL import Image, ImageCms, ImageOps

from verification.documents.sandbox import quality
from verification.documents.sandbox.file_signatures import HEIC, PNG, WEBP, name_of
from verification.pictures.checks import Finding
from verification.pictures.likeness import likeness_of
from verification.pictures.papers import LONGEST, SPARED, Paper

PREVIEW_LONGEST = 640  # as wide as a page shows it on a sharp screen
JUDGED_LONGEST = 1024  # the copy that the checks look at
PREVIEW_QUALITY = 80
WHITE = (255, 255, 255)
# Pillow's names, and the only decoders a file may reach.
DECODERS = {"JPEG": "JPEG", "PNG": "PNG", "WebP": "WEBP", HEIC: "HEIF"}
# Modes that cannot be reduced as they are, and what they become first.
BEFORE_REDUCING = {"1": "L", "F": "L", "P": "RGBA", "PA": "RGBA", "LA": "RGBA", "La": "RGBA", "RGBa": "RGBA"}
DEEP_GREY = frozenset({"I", "I;16", "I;16B", "I;16L"})


class Limits(TypedDict):
    """What a child may take, and what it is to do."""

    memory: int
    seconds: int
    output: int
    pixels: int
    paper: str  # "" for nothing to be looked for


class Refusal(Exception):
    """The picture is not to be had; the text is the key of the message."""


def confine(*, memory: int, seconds: int, output: int) -> None:
    """Limits that hold even if a decoder is taken over: it cannot grow, run on, write much or leave a core."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, output),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    signal.alarm(seconds)  # a worker that dies leaves no child behind


def opened(content: bytes, *, pixels: int) -> Image.Image:
    """The picture, decoded; raises `Refusal` when it has more pixels than its header was allowed to announce."""
    name = name_of(content)
    if name not in DECODERS:
        raise Refusal("file_type")
    if name == HEIC:
        register_heif()
    Image.MAX_IMAGE_PIXELS = None  # ours is stricter: nothing is decoded before the next line
    picture = Image.open(io.BytesIO(content), formats=(DECODERS[name],))
    if picture.width * picture.height > pixels:
        raise Refusal("file_pixels")
    if name in (PNG, WEBP) and getattr(picture, "is_animated", False):
        raise Refusal("file_moves")
    picture.load()
    return picture


def register_heif() -> None:
    """Teach Pillow to open HEIC, once a process."""
    from pi_heif import register_heif_opener  # noqa: PLC0415 -- 40 ms that the other three need not pay

    register_heif_opener(thumbnails=False)


def reduced(picture: Image.Image) -> Image.Image:
    """In a mode that is safe to shrink; what is clearly longer than `LONGEST` is made as long."""
    if picture.mode in DEEP_GREY:
        picture = picture.point(lambda level: level * (1 / 256)).convert("L")  # 16 bits to 8
    if picture.mode in BEFORE_REDUCING:
        picture = picture.convert(BEFORE_REDUCING[picture.mode])
    if max(picture.size) > SPARED:
        picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    return picture


def preview_of(picture: Image.Image) -> Image.Image:
    """A small copy: averaged as far as whole numbers of pixels go, which costs a tenth, and then resampled."""
    scale = PREVIEW_LONGEST / max(picture.size)
    if scale >= 1:
        return picture.copy()
    across, down = (max(1, round(scale * pixels)) for pixels in picture.size)
    return picture.resize((across, down), Image.Resampling.BICUBIC, reducing_gap=1.0)


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    sheet = Image.new("RGB", picture.size, WHITE)
    sheet.paste(picture, mask=picture.getchannel("A"))
    return sheet


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """In sRGB; a profile that does not open or does not fit the picture is passed over, as browsers do."""
    if not profile:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        converted = None
    return converted or picture.convert("RGB")


def encoded(picture: Image.Image, **way: Any) -> bytes:
    """JPEG that carries pixels and nothing else."""
    picture.info = {}
    target = io.BytesIO()
    picture.save(target, "JPEG", **way)
    return target.getvalue()


class Told(TypedDict, total=False):
    """What is said of a picture beside its bytes: what it measures, or why it does not open."""

    width: int
    height: int
    facts: dict[str, int]  # what it measured when it came
    likeness: str
    findings: list[Finding] | None
    refused: str
    because: str


def examined(content: bytes, *, pixels: int, paper: Paper | None = Paper.SHEET) -> tuple[Told, bytes, bytes]:
    """What is told about the picture, the picture, its preview; without a paper nothing is looked for."""
    picture = opened(content, pixels=pixels)
    profile = picture.info.get("icc_profile") or b""
    turned = picture.getexif().get(0x0112, 1) > 4
    width, height = picture.size[::-1] if turned else picture.size
    way = quality.as_it_came(picture, len(content), turned=turned)
    picture = reduced(picture)
    ImageOps.exif_transpose(picture, in_place=True)
    picture = in_srgb(on_white(picture), profile)
    preview = preview_of(picture)
    told: Told = {
        "width": picture.width,
        "height": picture.height,
        "facts": {"width": width, "height": height},
        "likeness": "",
        "findings": [],
    }
    out = encoded(picture, **way), encoded(preview, quality=PREVIEW_QUALITY, subsampling=quality.FULL)
    if paper is None:
        return told, *out
    picture.thumbnail((JUDGED_LONGEST, JUDGED_LONGEST), Image.Resampling.BOX)
    told["likeness"] = likeness_of(picture)
    told["findings"] = judged(picture, paper, width=width, height=height)
    return told, *out


def judged(picture: Image.Image, paper: Paper, *, width: int, height: int) -> list[Finding] | None:
    """What the checks find, None where they fail: a picture that opens is taken, judged or not."""
    try:
        # only now that the large picture is gone, where no zygote has it: NumPy wants address space of its own
        from verification.pictures.judge import findings  # noqa: PLC0415

        return findings(picture, paper, width=width, height=height)
    except Exception:
        return None


def answer(content: bytes, *, pixels: int, paper: Paper | None = Paper.SHEET) -> tuple[Told, bytes, bytes]:
    """Never raises: whatever a decoder throws at a stranger's bytes means that the picture does not open."""
    try:
        return examined(content, pixels=pixels, paper=paper)
    except Refusal as refusal:
        return {"refused": str(refusal)}, b"", b""
    except Exception as problem:
        return {"refused": "file_broken", "because": type(problem).__name__}, b"", b""


def write(target: BinaryIO, told: Told, picture: bytes, preview: bytes) -> None:
    line = {**told, "bytes": [len(picture), len(preview)]}
    target.write(json.dumps(line).encode() + b"\n" + picture + preview)
    target.flush()


def serve(limits: Limits) -> None:
    """From standard input to standard output, within the limits."""
    confine(memory=limits["memory"], seconds=limits["seconds"], output=limits["output"])
    content = io.FileIO(0, closefd=False).readall()
    paper = Paper(limits["paper"]) if limits["paper"] else None
    with open(1, "wb", closefd=False) as target:
        write(target, *answer(content, pixels=limits["pixels"], paper=paper))


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]))
