"""Pages are sent compressed, with a different length each time; pictures are sent unchanged."""

import gzip
import re
import secrets
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from icpportal.pages.compression import CompressedTexts
from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, sign_in

pytestmark = pytest.mark.django_db
HEADERS = 400  # bytes of an answer's headers
BROWSER = {"headers": {"accept-encoding": "gzip, deflate, br"}}


def test_a_page_is_sent_compressed_with_the_header(client: Client) -> None:
    plain, packed = client.get(reverse("start")), client.get(reverse("start"), **BROWSER)

    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 3
    assert gzip.decompress(packed.content).startswith(b"<!doctype html>")


def test_the_length_of_a_page_does_not_reveal_its_content(client: Client) -> None:
    lengths = {len(client.get(reverse("account_login"), **BROWSER).content) for _n in range(12)}

    assert len(lengths) > 3


@pytest.mark.parametrize(
    ("reads", "content", "packed"),
    [
        ("gzip, br", b"a text " * 100, True),
        ("br", b"a text " * 100, False),
        ("", b"a text " * 100, False),
        ("gzip", b"short", False),
        ("gzip", secrets.token_bytes(1000), False),
    ],
)
def test_a_text_is_compressed_for_whom_reads_it_if_that_makes_it_shorter(
    rf: RequestFactory, reads: str, content: bytes, packed: bool
) -> None:
    request = rf.get("/", headers={"accept-encoding": reads} if reads else {})
    answer = CompressedTexts(lambda _request: HttpResponse(content, headers={"ETag": '"one"'}))(request)

    assert answer.get("Content-Encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(answer.content) if packed else answer.content) == content
    assert answer["ETag"] == ('W/"one"' if packed else '"one"')
    assert answer.get("Content-Length") == (str(len(answer.content)) if packed else None)
    assert answer.get("Vary") == (None if content == b"short" else "Accept-Encoding")


def test_a_picture_is_sent_unchanged(client: Client) -> None:
    order = make_order(state=states.DRAFT)
    paper = make_ready_document(order, "statement")

    answer = sign_in(client, order.owner).get(reverse("document", args=[paper.reference]), **BROWSER)

    assert (answer.status_code, answer.get("Content-Encoding")) == (200, None)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_first_visit_by_whom_reads_gzip_alone_takes_40_kb_in_ten_requests(client: Client, language: str) -> None:
    """Brotli takes a tenth less; some proxies of companies take it away."""
    answer = client.get(reverse("start"), headers={"accept-encoding": "gzip", "accept-language": language})
    page = gzip.decompress(answer.content).decode()
    files = {found.partition("#")[0] for found in re.findall(r'(?:href|src)="/static/([^"]+)"', page)}

    sizes = [len(answer.content), *(len(gzip.compress(Path(finders.find(name)).read_bytes(), 9)) for name in files)]

    assert {"css/portal.css", "js/portal.js", "img/icons.svg"} <= files
    assert len(sizes) <= 10
    assert sum(sizes) + HEADERS * len(sizes) <= 40_000
