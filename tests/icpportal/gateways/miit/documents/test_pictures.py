"""Every picture fits the ministry's limits, upright, without metadata, as large as the bytes allow."""

import io
import random
from base64 import b64encode
from functools import cache

import pytest
from PIL import Image, ImageDraw
from PIL.ExifTags import Base

from icpportal.gateways.miit.documents.pictures import fit
from icpportal.gateways.miit.documents.types import NotEncodable
from icpportal.gateways.miit.types import Purpose

LIMITS = {
    Purpose.STATEMENT: 153_600,
    Purpose.SUBJECT_CERTIFICATE: 102_400,
    Purpose.LEAD_CERTIFICATE: 102_400,
    Purpose.ADMINISTRATOR_CERTIFICATE: 102_400,
    Purpose.PHOTO: 102_400,
}


def encode(image: Image.Image, kind: str = "JPEG", **how) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **({"quality": 95} | how if kind == "JPEG" else how))
    return target.getvalue()


def open_image(picture: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(picture))
    image.load()
    return image


def noise(width: int, height: int) -> Image.Image:
    """The hardest picture to compress."""
    return Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3))


def page(width: int, height: int) -> Image.Image:
    """Lines like writing, and something red in the lower right corner."""
    image = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(image)
    chance = random.Random(1)
    for top in range(20, height - 20, 24):
        for left in range(20, width - 20, 6):
            if chance.random() < 0.6:
                draw.line((left, top, left + chance.randrange(8), top + chance.randrange(14)), fill="black", width=2)
    draw.ellipse((width * 3 // 4, height * 3 // 4, width - 30, height - 30), fill=(200, 0, 0))
    return image


DRAWN = {
    "noise": lambda: noise(1400, 1000),
    "a page": lambda: page(1400, 2000),
    "a small one": lambda: Image.new("RGB", (30, 20), "green"),
}


@cache
def drawn(name: str) -> bytes:
    """One of these as PNG: packing it takes as long as fitting it."""
    return encode(DRAWN[name]())


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("name", DRAWN)
def test_the_base64_stays_within_the_limit_of_its_purpose(name, purpose):
    fitted = fit(drawn(name), purpose)

    assert len(b64encode(fitted)) <= LIMITS[purpose]
    assert (open_image(fitted).format, open_image(fitted).mode) == ("JPEG", "RGB")


def test_the_statement_may_be_larger_than_the_others():
    scan = encode(page(1400, 2000))

    assert len(b64encode(fit(scan, Purpose.STATEMENT))) > LIMITS[Purpose.LEAD_CERTIFICATE]


def test_the_limit_is_used_as_far_as_possible():
    fitted = fit(encode(page(1400, 2000)), Purpose.STATEMENT)

    assert len(b64encode(fitted)) > 0.85 * LIMITS[Purpose.STATEMENT]


def test_a_page_of_writing_stays_legible():
    assert max(open_image(fit(encode(page(1400, 2000)), Purpose.SUBJECT_CERTIFICATE)).size) >= 900


def test_a_small_picture_keeps_its_size():
    assert open_image(fit(encode(page(500, 300)), Purpose.STATEMENT)).size == (500, 300)


def test_a_small_picture_has_the_best_quality():
    small = page(500, 300)

    assert (
        open_image(fit(encode(small, progressive=True), Purpose.STATEMENT)).quantization
        == open_image(encode(small, "JPEG", quality=90)).quantization
    )


def test_a_face_gets_more_quality_and_fewer_pixels_than_a_paper():
    scene = Image.new("RGB", (2000, 1500), "white")
    scene.paste(page(1000, 700), (500, 400))
    both = encode(scene)

    face, paper = open_image(fit(both, Purpose.PHOTO)), open_image(fit(both, Purpose.LEAD_CERTIFICATE))

    assert sum(face.quantization[0]) < sum(paper.quantization[0])
    assert max(face.size) < max(paper.size)


@pytest.mark.parametrize("how", [{"progressive": True}, {"mode": "L"}])
def test_a_picture_within_the_limits_is_converted_if_it_is_not_plain(how):
    mode = how.pop("mode", "RGB")

    fitted = open_image(fit(encode(page(300, 200).convert(mode), "JPEG", **how), Purpose.PHOTO))

    assert (fitted.mode, "progressive" in fitted.info) == ("RGB", False)


def test_shape_and_colours_are_kept():
    fitted = open_image(fit(encode(page(1400, 2000)), Purpose.STATEMENT))
    width, height = fitted.size

    assert abs(width / height - 0.7) < 0.005
    red, green, blue = fitted.getpixel((int(width * 0.86), int(height * 0.87)))
    assert red > 170
    assert max(green, blue) < 50


def test_the_same_picture_always_gives_the_same_bytes():
    scan = encode(page(1400, 2000))

    assert fit(scan, Purpose.STATEMENT) == fit(scan, Purpose.STATEMENT)


def test_a_fitted_picture_is_left_unchanged():
    fitted = fit(encode(page(1400, 2000)), Purpose.SUBJECT_CERTIFICATE)

    assert fit(fitted, Purpose.SUBJECT_CERTIFICATE) == fitted
    assert fit(fitted, Purpose.STATEMENT) == fitted


def test_metadata_are_removed_even_if_the_picture_fits():
    exif = Image.Exif()
    exif[Base.Make] = "Somebody's phone"
    picture = encode(page(300, 200), "JPEG", exif=exif, comment=b"secret", icc_profile=b"profile", dpi=(300, 300))

    fitted = fit(picture, Purpose.PHOTO)

    assert {name for name, _content in open_image(fitted).applist} == {"APP0"}
    assert b"Somebody" not in fitted
    assert b"secret" not in fitted
    assert b"profile" not in fitted


def test_data_appended_to_the_picture_are_removed():
    fitted = fit(encode(page(300, 200)), Purpose.PHOTO)

    assert fit(fitted + b"secret", Purpose.PHOTO).find(b"secret") == -1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_rotated_by_its_orientation(orientation):
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    turned = {
        1: None,
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]
    upright = Image.new("RGB", (64, 32), "white")
    upright.paste((200, 0, 0), (0, 0, 16, 16))
    as_stored = upright.transpose(turned) if turned is not None else upright

    fitted = open_image(fit(encode(as_stored, "JPEG", quality=95, exif=exif), Purpose.PHOTO))

    assert fitted.size == (64, 32)
    red, green, _blue = fitted.getpixel((4, 4))
    assert (red > 150, green < 80) == (True, True)
    assert min(fitted.getpixel((60, 28))) > 200


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_colour_mode_becomes_rgb(mode):
    fitted = open_image(fit(encode(Image.new("RGB", (40, 30), "white").convert(mode)), Purpose.PHOTO))

    assert fitted.mode == "RGB"
    assert min(fitted.getpixel((20, 15))) > 240


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((7, 300), "7 × 300"),
        ((300, 7), "300 × 7"),
        ((1, 1), "1 × 1"),
        ((6000, 20), "2000 × 6"),  # as it would be sent
    ],
)
def test_a_strip_is_refused_with_its_size_and_advice(size, words):
    with pytest.raises(NotEncodable) as caught:
        fit(encode(noise(*size)), Purpose.PHOTO)

    assert str(caught.value) == (
        f"the picture is a strip of {words} pixels and shows nothing: have another one uploaded"
    )
    assert (caught.value.field, caught.value.code) == ("attachment photo", "5010")


@pytest.mark.parametrize("size", [(8, 8), (8, 300), (6000, 24), (24, 6000)])
def test_a_picture_close_to_a_strip_is_fitted_once(size):
    fitted = fit(encode(noise(*size)), Purpose.PHOTO)

    assert min(open_image(fitted).size) >= 8
    assert fit(fitted, Purpose.PHOTO) == fitted


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"no picture",
        encode(page(300, 200), "GIF"),
        encode(page(300, 200), "JPEG")[:3000],
        # valid headers and end, and no picture between them
        encode(page(300, 200), "JPEG").partition(b"\xff\xda")[0] + b"\xff\xd9",
        # the sandbox hands over JPEG alone
        encode(page(300, 200), "PNG"),
        encode(page(300, 200), "WEBP"),
    ],
)
def test_a_file_that_is_no_jpeg_is_refused(picture):
    with pytest.raises(NotEncodable, match=r"^not a picture") as caught:
        fit(picture, Purpose.LEAD_CERTIFICATE)

    assert (caught.value.field, caught.value.code) == ("attachment lead_certificate", "5010")


def test_a_picture_with_too_many_pixels_is_not_even_opened():
    vast = encode(Image.new("1", (9000, 9000)))

    with pytest.raises(NotEncodable):
        fit(vast, Purpose.STATEMENT)
