"""A picture that a reviewer would return is pointed out: to the applicant at the slot, to the reviewer on the case."""

import io
import random
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image, ImageFilter

from bench.photo_check import papers, scenes
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_ready_document, sign_in
from tests.transfers.desk import agree
from tests.transfers.phone_upload.test_pages import by_phone, code, page_of, phone
from tests.transfers.phone_upload.test_pages import send as send_by_phone
from transfers.models import Order
from verification.documents.examination import examine
from verification.models import Document
from verification.pictures.checks import TWICE, WHOLE

pytestmark = pytest.mark.django_db


FACE = Image.open(Path(__file__).parents[2] / "fixtures" / "face.jpg")


def card_on_a_table(*, blur: float = 0, shift: tuple[float, float] = (0, 0), seed: int = 7) -> bytes:
    rng = random.Random(seed)
    card, table = papers.card_front(rng, FACE), scenes.table((1280, 960), rng)
    picture, _corners = scenes.lay(card, table, rng, share=0.8, shift=shift)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(blur)).save(out, "JPEG", quality=90)
    return out.getvalue()


def send(client: Client, order: Order, slot: str, content: bytes) -> str:
    """Uploads it, has the worker examine it, and reads the slot's page."""
    agree(order, slot)
    page = reverse("slot", args=[order.reference, slot])
    client.post(page, {"file": SimpleUploadedFile("card.jpg", content, content_type="image/jpeg")})
    for waiting in Document.objects.filter(state="checking"):
        examine(waiting.pk)
    return client.get(page).content.decode()


def case_of(order: Order, client: Client) -> str:
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    return (
        sign_in(client, make_lead_reviewer())
        .get(reverse("admin:transfers_order_case", args=[order.pk]))
        .content.decode()
    )


def slot_in(html: str) -> str:
    return re.search(r'<section class="slot .*?</section>', html, re.DOTALL)[0]


@pytest.mark.parametrize(
    ("language", "words", "remedy"),
    [
        ("en", "Blurred", "Hold the phone still and tap the screen to focus"),
        ("zh-hans", "照片模糊", "请拿稳手机，轻点屏幕对焦后重拍"),
    ],
)
def test_a_blurred_card_is_ready_but_both_are_told_that_it_is_blurred(client, language, words, remedy):
    order = make_order()
    client.cookies["django_language"] = language
    order.owner.language = language
    order.owner.save(update_fields=["language"])

    slot = slot_in(send(sign_in(client, order.owner), order, "lead_id", card_on_a_table(blur=5)))
    assert {"en": "Ready, but look", "zh-hans": "已就绪，建议查看"}[language] in slot
    assert words in slot
    assert remedy in slot

    case = case_of(order, Client(headers={"accept-language": language}))
    assert words in case
    assert remedy in case


def test_a_sharp_card_is_ready_without_a_remark_on_blur(client):
    order = make_order()
    client.cookies["django_language"] = "en"

    slot = slot_in(send(sign_in(client, order.owner), order, "lead_id", card_on_a_table()))

    assert "Ready" in slot
    assert "but look" not in slot
    assert 'class="found"' not in slot
    assert 'class="found"' not in case_of(order, Client(headers={"accept-language": "en"}))


def test_a_card_cut_off_by_the_picture_is_framed_where_it_is(client):
    order = make_order()
    client.cookies["django_language"] = "en"

    slot = slot_in(send(sign_in(client, order.owner), order, "lead_id", card_on_a_table(shift=(0.3, 0))))
    case = case_of(order, Client(headers={"accept-language": "en"}))

    for page in (slot, case):
        assert "Not the whole document" in page
        assert 'viewBox="0 0 1280 960"' in page
        assert '<rect x="1229" y="0" width="51" height="960" />' in page


def test_the_same_picture_for_two_people_is_pointed_out_until_one_is_removed(client):
    order = make_order()
    client.cookies["django_language"] = "en"
    client = sign_in(client, order.owner)

    first = send(client, order, "lead_id", card_on_a_table())
    second = send(client, order, "admin_id", card_on_a_table())
    assert "The same picture twice" not in first
    assert "The same picture twice" in second

    removed = {"remove": Document.objects.get(kind="lead_id").reference}
    client.post(f"{reverse('slot', args=[order.reference, 'lead_id'])}?side=1", removed)

    assert "twice" not in client.get(reverse("slot", args=[order.reference, "admin_id"])).content.decode()


def test_the_cards_of_two_people_are_not_the_same_picture(client):
    order = make_order()
    client.cookies["django_language"] = "en"
    client = sign_in(client, order.owner)
    send(client, order, "lead_id", card_on_a_table(seed=7))

    assert "twice" not in send(client, order, "admin_id", card_on_a_table(seed=8))


def test_the_same_picture_in_another_persons_order_is_not_mentioned(client):
    ours, theirs = make_order(), make_order()
    client.cookies["django_language"] = "en"
    send(sign_in(client, theirs.owner), theirs, "lead_id", card_on_a_table())

    assert "twice" not in send(sign_in(client, ours.owner), ours, "admin_id", card_on_a_table())


def test_a_list_of_like_pictures_costs_no_more_queries_than_one_of_others(client):
    order = make_order()
    client.cookies["django_language"] = "en"
    client = sign_in(client, order.owner)
    sides = (("lead_id", 1), ("lead_id", 2), ("admin_id", 1), ("admin_id", 2), ("subject_id", 1))
    like = [make_ready_document(order, slot, side=side) for slot, side in sides]
    for slot in ("lead_id", "admin_id"):
        agree(order, slot)
    address = reverse("documents", args=[order.reference])
    client.get(address)
    with CaptureQueriesContext(connection) as of_others:
        client.get(address)

    for document, other in zip(like, [*like[1:], like[0]], strict=True):
        found = {"key": TWICE.key, "box": WHOLE, "other": other.reference}
        Document.objects.filter(pk=document.pk).update(advice=[found])
    with CaptureQueriesContext(connection) as of_like:
        html = client.get(address).content.decode()

    assert html.count("The same picture twice") >= 3
    assert len(of_like) == len(of_others)


def sheet_on_a_table(*, blur: float) -> bytes:
    rng = random.Random(5)
    picture, _corners = scenes.lay(papers.page(rng), scenes.table((960, 1280), rng), rng, share=0.85)
    out = io.BytesIO()
    picture.filter(ImageFilter.GaussianBlur(blur)).save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.mark.parametrize(("blur", "is_said"), [(5, True), (0, False)])
def test_the_list_of_documents_says_which_to_check(client, blur, is_said):
    order = make_order()
    client.cookies["django_language"] = "en"
    client = sign_in(client, order.owner)

    send(client, order, "subject_id", sheet_on_a_table(blur=blur))
    html = client.get(reverse("documents", args=[order.reference])).content.decode()

    assert "1 of 4 ready" in html
    assert ("Ready, but look" in html) is is_said


def test_a_sender_by_phone_reads_it_there_without_seeing_the_picture(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    agree(order, "subject_id")

    send_by_phone(mobile, token, file=SimpleUploadedFile("a.jpg", sheet_on_a_table(blur=5), content_type="image/jpeg"))
    examine(Document.objects.get().pk)
    html = mobile.get(page_of(token)).content.decode()

    assert "Hold the phone still and tap the screen to focus" in html
    assert "<img" not in html.partition("<main")[2]
