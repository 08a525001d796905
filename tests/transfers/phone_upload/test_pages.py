"""Pictures by phone: offered where the rules say "may", one phone for ten minutes, uploads and nothing else."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.transfers import states
from tests.transfers.builders import (
    make_order,
    make_place,
    make_ready_document,
    make_reason,
    make_reviewer,
    sign_in,
)
from tests.transfers.desk import agree, broken_file, fill_papers, photo_file
from tests.transfers.outside import cost
from transfers.documents import actions as paper_actions
from transfers.models import Order, OrderDocument
from transfers.review import actions as review
from verification import consents
from verification.documents.examination import examine
from verification.models import Document, PhoneUpload
from verification.phones import uploads

pytestmark = pytest.mark.django_db
BY_PHONE = {"documents": {"way": "phone"}}
WAITING = ">Waiting<"


def english(client):
    client.cookies["django_language"] = "en"
    return client


def by_phone(**columns):
    return make_order(**{"province": "44", "answers": BY_PHONE, **columns})


def code(client, order):
    """The owner creates a code; returns the secret in its address."""
    made = sign_in(english(client), order.owner).post(reverse("hand-off-make", args=[order.reference]))
    assert made.status_code == 302
    return made.url.rstrip("/").rpartition("/")[2]


def phone():
    return english(Client())


def page_of(token):
    return reverse("by-phone", args=[token])


def send(phone_client, token, slot="subject_id", side=1, **data):
    return phone_client.post(f"{page_of(token)}?slot={slot}&side={side}", data or {"file": photo_file()})


def age(minutes):
    for each in PhoneUpload.objects.all():
        each.expires_at -= timedelta(minutes=minutes)
        each.save()


def desk_page(client, order, token):
    return client.get(reverse("hand-off", args=[order.reference, token])).content.decode()


# --- where it is offered ---


@pytest.mark.parametrize(
    ("province", "everywhere", "offered"), [("44", False, True), ("64", False, False), ("64", True, True)]
)
def test_it_is_offered_where_the_province_or_the_provider_allows_it(client, settings, province, everywhere, offered):
    settings.PAPERS_BY_PHONE_EVERYWHERE = everywhere
    order = make_order(province=province)

    html = sign_in(client, order.owner).get(reverse("documents", args=[order.reference])).content.decode()

    assert ('name="way" value="phone"' in html) is offered


def test_it_can_be_chosen_but_is_never_required(client):
    order = make_order(province="44")
    hub = reverse("documents", args=[order.reference])
    sign_in(client, order.owner)

    assert "hand-off-offer" not in client.get(hub).content.decode()
    client.post(hub, {"way": "phone"})
    assert "hand-off-offer" in client.get(hub).content.decode()
    assert client.post(reverse("slot", args=[order.reference, "subject_id"]), {"file": photo_file()}).status_code == 302
    assert OrderDocument.objects.count() == 1


def test_the_letter_of_commitment_is_required_only_with_phone_upload(client):
    order = make_order(province="44")
    hub = reverse("documents", args=[order.reference])
    letter = reverse("slot", args=[order.reference, "commitment"])
    sign_in(client, order.owner)

    before = client.get(hub).content.decode()
    client.post(hub, {"way": "phone"})
    after = client.get(hub).content.decode()
    client.post(hub, {"way": "upload"})
    back = client.get(hub).content.decode()

    assert [letter in html for html in (before, after, back)] == [False, True, False]


def test_the_letter_of_commitment_is_named_with_its_form_before_the_way_is_chosen_and_on_its_own_page(client):
    order, elsewhere = make_order(province="44"), make_order(province="12")
    sign_in(client, order.owner)

    hub = client.get(reverse("documents", args=[order.reference]), headers={"accept-language": "en"}).content.decode()
    client.post(reverse("documents", args=[order.reference]), {"way": "phone"})
    slot = client.get(reverse("slot", args=[order.reference, "commitment"]), headers={"accept-language": "en"})

    before_the_choice = hub.partition('class="paper-way"')[2].partition("</form>")[0]
    assert "your province also requires a letter of commitment" in before_the_choice
    link = 'href="http://www.miitbeian.gov.cn/"'
    assert (link in before_the_choice, link in slot.content.decode()) == (True, True)
    sign_in(client, elsewhere.owner)
    assert "letter of commitment" not in client.get(reverse("documents", args=[elsewhere.reference])).content.decode()


def test_the_start_list_names_the_letter_of_commitment_where_one_way_of_sending_requires_it(client):
    lists = {
        code: client.get(reverse("start"), {"province": code}, headers={"accept-language": "en"}).content.decode()
        for code in ("44", "12")
    }

    assert ["Only if you send the documents by phone" in lists[code] for code in ("44", "12")] == [True, False]


def test_the_way_can_be_chosen_again_after_a_return(client):
    order = by_phone(state=states.RETURNED)
    hub = reverse("documents", args=[order.reference])
    sign_in(client, order.owner)

    html = client.get(hub).content.decode()
    client.post(hub, {"way": "upload"})

    assert 'name="way" value="upload"' in html
    assert Order.objects.get().answer("documents") == {"way": "upload"}


def test_choosing_to_upload_here_ends_the_code(client):
    order = by_phone()
    token = code(client, order)

    client.post(reverse("documents", args=[order.reference]), {"way": "upload"})

    assert phone().get(page_of(token)).status_code == 404


@pytest.mark.parametrize(
    ("columns"), [{"answers": {}}, {"province": "64"}, {"state": states.SUBMITTED}, {"state": states.APPROVED}]
)
def test_no_code_is_created_where_nothing_is_needed_by_phone(client, columns):
    order = by_phone(**columns)

    sign_in(client, order.owner).post(reverse("hand-off-make", args=[order.reference]))

    assert PhoneUpload.objects.count() == 0


# --- the phone ---


def test_the_phone_sends_a_picture_into_the_slot_without_signing_in(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()

    mobile.get(page_of(token))
    answer = send(mobile, token)

    paper = OrderDocument.objects.get()
    assert answer.url == f"{page_of(token)}#slot-subject_id-1"
    assert (paper.order, paper.slot, paper.document.holder) == (order, "subject_id", order.reference)
    assert "session" not in mobile.cookies


def test_the_page_names_what_is_needed_and_shows_no_picture_and_no_complete_name(client):
    order = by_phone()
    fill_papers(order)
    token = code(client, order)

    html = phone().get(page_of(token)).content.decode()

    keys = re.findall(r'data-slot="(\w+)"', html)
    assert keys == ["lead_id", "admin_id", "subject_id", "statement", "commitment"]
    assert "林**" in html or "林*" in html
    for secret in ("林示范", "陈样例", "649999198502140009", "13900000001", order.domain, "<img", "/documents/"):
        assert secret not in html


def test_a_persons_consent_comes_before_that_persons_paper(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))

    early = send(mobile, token, "lead_id").content.decode()
    unticked = send(mobile, token, "lead_id", consent="1").content.decode()
    assert OrderDocument.objects.count() == 0
    send(mobile, token, "lead_id", consent="1", agree="on")
    taken = send(mobile, token, "lead_id", 2)

    assert "Tick the box to give consent, so that you can upload documents" in early
    assert "Tick the box to give consent, so that you can upload documents" in unticked
    assert taken.status_code == 302
    assert [(paper.slot, paper.side) for paper in OrderDocument.objects.all()] == [("lead_id", 2)]
    assert len(consents.active_consents(order.reference)) == 1


def test_the_second_phone_is_told_so_and_sends_nothing(client):
    order = by_phone()
    token = code(client, order)
    phone().get(page_of(token))
    second = phone()

    seen, sent = second.get(page_of(token)), send(second, token)

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert "This code is in use on another phone" in seen.content.decode()
    assert OrderDocument.objects.count() == 0


def test_a_prefetched_page_does_not_count_as_the_first_phone(client):
    token = code(client, by_phone())

    phone().get(page_of(token), headers={"Sec-Purpose": "prefetch;prerender"})

    assert phone().get(page_of(token)).status_code == 200


def test_after_ten_minutes_the_phone_is_told_what_to_do(client):
    token = code(client, by_phone())
    mobile = phone()
    mobile.get(page_of(token))
    age(10)

    seen, sent = mobile.get(page_of(token)), send(mobile, token)

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert "The QR code has expired: refresh the page and scan again" in seen.content.decode()
    assert OrderDocument.objects.count() == 0


def test_a_page_ended_by_the_owner_accepts_nothing_any_more(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))

    ended = client.post(reverse("hand-off-end", args=[order.reference]))

    assert ended.url == reverse("documents", args=[order.reference])
    assert send(mobile, token).status_code == 404
    assert OrderDocument.objects.count() == 0


def test_a_picture_being_sent_when_the_owner_ends_the_code_is_not_kept(client, monkeypatch):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    quarantine = paper_actions.quarantine

    def slowly(**sent):
        uploads.end(holder=order.reference)
        return quarantine(**sent)

    monkeypatch.setattr(paper_actions, "quarantine", slowly)

    answer = send(mobile, token)

    assert "Ask for a new code" in mobile.get(answer.url).content.decode() or mobile.get(answer.url).status_code == 404
    assert OrderDocument.objects.count() == 0
    assert [each.retired_at is None for each in Document.objects.all()] == [False]


def test_a_picture_received_in_time_counts_though_it_was_stored_later(client, monkeypatch):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    quarantine = paper_actions.quarantine

    def slowly(**sent):
        age(10)
        return quarantine(**sent)

    monkeypatch.setattr(paper_actions, "quarantine", slowly)

    assert send(mobile, token).status_code == 302
    assert OrderDocument.objects.get(order=order).retired_at is None


def test_the_phone_is_told_that_a_replacement_does_not_open_and_the_earlier_picture_is_kept(client):
    order = by_phone()
    token = code(client, order)
    mobile = english(phone())
    mobile.get(page_of(token))
    make_ready_document(order, "subject_id")

    send(mobile, token, file=broken_file())
    examine(Document.objects.get(state="checking").pk)

    page = mobile.get(page_of(token)).text
    assert "The picture does not open: take it again. The earlier picture is kept" in page


def test_an_invented_code_opens_nothing(client):
    by_phone()

    assert phone().get(page_of("A" * 32)).status_code == 404


def test_two_tabs_make_one_valid_code_the_newer(client):
    order = by_phone()
    first, second = code(client, order), code(client, order)

    assert phone().get(page_of(first)).status_code == 404
    assert phone().get(page_of(second)).status_code == 200
    assert 'data-state="over"' in desk_page(client, order, first)


@pytest.mark.parametrize("slot", ["domain_cert", "photo", "nonsense"])
def test_a_slot_this_order_does_not_need_is_not_found(client, slot):
    token = code(client, by_phone())
    mobile = phone()
    mobile.get(page_of(token))

    assert send(mobile, token, slot).status_code == 404
    assert send(mobile, token, "subject_id", 2).status_code == 404
    assert OrderDocument.objects.count() == 0


def test_in_a_returned_order_only_open_parts_can_be_sent(client):
    order = by_phone()
    fill_papers(order)
    Order.objects.filter(pk=order.pk).update(state=states.RETURNED, entered_at=timezone.now())
    order.events.create(move="send_back", from_state=states.SUBMITTED, to_state=states.RETURNED, by="reviewer")
    OrderDocument.objects.update(added_at=timezone.now() - timedelta(hours=1))
    OrderDocument.objects.filter(slot="statement").update(retired_at=timezone.now())
    token = code(client, order)
    mobile = phone()

    html = mobile.get(page_of(token)).content.decode()

    assert re.findall(r'data-slot="(\w+)"', html) == ["statement"]
    assert send(mobile, token, "subject_id").status_code == 404
    assert send(mobile, token, "statement").status_code == 302


def test_a_file_that_is_too_big_is_refused_with_advice(client, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    token = code(client, by_phone())
    mobile = phone()
    mobile.get(page_of(token))
    big = SimpleUploadedFile("a.jpg", photo_file().read() + b"\0" * 1024 * 1024, content_type="image/jpeg")

    answer = send(mobile, token, file=big)

    assert "Larger than 1 MB: make it smaller or take it again" in answer.content.decode()
    assert OrderDocument.objects.count() == 0


def test_once_the_order_is_submitted_the_phone_has_nothing_to_do(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    Order.objects.update(state=states.SUBMITTED)

    assert mobile.get(page_of(token)).status_code == 404
    assert send(mobile, token).status_code == 404


def test_the_cookie_belongs_to_the_page(client):
    token = code(client, by_phone())
    mobile = phone()

    cookie = mobile.get(page_of(token)).cookies["hand_off"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (page_of(token), True, "Lax")
    assert cookie["max-age"] == 600
    assert token not in cookie.value


# --- the computer ---


def test_the_computer_shows_the_code_then_the_phone_then_the_pictures(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()

    waiting = desk_page(client, order, token)
    mobile.get(page_of(token))
    connected = desk_page(client, order, token)
    send(mobile, token)
    arrived = desk_page(client, order, token)
    age(10)
    over = desk_page(client, order, token)

    assert [
        re.search(r'id="hand-off" data-state="(\w+)"', html)[1] for html in (waiting, connected, arrived, over)
    ] == [
        "waiting",
        "connected",
        "connected",
        "over",
    ]
    assert "code.svg" in waiting
    assert "code.svg" not in connected
    assert WAITING in arrived
    assert WAITING not in connected
    polls = [re.search(r'data-poll="([^"]+)"', html)[1] for html in (waiting, connected, arrived)]
    assert len(set(polls)) == 3
    assert "data-poll" not in over


def test_the_code_is_an_image_of_its_own_address_only_for_its_owner(client):
    order = by_phone()
    token = code(client, order)
    url = reverse("hand-off-code", args=[order.reference, token])

    mine = client.get(url)
    strangers = sign_in(Client(), by_phone().owner).get(url)
    nobody = Client().get(url)

    assert (mine.status_code, mine["Content-Type"]) == (200, "image/svg+xml")
    assert mine["Cache-Control"] == "private, no-store"
    assert b"<svg" in mine.content
    assert b"style=" not in mine.content
    assert (strangers.status_code, nobody.status_code) == (404, 302)


@pytest.mark.parametrize("name", ["hand-off", "hand-off-panel", "hand-off-code"])
def test_a_strangers_order_is_not_found(client, name):
    order = by_phone()
    token = code(client, order)
    stranger = sign_in(Client(), by_phone().owner)

    assert stranger.get(reverse(name, args=[order.reference, token])).status_code == 404
    assert stranger.post(reverse("hand-off-make", args=[order.reference])).status_code == 404
    assert stranger.post(reverse("hand-off-end", args=[order.reference])).status_code == 404
    assert PhoneUpload.objects.get().ended_at is None


def test_a_code_of_another_order_shows_nothing_here(client):
    order, mine = by_phone(), by_phone()
    token = code(client, order)
    sign_in(client, mine.owner)

    assert client.get(reverse("hand-off-code", args=[mine.reference, token])).status_code == 404
    assert 'data-state="over"' in desk_page(client, mine, token)


# --- the photo ---


def test_the_photo_step_accepts_its_picture_in_the_same_way(client):
    order = by_phone(state=states.PHOTO_DUE, answers={})
    photo_page = reverse("photo", args=[order.reference])
    token = code(client, order)
    mobile = phone()

    html = mobile.get(page_of(token)).content.decode()
    small = send(mobile, token, "photo", file=photo_file(width=700, height=500)).content.decode()
    send(mobile, token, "photo")

    assert "hand-off-offer" in client.get(photo_page).content.decode()
    assert "陈" in html
    assert "陈样例" not in html
    assert "Smaller than 800 × 600: move closer and take it again" in small
    assert [(paper.slot, paper.document.kind) for paper in OrderDocument.objects.all()] == [("photo", "photo")]
    assert WAITING in desk_page(client, order, token)


def test_a_code_for_papers_does_not_open_the_photo_step(client):
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    Order.objects.update(state=states.PHOTO_DUE)

    assert mobile.get(page_of(token)).status_code == 404


@pytest.mark.parametrize("province", ["64", "31"])
def test_the_photo_comes_by_phone_only_where_phone_upload_is_allowed(client, province):
    order = make_order(state=states.PHOTO_DUE, province=province)

    html = sign_in(client, order.owner).get(reverse("photo", args=[order.reference])).content.decode()

    assert "hand-off-offer" not in html


@pytest.mark.parametrize(
    ("province", "profile", "way"),
    [
        ("64", "seed-2018", {"photo_way": "backdrop"}),
        ("64", "seed-2018", {"photo_way": "place"}),
        ("64", "current-2020", {"photo_way": "plain"}),
        ("31", "seed-2018", {"photo_way": "shanghai_app", "sh_code": "AB12CD"}),
    ],
)
def test_a_photo_sent_by_phone_can_be_submitted_in_every_way(client, settings, province, profile, way):
    settings.PAPERS_BY_PHONE_EVERYWHERE, settings.PHOTO_APP_GATEWAY = True, ""
    place = make_place()
    order = make_order(state=states.PHOTO_DUE, province=province, rule_profile=profile)
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    send(mobile, token, "photo")
    Document.objects.update(state="ready", stored_name="photo.jpg", preview_name="small.jpg")

    extra = {"place": place.pk} if way["photo_way"] == "place" else {}
    sent = client.post(reverse("photo", args=[order.reference]), {**way, **extra, "photo_confirm": "on", "send": "1"})

    assert sent.url == order.get_absolute_url()
    assert Order.objects.get(pk=order.pk).photo_way == way["photo_way"]
    assert mobile.get(page_of(token)).status_code == 404


def test_where_the_photo_is_fetched_from_the_app_no_phone_uploads_one(client, settings):
    settings.PAPERS_BY_PHONE_EVERYWHERE = True
    settings.PHOTO_APP_GATEWAY = "icpportal.gateways.photo_app.fake.FakeApp"
    order = make_order(state=states.PHOTO_DUE, province="31")

    made = sign_in(english(client), order.owner).post(reverse("hand-off-make", args=[order.reference]))

    assert made.url == order.get_absolute_url()
    assert not PhoneUpload.objects.exists()


def test_a_photo_refused_by_a_reviewer_can_be_sent_by_phone_again(client):
    order = by_phone(state=states.PHOTO_REVIEW, answers={})
    make_ready_document(order, "photo")
    review.refuse_photo(order, make_reviewer(), [review.ReturnedField("photo", make_reason("photo_clothes"))])
    token = code(client, order)

    html = phone().get(page_of(token)).content.decode()

    assert "Not uploaded" in html
    assert "Ready" not in html


# --- what it costs, and what is written down ---


def test_it_takes_few_queries(client):
    order = by_phone()
    agree(order, "lead_id")
    agree(order, "admin_id")
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))

    one = cost(lambda: mobile.get(page_of(token)))
    fill_papers(order)
    make_ready_document(order, "statement", side=2)
    make_ready_document(order, "statement", side=3)
    many = cost(lambda: mobile.get(page_of(token)))

    assert many == one <= 9
    assert cost(lambda: desk_page(client, order, token)) <= 16


def test_the_secret_is_not_in_the_log(client, caplog):
    caplog.set_level("INFO")
    order = by_phone()
    token = code(client, order)
    mobile = phone()
    mobile.get(page_of(token))
    send(mobile, token)
    desk_page(client, order, token)

    written = [record.getMessage() + str(record.__dict__.get("route", "")) for record in caplog.records]

    assert written
    assert not [line for line in written if token in line]
