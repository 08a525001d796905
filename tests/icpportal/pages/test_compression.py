"""Pages leave compressed, and of another length each time; pictures leave as they are."""

import gzip

import pytest
from django.test import Client
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, make_ready_document, sign_in

pytestmark = pytest.mark.django_db
BROWSER = {"headers": {"accept-encoding": "gzip, deflate, br"}}


def test_a_page_leaves_compressed_and_says_so(client: Client) -> None:
    plain, packed = client.get(reverse("start")), client.get(reverse("start"), **BROWSER)

    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in packed["Vary"]
    assert len(packed.content) < len(plain.content) / 3
    assert gzip.decompress(packed.content).startswith(b"<!doctype html>")


def test_nobody_learns_from_its_length_what_a_page_holds(client: Client) -> None:
    lengths = {len(client.get(reverse("account_login"), **BROWSER).content) for _n in range(12)}

    assert len(lengths) > 3


def test_a_picture_leaves_as_it_is(client: Client) -> None:
    order = make_order(state=states.DRAFT)
    paper = make_ready_document(order, "statement")

    answer = sign_in(client, order.owner).get(reverse("document", args=[paper.reference]), **BROWSER)

    assert (answer.status_code, answer.get("Content-Encoding")) == (200, None)
