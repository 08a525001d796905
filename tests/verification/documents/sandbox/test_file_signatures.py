"""The type of a file, recognised by its first bytes."""

import pytest

from tests.verification.documents import pictures
from verification.documents.sandbox.file_signatures import ACCEPTED, name_of

MIF1_HEIC = b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (pictures.jpeg(40, 30), "JPEG"),
        (pictures.png(40, 30), "PNG"),
        (pictures.webp(40, 30), "WebP"),
        (pictures.heic(), "HEIC"),
        (MIF1_HEIC, "HEIC"),
    ],
)
def test_the_four_types_are_recognised_by_their_bytes(content: bytes, name: str):
    assert name_of(content) == name
    assert name in ACCEPTED


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"GIF89a<svg onload=alert(1)>", "GIF"),
        (b"%PDF-1.7\n", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "EPS"),
        (b"\xc5\xd0\xd3\xc6\x20\x00\x00\x00", "EPS"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>\n<!-- a\nb --><svg/>", "SVG"),
        (b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'><svg/>", "SVG"),
        (b"<!doctype html><html>", "HTML"),
        (b"  <script>alert(1)</script>", "HTML"),
        (pictures.avif(), "AVIF"),
        (b"II*\x00\x08\x00", "TIFF"),
        (b"MM\x00*\x00\x00", "TIFF"),
        (b"BM\x36\x00", "BMP"),
        (b"8BPS\x00\x01", "PSD"),
        (b"SIMPLE  =                    T", "FITS"),
        (b"PK\x03\x04\x14\x00", "ZIP"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"MZ\x90\x00", "EXE"),
        (b"\x00\x00\x00\x18ftypisom\x00\x00\x00\x00isommp42", "MP4"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "RIFF"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"),
    ],
)
def test_everything_else_is_named_and_not_accepted(content: bytes, name: str):
    assert name_of(content) == name
    assert name not in ACCEPTED


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"hello", b"\xff\xd8", b"\x89PN", b"<p>a</p>"])
def test_an_unknown_type_has_no_name(content: bytes):
    assert name_of(content) == ""


def test_an_avif_that_claims_to_be_a_picture_is_no_heic():
    assert name_of(b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif") == "AVIF"
