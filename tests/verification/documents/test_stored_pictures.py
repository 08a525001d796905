"""What a reviewer gets of each kind of picture: hardly more bytes than came, its small print, and nothing else."""

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

import numpy as np
import pytest
from django.http import FileResponse
from django.utils import translation
from PIL import Image, ImageCms, PngImagePlugin

from bench.photo_check.small_print import WHITE, encode, likeness, page, phone, scan, text_of
from tests.verification.documents import pictures
from verification.documents.actions import examine, receive
from verification.documents.file_access import response
from verification.documents.rotation import turned_upload
from verification.documents.sandbox import child, quality
from verification.documents.upload_messages import UploadRefused
from verification.models.documents import Document, DocumentState

LARGEST, LEGIBLE = 1.1, 0.98
INK_BELOW = 140
SECRET = b"home address"
OF_PICTURE = {"PNG": {"IHDR", "PLTE", "IDAT", "IEND"}, "WEBP": {"VP8 ", "VP8L"}}


@cache
def dense() -> Image.Image:
    """A screen full of small text."""
    return page(1280, 1000, 96, ground=WHITE)


@cache
def black_and_white(width: int = 2480, height: int = 3508, dots_per_inch: int = 300) -> Image.Image:
    grey = page(width, height, dots_per_inch, ground=WHITE).convert("L")
    return grey.point([255 * (level > INK_BELOW) for level in range(256)]).convert("1")


def with_shadow() -> Image.Image:
    """A screenshot whose margin is transparent, as of a window."""
    picture = dense().convert("RGBA")
    edge = Image.new("L", picture.size, 0)
    edge.paste(255, (40, 40, picture.width - 40, picture.height - 40))
    picture.putalpha(edge)
    return picture


def in_many_greys() -> Image.Image:
    return Image.fromarray(np.asarray(dense().convert("L"), np.uint16) * 257)


def text_and_place() -> PngImagePlugin.PngInfo:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return notes


def png(picture: Image.Image, **how: object) -> bytes:
    """With everything that must not survive."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return encode(
        picture, "PNG", pnginfo=text_and_place(), exif=pictures.exif(), icc_profile=profile, dpi=(96, 96), **how
    )


def webp(picture: Image.Image, **how: object) -> bytes:
    """With everything that must not survive."""
    return encode(picture, "WEBP", exif=pictures.exif(), xmp=SECRET, **how)


def once_coarse() -> Image.Image:
    return pictures.open_image(encode(dense().convert("L"), quality=70)).copy()


def interlaced() -> bytes:
    """In the seven passes of a PNG that appears gradually."""
    picture = dense().convert("L").crop((0, 0, 700, 700))
    points = np.asarray(picture)
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    rows = [b"\x00" + row.tobytes() for y, x, down, across in passes for row in points[y::down, x::across]]
    head = struct.pack(">IIBBBBB", *picture.size, 8, 0, 0, 0, 1)
    body = pictures.chunk(b"IHDR", head) + pictures.chunk(b"IDAT", zlib.compress(b"".join(rows)))
    return b"\x89PNG\r\n\x1a\n" + body + pictures.chunk(b"IEND", b"")


def unfiltered() -> bytes:
    rows = [b"\x00" + row.tobytes() for row in np.asarray(dense())]
    head = struct.pack(">IIBBBBB", *dense().size, 8, 2, 0, 0, 0)
    body = pictures.chunk(b"IHDR", head) + pictures.chunk(b"IDAT", zlib.compress(b"".join(rows), 9))
    return b"\x89PNG\r\n\x1a\n" + body + pictures.chunk(b"IEND", b"")


KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a screenshot with a palette": (lambda: png(dense().quantize(64)), "PNG"),
    "a screenshot of few colours": (lambda: png(dense().quantize(12)), "PNG"),
    "a screenshot with a transparent palette": (lambda: png(with_shadow().quantize(64)), "PNG"),
    "a scan in black and white": (lambda: png(black_and_white()), "PNG"),
    "a page in grey": (lambda: png(dense().convert("L"), optimize=True), "PNG"),
    "a page in four greys": (lambda: png(dense().convert("L").quantize(4)), "PNG"),
    "a page in grey, transparent": (lambda: png(with_shadow().convert("LA")), "PNG"),
    "a page in 16 bits of grey": (lambda: png(in_many_greys()), "PNG"),
    "an interlaced page": (interlaced, "PNG"),
    "a scan in grey": (lambda: png(scan().convert("L")), "JPEG"),
    "a dense screenshot": (lambda: png(dense()), "PNG"),
    "a dense screenshot, packed well": (lambda: png(dense(), optimize=True), "PNG"),
    "a dense screenshot, packed without filters": (unfiltered, "PNG"),
    "a screenshot of a window": (lambda: png(with_shadow()), "PNG"),
    "a photo as PNG": (lambda: png(phone()), "JPEG"),
    "a dense page in grey that was a coarse JPEG": (lambda: png(once_coarse()), "PNG"),
    "a coarse photo as WebP": (lambda: webp(phone(), quality=40), "WEBP"),
    "a photo as WebP": (lambda: webp(phone(), quality=75), "WEBP"),
    "a fine photo as WebP": (lambda: webp(phone(), quality=95), "WEBP"),
    "a photo as WebP of few kinds of blocks": (lambda: webp(phone(), quality=80, method=0), "WEBP"),
    "a dense screenshot as WebP": (lambda: webp(dense(), quality=80), "WEBP"),
    "a screenshot of a window as WebP": (lambda: webp(with_shadow(), quality=80), "WEBP"),
    "a dense screenshot as lossless WebP": (lambda: webp(dense(), lossless=True), "WEBP"),
    "a screenshot of a window as lossless WebP": (lambda: webp(with_shadow(), lossless=True), "WEBP"),
    "a photo as lossless WebP": (lambda: webp(phone(), lossless=True, quality=0, method=0), "JPEG"),  # quickly packed
}
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
ENDINGS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@cache
def upload_of(kind: str) -> bytes:
    draw, _stored_as = KINDS[kind]
    return draw()


def examined(received: Callable[..., Document], content: bytes) -> Document:
    document = received(content, kind="statement", name="statement.upload")
    examine(document.pk)
    document.refresh_from_db()
    return document


def shown(answer: FileResponse) -> bytes:
    return b"".join(answer.streaming_content)


def on_white(picture: Image.Image) -> Image.Image:
    picture = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", picture.size, WHITE), picture).convert("RGB")


def names_of_chunks(content: bytes) -> set[str]:
    """The chunks of a PNG or WebP."""
    is_png = content.startswith(b"\x89PNG")
    at, found = (8 if is_png else 12), set()
    while at < len(content):
        length, name = struct.unpack_from(">I4s" if is_png else "<4sI", content, at)[:: 1 if is_png else -1]
        found.add(name.decode())
        at += length + 12 if is_png else length + 8 + length % 2
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_reviewer_gets_hardly_more_bytes_legible_small_print_and_nothing_else(received, kind: str):
    content, stored_as = upload_of(kind), KINDS[kind][1]

    document = examined(received, content)
    answer = response(document, download=True)
    stored = shown(answer)

    came, kept = pictures.open_image(content), pictures.open_image(stored)
    if came.mode == "I;16":
        came = dense().convert("L")
    assert len(stored) <= LARGEST * len(content)
    assert kept.size == came.size == (document.width, document.height)
    assert likeness(text_of(on_white(came)), text_of(kept)) >= LEGIBLE
    assert answer["Content-Type"] == TYPES[stored_as]
    assert answer["Content-Disposition"].endswith(f"statement.{ENDINGS[stored_as]}")
    assert (kept.format, document.size) == (stored_as, len(stored))
    assert SECRET not in stored
    assert b"Invented Camera" not in stored
    assert names_of_chunks(stored) <= OF_PICTURE[stored_as] if stored_as != "JPEG" else "icc_profile" not in kept.info
    preview = response(document, preview=True)
    assert (preview["Content-Type"], pictures.open_image(shown(preview)).format) == ("image/jpeg", "JPEG")


EXACT = [kind for kind, (_draw, stored_as) in KINDS.items() if stored_as == "PNG" or "screenshot as lossless" in kind]


@pytest.mark.parametrize("kind", EXACT)
def test_what_came_without_loss_and_is_no_photograph_keeps_every_pixel(received, kind: str):
    content = upload_of(kind)

    kept = pictures.open_image(shown(response(examined(received, content))))

    came = pictures.open_image(content)
    came = dense().convert("L") if came.mode == "I;16" else came
    assert np.array_equal(np.asarray(on_white(came)), np.asarray(kept.convert("RGB")))


def test_a_page_in_black_and_white_that_is_too_long_stays_small_and_legible(received):
    came = black_and_white(4960, 7016, 600)
    content = encode(came, "PNG")

    document = examined(received, content)

    kept = pictures.open_image(shown(response(document)))
    reduced = came.convert("L").resize(kept.size, Image.Resampling.LANCZOS)
    assert max(kept.size) == 4000
    assert likeness(text_of(reduced), text_of(kept)) >= LEGIBLE
    assert document.size <= LARGEST * len(content)


@pytest.mark.parametrize(
    "kind", ["a screenshot with a palette", "a dense screenshot", "a photo as PNG", "a photo as WebP"]
)
def test_a_stored_picture_is_turned_whatever_its_format(received, kind: str):
    document = examined(received, upload_of(kind))
    before = pictures.open_image(shown(response(document)))

    turned = examined(received, turned_upload(document).read())

    after = pictures.open_image(shown(response(turned)))
    assert (after.format, after.size) == (before.format, before.size[::-1])
    upright = after.convert("RGB").transpose(Image.Transpose.ROTATE_90)
    assert likeness(text_of(before), text_of(upright)) >= LEGIBLE


def test_a_stored_picture_that_is_larger_than_an_upload_may_be_is_turned_all_the_same(received, settings):
    document = examined(received, upload_of("a dense screenshot"))
    settings.UPLOAD_MAX_BYTES = document.size - 1

    turned = receive(kind=document.kind, upload=turned_upload(document), holder=document.holder)
    examine(turned.pk)

    turned.refresh_from_db()
    assert (turned.state, turned.width, turned.height) == (DocumentState.READY, document.height, document.width)


@pytest.mark.parametrize("content", [b"\0" * 4096, b"", b"%PDF-1.7", b"GIF89a"])
def test_a_stored_file_that_is_no_picture_is_not_turned_and_the_applicant_reads_why(received, monkeypatch, content):
    document = examined(received, upload_of("a dense screenshot"))
    monkeypatch.setattr("verification.documents.rotation.open_ready", lambda *_, **__: BytesIO(content))

    with translation.override("en"), pytest.raises(UploadRefused, match="The picture does not open: take it again"):
        turned_upload(document)


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P"])
def test_a_transparent_colour_becomes_white(received, mode: str):
    picture = Image.new(mode, (600, 400), 1 if mode in ("1", "P") else 0)
    if mode == "P":
        picture.putpalette([0, 0, 0, 200, 0, 0])
    content = encode(picture, "PNG", transparency={"RGB": (0, 0, 0), "L": 0, "1": 255, "P": 1}[mode])

    kept = pictures.open_image(shown(response(examined(received, content))))

    assert kept.convert("RGB").getpixel((300, 200)) == (255, 255, 255)


def test_the_colours_of_a_palette_are_converted_as_its_profile_defines(monkeypatch):
    asked = []

    def convert(picture: Image.Image, *_profiles: object, outputMode: str) -> Image.Image:  # noqa: N803
        asked.append((picture.size, outputMode))
        return picture.point(lambda level: level // 2)

    monkeypatch.setattr(ImageCms, "profileToProfile", convert)
    picture = Image.new("P", (600, 400), 1)
    picture.putpalette([0, 0, 0, 200, 100, 50])

    stored = child.answer(png(picture), pixels=picture.width * picture.height)[1]

    assert asked == [((256, 1), "RGB")]
    assert pictures.open_image(stored).convert("RGB").getpixel((300, 200)) == (100, 50, 25)


def test_an_ordinary_photo_is_encoded_once(monkeypatch):
    asked = []
    save = Image.Image.save
    monkeypatch.setattr(Image.Image, "save", lambda *given, **how: asked.append(given[2]) or save(*given, **how))
    content = encode(phone(), quality=85)
    quality.tables(quality.FINEST)
    asked.clear()

    child.answer(content, pixels=40_000_000)

    assert asked == ["JPEG", "JPEG"]  # it and its preview
