"""The child's results for given bytes, run in the test's own process."""

import io
import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from tests.verification.documents import pictures
from verification.documents.sandbox import child

LIMIT = 40_000_000
# what Pillow says of every JPEG, and of every WebP even if it has one frame
ALWAYS_THERE = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "background", "duration", "loop", "timestamp"}


def report_of(content: bytes, pixels: int = LIMIT) -> dict:
    return child.answer(content, pixels=pixels)[0]


def picture_of(content: bytes) -> Image.Image:
    _told, picture, _preview = child.answer(content, pixels=LIMIT)
    return pictures.open_image(picture)


def test_the_checks_of_a_good_sheet_reduce_no_colours(monkeypatch):
    shrunk, resize = [], Image.Image.resize

    def noted(picture: Image.Image, size: tuple[int, int], *args: object, **options: object) -> Image.Image:
        if size[0] > child.PREVIEW_LONGEST:
            shrunk.append((picture.mode, *size))
        return resize(picture, size, *args, **options)

    monkeypatch.setattr(Image.Image, "resize", noted)

    said = report_of(pictures.jpeg(1600, 1200))

    assert said["findings"] == []
    assert shrunk == [("L", 1024, 768)]


@pytest.mark.parametrize(
    ("make", "stored_as"),
    [(pictures.jpeg, "JPEG"), (pictures.png, "PNG"), (pictures.webp, "WEBP"), (pictures.heic, "JPEG")],
)
def test_each_format_becomes_upright_with_a_preview_as_jpeg(make: Callable[[], bytes], stored_as: str):
    said, picture, preview = child.answer(make(), pixels=LIMIT)

    big, small = pictures.open_image(picture), pictures.open_image(preview)
    assert (big.format, big.mode, big.size) == (stored_as, "RGB", (1200, 900))
    assert (small.format, small.size) == ("JPEG", (640, 480))
    assert (said["width"], said["height"]) == (1200, 900)
    assert pictures.is_near(big.getpixel((10, 10)), pictures.CORNER)
    assert pictures.is_near(big.getpixel((1190, 890)), pictures.PAPER, by=20)


@pytest.mark.parametrize(
    ("orientation", "turn"),
    [
        (1, None),
        (2, Image.Transpose.FLIP_LEFT_RIGHT),
        (3, Image.Transpose.ROTATE_180),
        (4, Image.Transpose.FLIP_TOP_BOTTOM),
        (5, Image.Transpose.TRANSPOSE),
        (6, Image.Transpose.ROTATE_90),
        (7, Image.Transpose.TRANSVERSE),
        (8, Image.Transpose.ROTATE_270),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_orientation_is_rotated_upright(kind: str, orientation: int, turn: Image.Transpose | None):
    stored = pictures.card() if turn is None else pictures.card().transpose(turn)
    content = pictures.encode(stored, kind, exif=pictures.exif(orientation))

    said, picture, _preview = child.answer(content, pixels=LIMIT)

    upright = pictures.open_image(picture)
    assert upright.size == (1200, 900)
    assert (said["facts"]["width"], said["facts"]["height"]) == (1200, 900)
    assert pictures.is_near(upright.getpixel((10, 10)), pictures.CORNER)


@pytest.mark.parametrize(
    "make",
    [
        lambda: pictures.jpeg(exif=pictures.exif(), comment=b"home address"),
        lambda: pictures.png(exif=pictures.exif()),
        lambda: pictures.webp(exif=pictures.exif(), xmp=b"<x:xmpmeta>home address</x:xmpmeta>"),
        pictures.heic,
    ],
    ids=["jpeg", "png", "webp", "heic"],
)
def test_only_pixels_are_kept(make: Callable[[], bytes]):
    content = make()
    before = pictures.open_image(content) if content != pictures.heic() else None
    if before is not None:
        assert before.getexif().get_ifd(pictures.GPS)

    for out in child.answer(content, pixels=LIMIT)[1:]:
        picture = pictures.open_image(out)
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= ALWAYS_THERE
        assert b"Exif" not in out
        assert b"home address" not in out
        assert b"Invented Camera" not in out


def test_a_script_behind_or_inside_a_picture_is_removed():
    for content in (
        pictures.png() + b"<script>alert(1)</script>",
        pictures.jpeg(comment=b"<script>alert(1)</script>"),
        pictures.jpeg() + b"PK\x03\x04<?php echo 1; ?>",
    ):
        out = child.answer(content, pixels=LIMIT)[1]

        assert out[:3] == content[:3]
        assert b"<script>" not in out
        assert b"<?php" not in out


def test_a_picture_longer_than_4000_is_reduced_and_its_original_size_recorded():
    said, picture, _preview = child.answer(pictures.jpeg(5000, 2500), pixels=LIMIT)

    assert pictures.open_image(picture).size == (4000, 2000)
    assert (said["width"], said["height"]) == (4000, 2000)
    assert (said["facts"]["width"], said["facts"]["height"]) == (5000, 2500)


def test_a_transparent_picture_gets_a_white_background():
    clear = Image.new("RGBA", (600, 400), (0, 0, 0, 0))

    assert picture_of(pictures.encode(clear, "PNG")).getpixel((300, 200)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("picture", "kind", "grey"),
    [
        (Image.new("L", (600, 400), 130), "PNG", 130),
        (Image.new("I;16", (600, 400), 130 * 256), "PNG", 130),
        (Image.new("LA", (600, 400), (130, 255)), "PNG", 130),
        (Image.new("P", (600, 400), 0), "PNG", 0),
        (Image.new("1", (600, 400), 1), "PNG", 255),
        (Image.new("CMYK", (600, 400), (0, 0, 0, 125)), "JPEG", 130),
        (Image.new("L", (600, 400), 130), "JPEG", 130),
    ],
)
def test_every_pixel_format_keeps_its_colour(picture: Image.Image, kind: str, grey: int):
    out = picture_of(pictures.encode(picture, kind)).convert("RGB")

    assert pictures.is_near(out.getpixel((300, 200)), (grey, grey, grey), by=6)


def test_colours_of_another_profile_are_converted_to_srgb():
    swapped = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    plain = Image.new("RGB", (600, 400), (90, 120, 150))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    same = picture_of(pictures.encode(plain, "JPEG", quality=95, icc_profile=srgb))
    unfit = picture_of(pictures.encode(plain, "JPEG", quality=95, icc_profile=swapped))
    nonsense = picture_of(pictures.encode(plain, "JPEG", quality=95, icc_profile=b"nonsense" * 20))

    for picture in (same, unfit, nonsense):
        assert "icc_profile" not in picture.info
        assert pictures.is_near(picture.getpixel((300, 200)), (90, 120, 150), by=6)


def test_a_profile_changes_the_colours_as_it_defines(monkeypatch):
    asked = []

    def convert(picture: Image.Image, source: object, target: object, outputMode: str) -> Image.Image:  # noqa: N803
        asked.append((picture.mode, outputMode))
        return Image.new("RGB", picture.size, (1, 2, 3))

    monkeypatch.setattr(ImageCms, "profileToProfile", convert)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    out = picture_of(pictures.jpeg(icc_profile=srgb))

    assert asked == [("RGB", "RGB")]
    assert pictures.is_near(out.getpixel((300, 200)), (1, 2, 3), by=3)


@pytest.mark.parametrize(
    ("make", "refused"),
    [
        (lambda: pictures.jpeg()[:5000], "file_broken"),
        (lambda: pictures.png()[:500], "file_broken"),
        (lambda: pictures.heic()[:6000], "file_broken"),
        (lambda: pictures.webp()[:800], "file_broken"),
        (lambda: b"\xff\xd8\xff" + b"\x00" * 500, "file_broken"),
        (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n", "file_type"),
        (lambda: b"GIF89a", "file_type"),
        (lambda: pictures.avif(), "file_type"),
        (lambda: pictures.png_claiming(6500, 6200), "file_pixels"),
        (lambda: pictures.png_claiming(9000, 9000), "file_pixels"),
        (lambda: pictures.png_claiming(14000, 14000, rows=1), "file_pixels"),
    ],
)
def test_an_unreadable_picture_is_refused_with_its_reason(make: Callable[[], bytes], refused: str):
    said, picture, preview = child.answer(make(), pixels=LIMIT)

    assert said["refused"] == refused
    assert (picture, preview) == (b"", b"")


@pytest.mark.parametrize(
    ("make", "decoders"),
    [
        (pictures.jpeg, ("JPEG",)),
        (pictures.png, ("PNG",)),
        (pictures.webp, ("WEBP",)),
        (pictures.heic, ("HEIF",)),
    ],
)
def test_a_file_reaches_only_the_decoder_of_its_signature(monkeypatch, make: Callable[[], bytes], decoders: tuple[str]):
    asked = []
    original = Image.open

    def watched(source: io.BytesIO, formats: tuple[str, ...] | None = None) -> Image.Image:
        asked.append(formats)
        return original(source, formats=formats)

    monkeypatch.setattr(child.Image, "open", watched)

    child.decode(make(), pixels=LIMIT)

    assert asked == [decoders]


def test_a_webp_whose_frame_is_larger_than_its_header_says_is_refused():
    frame = pictures.webp(1200, 900)
    lying = (
        b"RIFF\x00\x00\x00\x00WEBP" + b"VP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x09\x00\x00\x09\x00\x00" + frame[12:]
    )
    content = lying[:4] + (len(lying) - 8).to_bytes(4, "little") + lying[8:]

    assert report_of(content)["refused"] == "file_broken"


def test_of_two_pictures_in_one_jpeg_the_first_is_used():
    content = pictures.encode(pictures.card(), "MPO", save_all=True, append_images=[Image.new("RGB", (1200, 900))])

    assert picture_of(content).size == (1200, 900)


def test_the_child_imports_nothing_of_django():
    code = (
        "import sys, verification.documents.sandbox.child;"
        " print([name for name in sys.modules if name.startswith('django')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_the_answer_is_one_line_and_the_bytes_it_counts():
    target = io.BytesIO()

    child.write(target, {"width": 1}, b"picture\n", b"preview")

    line, _newline, rest = target.getvalue().partition(b"\n")
    assert json.loads(line) == {"width": 1, "bytes": [8, 7]}
    assert rest == b"picture\npreview"
