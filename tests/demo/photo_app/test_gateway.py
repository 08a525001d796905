"""The demo's app: a page takes drawn photos, a code belongs to its mobile, and some codes cause failures."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from demo.photo_app import file_inbox
from demo.photo_app.gateway import TRICKS, PageApp
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.photo_app import fake
from icpportal.gateways.photo_app.base import is_there, photo_app
from verification.documents.actions import check
from verification.documents.upload_messages import UploadRefused

CHEN, LIN = "13900000002", "13900000001"


class Upload:
    name, size = "photo.jpg", None

    def __init__(self, content):
        self.content = content

    def read(self, num_bytes=-1, /):
        return self.content


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


def test_a_code_shows_the_photo_to_its_own_mobile_only():
    code = file_inbox.put(CHEN)

    assert Image.open(io.BytesIO(PageApp().picture(code, CHEN))).size == (900, 1200)
    assert PageApp().picture(code, LIN) is None
    assert PageApp().picture("ZZZZ99", CHEN) is None


@pytest.mark.parametrize("code", ["../../AB", "*", "AB12CD.0002"])
def test_a_code_cannot_leave_the_folder(code):
    file_inbox.put(CHEN, code="AB12CD")

    assert PageApp().picture(code, CHEN) is None


def test_without_photos_nothing_is_found_and_the_check_passes():
    PageApp().check()

    assert PageApp().picture("AB12CD", CHEN) is None
    assert file_inbox.latest() == []


def test_codes_for_failures_cause_them(monkeypatch, settings):
    monkeypatch.setattr(fake, "STALL_SECONDS", 0)

    with pytest.raises(Refused):
        PageApp().picture("REFUSE", CHEN)
    for code in ("AWAY", "STALL"):
        with pytest.raises(Retryable):
            PageApp().picture(code, CHEN, timeout=1)
    with pytest.raises(UploadRefused):
        check("photo", Upload(PageApp().picture("NOISE", CHEN)))
    assert set(TRICKS) == {"REFUSE", "AWAY", "STALL", "NOISE"}
    assert all(4 <= len(code) <= 8 for code in TRICKS)


@pytest.mark.django_db
def test_the_page_takes_one_photo_per_press_and_shows_its_code(client):
    page = reverse("demo-photo-app")
    client.cookies["django_language"] = "en"

    empty = client.get(page).content.decode()
    sent = client.post(page, {"mobile": CHEN})
    html = client.get(page).content.decode()
    (photo,) = file_inbox.latest()

    assert "No photo has been taken yet." in empty
    assert sent.url == page
    assert photo.code in html
    assert "mobile ending in 0002" in html
    assert CHEN not in html
    assert PageApp().picture(photo.code, CHEN)


@pytest.mark.django_db
def test_the_page_requires_a_mobile(client):
    assert client.post(reverse("demo-photo-app"), {"mobile": "12"}).status_code == 200
    assert file_inbox.latest() == []


@pytest.mark.django_db
def test_the_page_does_not_exist_where_the_real_app_is_used(client, settings):
    page = reverse("demo-photo-app")
    settings.SIMULATORS = False

    assert client.get(page).status_code == 404
    assert client.post(page, {"mobile": CHEN}).status_code == 404
    assert file_inbox.latest() == []


def test_the_setting_names_the_gateway_or_none(settings):
    settings.PHOTO_APP_GATEWAY = "icpportal.gateways.photo_app.fake.Down"
    assert (is_there(), type(photo_app())) == (True, fake.Down)

    settings.PHOTO_APP_GATEWAY = ""
    assert not is_there()
