"""Step 5: slots by rule, a consent box per person, checking → ready, what a stranger sees (nothing)."""

import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml.html import fromstring as html_of
from PIL import Image

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.codes import limits
from icpportal.codes.models import Allowance
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_lead_reviewer,
    make_order,
    make_ready_document,
    make_reason,
    make_reviewer,
    make_user,
    sign_in,
    type_answers,
    website_answers,
)
from tests.transfers.desk import agree, broken_file, fill_papers, make_complete, photo_file
from tests.transfers.outside import cost
from transfers.check import readiness
from transfers.models import FieldVerdict, Order, OrderDocument, ReviewRound
from verification.documents import actions
from verification.documents.examination import examine
from verification.documents.upload_messages import UploadRefused
from verification.models import Consent, Document

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"X-Requested-With": "fetch"}
EMPTY = 'slot-reason">The file is empty'
SPOILT = "The picture does not open: take it again. The earlier picture is kept"


def hub_of(order):
    return reverse("documents", args=[order.reference])


def slot_of(order, slot, side=0):
    return reverse("slot", args=[order.reference, slot]) + (f"?side={side}" if side else "")


def english(client, user):
    client.cookies["django_language"] = "en"
    User.objects.filter(pk=user.pk).update(language="en")
    return sign_in(client, user)


def press(client, order, slot, side, name):
    """Presses a button under a picture, on the page as it is now."""
    (value,) = re.findall(
        rf'side={side}".*?name="{name}" value="([^"]+)"', client.get(slot_of(order, slot)).text, re.S
    )[:1]
    return client.post(slot_of(order, slot, side), {name: value})


def rows(html):
    """The rows of the hub, as text."""
    found = re.findall(r'<li class="slot slot-row.*?</li>(?=\s*(?:<li class="slot|</ul>))', html, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def filled(html):
    """The number of primary buttons."""
    return len(re.findall(r'class="button"', html.partition("<main")[2]))


def titles(html):
    return [re.sub(r"<[^>]+>", "", each).strip() for each in re.findall(r"<h3>(.*?)</h3>", html, re.DOTALL)]


def returned(order, *parts, words=""):
    """The order was just returned with these parts named."""
    Order.objects.filter(pk=order.pk).update(state=states.RETURNED, entered_at=timezone.now())
    order.refresh_from_db()
    order.events.create(move="send_back", from_state=states.SUBMITTED, to_state=states.RETURNED, by="reviewer")
    round_ = ReviewRound.objects.create(
        order=order, number=1, reviewer=make_reviewer(), decision="send_back", decided_at=timezone.now()
    )
    for part in parts:
        FieldVerdict.objects.create(round=round_, field=part, verdict="return", reason=make_reason(), words=words)
    return order


def test_an_individual_is_not_told_about_a_seal(client):
    nature = {"type": type_answers(nature="individual", id_type="2", id_number="649999198502140009", name="林示范")}
    order = make_order(answers={**nature, "administrator": {"same_person": "yes"}})

    pages = [
        english(client, order.owner).get(url).content.decode() for url in (hub_of(order), slot_of(order, "statement"))
    ]

    assert ["Signed by you" in page for page in pages] == [True, True]
    of_seals = ("with the organisation", "organisations add", "add the organisation", "seal is missing", "seal where")
    assert [words for page in pages for words in of_seals if words in page] == []


def test_a_passport_is_one_page_and_its_slot_says_which(client):
    people = administrator_answers(admin_name="Ann Example", admin_id_type="7", admin_id_number="E00000000")
    order = make_order(answers={"administrator": people})
    agree(order, "lead_id")
    agree(order, "admin_id")
    slot = english(client, order.owner).get(slot_of(order, "admin_id")).content.decode()
    make_ready_document(order, "admin_id")
    make_ready_document(order, "lead_id")

    of_lead, of_administrator, *_rest = rows(client.get(hub_of(order)).content.decode())

    assert ["Page with the photo" in slot, "admin_id-2" in slot] == [True, False]
    assert "Still needed: back" in of_lead
    assert ["front, back" in of_administrator, "View" in of_administrator] == [False, True]


@pytest.mark.parametrize(
    ("slot", "badges"),
    [("statement", ["Ready", "Only if there is one"]), ("lead_id", ["Ready", "Not uploaded"])],
)
def test_after_its_first_page_a_document_is_asked_for_another_only_where_one_is_needed(client, slot, badges):
    """The second page of a statement was called not uploaded, like the back of an ID card."""
    order = make_order()
    make_ready_document(order, slot)
    agree(order, slot)

    page = html_of(english(client, order.owner).get(slot_of(order, slot)).content.decode())

    assert [each.text_content().strip() for each in page.xpath("//p[@class='slot-state']")] == badges


# --- which slots -----------------------------------------------------------------------------


def test_an_organisation_sees_four_slots_and_how_many_are_ready(client):
    order = make_order()
    for side in (1, 2):
        make_ready_document(order, "lead_id", side=side)
    agree(order, "lead_id")

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    assert titles(html) == [
        "Subject lead&#x27;s document",
        "Website administrator&#x27;s document",
        "Subject&#x27;s document",
        "Authenticity statement",
    ]
    assert "1 of 4 ready" in html


def test_the_hub_lists_papers_by_owner_with_their_state_and_one_primary_button(client):
    order = make_order()
    for side in (1, 2):
        make_ready_document(order, "lead_id", side=side)
    make_ready_document(order, "admin_id", side=1)
    make_ready_document(order, "subject_id")
    Document.objects.filter(kind="subject_id").update(state="refused", reason="file_broken")
    for slot in ("lead_id", "admin_id"):
        agree(order, slot)

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    groups = re.findall(r'<h2 id="group-\d">(.*?)</h2>', html, re.DOTALL)
    assert [re.sub(r"<[^>]+>", "", each).strip() for each in groups] == [
        "Subject lead 林*范",
        "Website administrator 陈*例",
        "The subject 宁夏示例纸业有限公司",
        f"This filing {order.domain}",
    ]
    lead, admin, subject, statement = rows(html)
    assert "Ready View" in lead
    assert "Not uploaded Still needed: back" in admin
    assert "Upload again The picture does not open: take it again" in subject
    assert "Download the statement" in statement
    assert "1 of 4 ready" in html
    assert "3 left" in html
    assert filled(html) == 1


def test_once_everything_is_ready_the_primary_button_leads_on(client):
    order = make_order()
    fill_papers(order)

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    assert f'<a class="button" href="{reverse("check", args=[order.reference])}">' in html
    assert "still missing" not in html
    assert filled(html) == 1


def test_a_paper_shows_one_right_and_several_wrong_pictures_and_one_primary_button(client):
    order = make_order()
    agree(order, "lead_id")

    html = english(client, order.owner).get(slot_of(order, "lead_id")).content.decode()

    assert html.count('<span class="sr">Right: </span>') == 1
    assert html.count('<span class="sr">Wrong: </span>') >= 2
    assert html.count('type="file"') == 2
    assert filled(html) == 1


def test_what_is_wrong_with_a_side_is_set_apart_from_its_name(client):
    order = make_order()
    for side in (1, 2):
        make_ready_document(order, "lead_id", side=side)
    front = order.papers.get(slot="lead_id", side=1)
    Document.objects.filter(pk=front.document_id).update(state="refused", reason="file_broken")

    lead = rows(english(client, order.owner).get(hub_of(order)).content.decode())[0]

    assert "Front · The picture does not open: take it again" in lead


def test_a_sideways_picture_is_rotated_after_upload(client):
    order = make_order()
    client = english(client, order.owner)
    client.post(slot_of(order, "subject_id", 1), {"file": photo_file(width=900, height=700)})
    examine(Document.objects.get().pk)

    press(client, order, "subject_id", 1, "turn")
    turned = Document.objects.get(state="checking")
    examine(turned.pk)

    turned.refresh_from_db()
    assert (turned.state, turned.width, turned.height) == ("ready", 700, 900)
    assert [paper.document for paper in OrderDocument.objects.filter(retired_at=None)] == [turned]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_page_shows_and_rotates_a_picture_in_the_format_it_came_in(client, kind: str):
    order = make_order()
    client = english(client, order.owner)
    target = io.BytesIO()
    Image.new("L", (900, 700), 200).save(target, kind)
    sent = SimpleUploadedFile(f"page.{kind.lower()}", target.getvalue(), content_type="text/plain")

    client.post(slot_of(order, "statement", 1), {"file": sent})
    examine(Document.objects.get().pk)
    press(client, order, "statement", 1, "turn")
    turned = Document.objects.get(state="checking")
    examine(turned.pk)
    address = reverse("document", args=[turned.reference])
    whole, small = client.get(address), client.get(f"{address}?preview")

    shown = Image.open(io.BytesIO(b"".join(whole.streaming_content)))
    assert (whole["Content-Type"], small["Content-Type"]) == (f"image/{kind.lower()}", "image/jpeg")
    assert (shown.format, shown.size) == (kind, (700, 900))


def test_rotating_an_outdated_statement_does_not_make_it_valid(client):
    order = make_order()
    client = english(client, order.owner)
    client.post(slot_of(order, "statement", 1), {"file": photo_file()})
    examine(Document.objects.get().pk)
    order.answers = {**order.answers, "website": website_answers(order.domain, site_name="示例新名称")}
    order.save(update_fields=["answers"])

    press(client, order, "statement", 1, "turn")
    examine(Document.objects.get(state="checking").pk)

    assert "paper.statement" in [gap.part for gap in readiness.gaps(order)]


def test_one_person_for_both_has_no_second_document(client):
    order = make_order(answers={"administrator": {**administrator_answers(), "same_person": "yes"}})

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    assert len(titles(html)) == 3


def test_other_papers_are_named_where_the_province_asks_for_them(client):
    order = make_order()
    Order.objects.filter(pk=order.pk).update(province="23")
    client = english(client, order.owner)

    listed = client.get(hub_of(order)).content.decode()
    page = client.get(slot_of(order, "other")).content.decode()

    assert "Phone bills of the last three months for each number in the filing" in listed
    assert "Phone bills of the last three months for each number in the filing" in page
    assert client.get(slot_of(make_order(order.owner), "other")).status_code == 404


def test_where_the_province_requires_the_domains_certificate_the_page_says_where_to_get_it(client):
    order = make_order()
    client = english(client, order.owner)
    assert "Domain certificate" not in titles(client.get(hub_of(order)).content.decode())
    Order.objects.filter(pk=order.pk).update(province="32")

    assert "Domain certificate" in titles(client.get(hub_of(order)).content.decode())
    assert "Get it from your domain&#x27;s registrar" in client.get(slot_of(order, "domain_cert")).content.decode()
    client.post(slot_of(order, "domain_cert"), {"file": photo_file()})
    assert OrderDocument.objects.get().slot == "domain_cert"


def test_the_page_says_that_scans_and_photos_are_accepted_and_links_to_the_sheet(client):
    order = make_order()

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    assert "Colour scan or photo of the original, still valid" in html
    assert reverse("statement", args=[order.reference]) in html
    assert "Print it, sign with a black pen" in html


def test_the_signed_sheet_is_uploaded_where_the_empty_one_was_downloaded(client):
    order = make_order()
    client = english(client, order.owner)

    page = client.get(slot_of(order, "statement")).content.decode()
    client.post(slot_of(order, "statement", 1), {"file": photo_file()})

    assert reverse("statement", args=[order.reference]) in page
    assert [(paper.slot, paper.side) for paper in OrderDocument.objects.all()] == [("statement", 1)]


def test_the_sheet_of_a_province_says_what_it_requires_beside_the_signature(client):
    order = make_order(province="44")

    page = english(client, order.owner).get(slot_of(order, "statement")).content.decode()

    assert "The province has a form of its own." in page
    assert "Write the pledge by hand" not in page, "that is for individuals"


def test_papers_by_phone_require_a_letter_of_commitment_once_chosen(client):
    order = make_order(province="44")
    client = english(client, order.owner)
    before = titles(client.get(hub_of(order)).content.decode())

    answer = client.post(hub_of(order), {"way": "phone"})

    assert answer.url == hub_of(order)
    assert set(titles(client.get(hub_of(order)).content.decode())) - set(before) == {"Letter of commitment"}


def test_where_papers_are_only_uploaded_no_choice_is_offered(client):
    order = make_order(province="64")

    html = english(client, order.owner).get(hub_of(order)).content.decode()

    assert 'name="way"' not in html


def test_before_the_details_are_complete_the_hub_redirects_to_them(client):
    order = make_order(steps=("service_code",))

    answer = sign_in(client, order.owner).get(hub_of(order))

    assert answer.url == reverse("people", args=[order.reference])


@pytest.mark.parametrize("slot", ["letter", "domain_cert", "nonsense", "photo"])
def test_a_slot_that_is_not_needed_does_not_exist(client, slot):
    order = make_order()

    assert sign_in(client, order.owner).get(slot_of(order, slot)).status_code == 404
    assert sign_in(client, order.owner).post(slot_of(order, slot), {"file": photo_file()}).status_code == 404
    assert Document.objects.count() == 0


# --- the box of each person ------------------------------------------------------------------


def test_the_first_paper_of_each_person_needs_an_unticked_box_to_be_ticked(client):
    order = make_order()
    client = english(client, order.owner)

    html = client.get(slot_of(order, "lead_id")).content.decode()
    refused = client.post(slot_of(order, "lead_id", 1), {"file": photo_file()})

    box = re.search(r'<input type="checkbox"[^>]*>', html)[0]
    assert 'name="agree"' in box
    assert "checked" not in box
    assert "Tick the box to give consent, so that you can upload documents" in refused.content.decode()
    assert Document.objects.count() == 0


def test_a_consent_stores_text_time_and_person_and_opens_only_that_persons_papers(client):
    order = make_order()
    client = english(client, order.owner)
    begun = timezone.now()

    client.post(slot_of(order, "lead_id"), {"consent": "1", "agree": "on"})

    given = Consent.objects.get()
    assert (given.holder, given.version, given.language) == (order.reference, "2026-11", "en")
    assert begun <= given.given_at <= timezone.now()
    assert 'name="agree"' not in client.get(slot_of(order, "lead_id")).content.decode()
    assert 'name="agree"' in client.get(slot_of(order, "admin_id")).content.decode()


def test_pressing_without_the_tick_gives_no_consent(client):
    order = make_order()

    answer = english(client, order.owner).post(slot_of(order, "lead_id"), {"consent": "1"})

    assert "Tick the box to give consent, so that you can upload documents" in answer.content.decode()
    assert Consent.objects.count() == 0


def test_papers_of_the_subject_need_no_consent(client):
    order = make_order()

    answer = sign_in(client, order.owner).post(slot_of(order, "subject_id", 1), {"file": photo_file()})

    assert answer.url == slot_of(order, "subject_id")
    assert Document.objects.get().state == "checking"


# --- checking → ready / try again ------------------------------------------------------------


def test_a_picture_being_checked_has_a_refresh_link_and_nothing_to_see(client):
    order = make_order()
    client = english(client, order.owner)
    client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})

    html = client.get(slot_of(order, "subject_id")).content.decode()

    assert "Checking" in html
    assert f'href="{slot_of(order, "subject_id")}"' in re.search(r'<a class="slot-refresh"[^>]*>', html)[0]
    assert "<img" not in re.search(r'<section class="slot .*?</section>', html, re.S)[0]
    assert client.get(reverse("document", args=[Document.objects.get().reference])).status_code == 404


@pytest.mark.parametrize(
    ("state", "reason", "word", "sentence"),
    [
        ("ready", "", "Ready", ""),
        ("refused", "file_broken", "Upload again", "The picture does not open: take it again"),
        ("checking", "scanner_wait", "Checking", "We have the file. You can submit when the check service is back"),
    ],
)
def test_each_result_of_checking_is_explained(client, state, reason, word, sentence):
    order = make_order()
    make_ready_document(order, "subject_id")
    Document.objects.update(state=state, reason=reason)

    html = english(client, order.owner).get(slot_of(order, "subject_id")).content.decode()

    assert word in html
    assert sentence in html


def test_one_side_can_be_requested_by_itself(client):
    order = make_order()
    make_ready_document(order, "subject_id")

    html = english(client, order.owner).get(reverse("slot-fragment", args=[order.reference, "subject_id", 1]))

    assert html.content.decode().strip().startswith("<section")
    assert client.get(reverse("slot-fragment", args=[order.reference, "subject_id", 2])).status_code == 404
    assert client.get(reverse("slot-fragment", args=[order.reference, "photo", 1])).status_code == 200


def test_a_script_gets_a_side_only_when_its_picture_was_examined(client):
    order = make_order()
    document = make_ready_document(order, "subject_id")
    mine, side = english(client, order.owner), reverse("slot-fragment", args=[order.reference, "subject_id", 1])

    Document.objects.filter(pk=document.pk).update(state="checking")
    waiting = mine.get(side, headers=BY_SCRIPT)
    assert (waiting.status_code, waiting.content) == (204, b"")
    assert b"<section" in mine.get(side).content  # asked for without script

    Document.objects.filter(pk=document.pk).update(state="ready")
    assert b"<section" in mine.get(side, headers=BY_SCRIPT).content


def test_a_script_that_uploads_gets_the_sides_in_the_answer_and_nothing_else(client):
    order = make_order()
    agree(order, "lead_id")
    mine = english(client, order.owner)

    answer = mine.post(slot_of(order, "lead_id", 1), {"file": photo_file()}, headers=BY_SCRIPT)

    part = answer.content.decode()
    assert answer.status_code == 200
    assert re.findall(r'id="(slot-[a-z_]+-\d)"', part) == ["slot-lead_id-1", "slot-lead_id-2"]
    assert "Checking" in part
    assert "<h1" not in part
    assert OrderDocument.objects.get(order=order, retired_at=None).document.is_checking
    page = mine.get(slot_of(order, "lead_id")).content.decode()
    assert "Checking" in page
    assert "<h1" in page


def test_a_script_is_told_why_its_upload_was_refused_until_a_later_one_is_taken(client):
    order = make_order()
    mine, page = english(client, order.owner), slot_of(order, "subject_id")
    empty = SimpleUploadedFile("empty.jpg", b"", content_type="image/jpeg")

    refused = mine.post(slot_of(order, "subject_id", 1), {"file": empty}, headers=BY_SCRIPT, follow=True)
    assert EMPTY in refused.content.decode()
    assert EMPTY in mine.get(page).content.decode()

    mine.post(slot_of(order, "subject_id", 1), {"file": photo_file()}, headers=BY_SCRIPT)
    assert EMPTY not in mine.get(page).content.decode()


def test_a_script_that_uploads_without_consent_is_led_to_the_page_that_asks_for_it(client):
    order = make_order()
    mine = english(client, order.owner)

    answer = mine.post(slot_of(order, "lead_id", 1), {"file": photo_file()}, headers=BY_SCRIPT, follow=True)

    assert "<h1" in answer.content.decode()
    assert not OrderDocument.objects.filter(order=order).exists()


def test_a_script_gets_the_list_again_only_when_the_picture_of_its_row_was_examined(client):
    order = make_order()
    document, mine = make_ready_document(order, "subject_id"), english(client, order.owner)
    Document.objects.filter(pk=document.pk).update(state="checking")
    row = re.search(r'id="row-subject_id"[^>]*data-poll="([^"]+)"', mine.get(hub_of(order)).content.decode())[1]

    waiting = mine.get(row, headers=BY_SCRIPT)
    assert (waiting.status_code, waiting.content) == (204, b"")
    assert b'id="row-subject_id"' in mine.get(row).content  # opened without script
    assert b'id="row-subject_id"' in mine.get(hub_of(order), headers=BY_SCRIPT).content  # after an upload

    Document.objects.filter(pk=document.pk).update(state="refused", reason="unreadable")
    assert b'id="row-subject_id"' in mine.get(row, headers=BY_SCRIPT).content


def test_the_script_of_a_stranger_does_not_learn_that_a_picture_is_examined(client):
    order = make_order()
    document = make_ready_document(order, "subject_id")
    Document.objects.filter(pk=document.pk).update(state="checking")
    side = reverse("slot-fragment", args=[order.reference, "subject_id", 1])

    answer = english(client, make_user()).get(side, headers=BY_SCRIPT)

    assert answer.status_code == 404


@pytest.mark.parametrize("side", ["0", "2", "-1", "x", "²", "1e3"])
def test_a_missing_side_is_404(client, side):
    order = make_order()
    address = reverse("slot", args=[order.reference, "subject_id"])

    assert sign_in(client, order.owner).post(f"{address}?side={side}", {"file": photo_file()}).status_code == 404


def test_a_refused_file_says_what_to_do_and_keeps_the_page(client):
    order = make_order()

    answer = english(client, order.owner).post(slot_of(order, "subject_id", 1), {})

    assert answer.status_code == 200
    assert "No file was chosen: choose one, then upload it" in answer.content.decode()


def test_a_refused_file_leaves_the_good_picture_on_the_page_and_says_so(client):
    order = make_order()
    kept = make_ready_document(order, "subject_id")

    empty = SimpleUploadedFile("empty.jpg", b"", content_type="image/jpeg")
    answer = english(client, order.owner).post(slot_of(order, "subject_id", 1), {"file": empty})

    page = answer.content.decode()
    assert "The file is empty: choose another file. The earlier picture is kept" in page
    assert f"{reverse('document', args=[kept.reference])}?preview=1" in page
    assert OrderDocument.objects.filter(order=order, retired_at=None).count() == 1


def test_a_replacement_that_does_not_open_leaves_the_good_picture_in_its_slot_and_says_so(client):
    order = make_complete()
    good = order.papers.get(slot="subject_id").document
    client = english(client, order.owner)

    client.post(slot_of(order, "subject_id", 1), {"file": broken_file()})
    assert [gap.part for gap in readiness.gaps(order)] == ["paper.subject_id"], "not before it was read"
    examine(Document.objects.latest("created_at").pk)

    page, hub = (client.get(url(order)).content.decode() for url in (lambda each: slot_of(each, "subject_id"), hub_of))
    assert SPOILT in page
    assert SPOILT in next(row for row in rows(hub) if "Subject’s document" in row or "Subject&#x27;s document" in row)
    assert f"{reverse('document', args=[good.reference])}?preview=1" in page
    assert client.get(reverse("document", args=[good.reference])).status_code == 200
    assert readiness.gaps(order) == []
    press(client, order, "subject_id", 1, "remove")
    assert sorted(Document.objects.filter(kind="subject_id").values_list("state", flat=True)) == ["retired", "retired"]


def test_the_page_of_a_first_picture_does_not_ask_for_an_earlier_one(client):
    order = make_order()
    client = english(client, order.owner)
    client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})
    client.get(slot_of(order, "subject_id"))

    with CaptureQueriesContext(connection) as asked:
        page = client.get(slot_of(order, "subject_id")).text

    assert "Restore the earlier picture" not in page
    assert len([each for each in asked if 'FROM "transfers_orderdocument"' in each["sql"]]) == 1


def test_while_a_replacement_is_checked_the_earlier_picture_can_be_restored(client):
    order = make_order()
    good = make_ready_document(order, "subject_id")
    client = english(client, order.owner)
    client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})
    assert "Restore the earlier picture" in client.get(slot_of(order, "subject_id")).text

    press(client, order, "subject_id", 1, "remove")

    page = client.get(slot_of(order, "subject_id")).text
    assert f"{reverse('document', args=[good.reference])}?preview=1" in page
    assert "Restore the earlier picture" not in page


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("checking", "Authenticity statement is still being checked: wait a moment, then submit"),
        ("refused", "Authenticity statement · page 2: The picture does not open: take it again"),
    ],
)
@override("en")
def test_nothing_is_submitted_with_a_further_page_that_could_not_be_read_yet(client, state, said):
    order = make_complete()
    page = make_ready_document(order, "statement", side=2)
    OrderDocument.objects.filter(document=page).update(mark=order.papers.get(slot="statement", side=1).mark)
    Document.objects.filter(pk=page.pk).update(state=state, reason="file_broken" if state == "refused" else "")

    assert [gap.words for gap in readiness.gaps(order)] == [said]
    client = english(client, order.owner)
    press(client, order, "statement", 2, "remove")
    assert readiness.gaps(order) == []


def test_a_picture_can_be_removed_again(client):
    order = make_order()
    make_ready_document(order, "subject_id")

    press(sign_in(client, order.owner), order, "subject_id", 1, "remove")

    assert not OrderDocument.objects.filter(order=order, retired_at=None).exists()


@pytest.mark.parametrize("button", ["remove", "turn"])
def test_a_picture_that_came_in_since_by_another_window_is_neither_removed_nor_turned(client, button):
    order = make_order()
    seen = make_ready_document(order, "subject_id")
    client = english(client, order.owner)
    client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})
    newer = Document.objects.get(state="checking")
    examine(newer.pk)

    answer = client.post(slot_of(order, "subject_id", 1), {button: seen.reference}, follow=True)

    assert "Nothing was changed: this is no longer the picture that you saw" in answer.text
    assert list(OrderDocument.objects.filter(order=order, retired_at=None).values_list("document", flat=True)) == [
        newer.pk
    ]


def test_papers_of_a_submitted_order_cannot_be_changed(client):
    order = make_order(state=states.SUBMITTED)
    make_ready_document(order, "subject_id")
    client = sign_in(client, order.owner)

    for data in ({"file": photo_file()}, {"remove": "1"}):
        assert client.post(slot_of(order, "subject_id", 1), data).url == order.get_absolute_url()

    assert OrderDocument.objects.filter(order=order, retired_at=None).count() == 1


# --- the statement ---------------------------------------------------------------------------


def test_the_sheet_downloads_as_a_pdf_that_is_not_cached(client):
    order = make_order()

    answer = sign_in(client, order.owner).get(reverse("statement", args=[order.reference]))

    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'attachment; filename="statement-{order.reference}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"


def test_a_changed_answer_makes_a_signed_sheet_outdated(client):
    order = make_complete()
    Order.objects.filter(pk=order.pk).update(version=order.version)
    order.answers = {**order.answers, "website": website_answers(order.domain, site_name="示例新名称")}
    order.save(update_fields=["answers"])
    client = english(client, order.owner)

    gaps = [gap.part for gap in readiness.gaps(order)]
    html = client.get(slot_of(order, "statement")).content.decode()

    assert gaps == ["paper.statement"]
    assert "Your details have changed: download and sign the statement again" in html


# --- a returned order ------------------------------------------------------------------------


def test_only_the_named_paper_is_open_with_the_reason(client):
    order = make_complete()
    returned(order, "paper.subject_id", words="缺右下角")
    client = english(client, order.owner)

    page = client.get(slot_of(order, "subject_id")).content.decode()

    assert "Compare with the document character by character" in page
    assert "缺右下角" in page
    assert client.get(slot_of(order, "lead_id")).status_code == 404
    assert client.post(slot_of(order, "lead_id", 1), {"file": photo_file()}).status_code == 404


def test_an_outdated_paper_is_open_although_nobody_named_it(client):
    order = make_complete()
    returned(order, "website.site_name")
    order.answers = {**order.answers, "website": website_answers(order.domain, site_name="示例新名称")}
    order.save(update_fields=["answers"])
    client = english(client, order.owner)

    assert client.get(slot_of(order, "statement")).status_code == 200
    client.post(slot_of(order, "statement", 1), {"file": photo_file()})
    Document.objects.filter(state="checking").update(state="ready", stored_name="x")

    assert readiness.gaps(order) == []
    assert client.get(slot_of(order, "statement")).status_code == 200, "what was mended can be mended again"


def test_the_old_picture_is_shown_beside_the_new_one(client):
    order = make_complete()
    Order.objects.filter(pk=order.pk).update(submitted_at=timezone.now() + timedelta(seconds=1))
    old = order.papers.get(slot="subject_id").document
    returned(order, "paper.subject_id")
    client = english(client, order.owner)

    client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})
    html = client.get(slot_of(order, "subject_id")).content.decode()

    assert "The pictures our reviewer saw" in html
    assert reverse("document", args=[old.reference]) in html


def test_a_reviewer_can_request_another_paper(client):
    order = make_complete()
    returned(order, "paper.other", words="社保证明")
    client = english(client, order.owner)

    assert [gap.part for gap in readiness.gaps(order)] == ["paper.other"]
    page = client.get(slot_of(order, "other")).content.decode()

    assert "社保证明" in page
    assert page.count('type="file"') == 1
    client.post(slot_of(order, "other", 1), {"file": photo_file()})
    assert client.get(slot_of(order, "other")).content.decode().count('type="file"') == 2, "room for one more"


# --- strangers and staff ---------------------------------------------------------------------


def test_a_picture_is_shown_to_its_owner_and_case_workers_and_looks_of_staff_are_recorded(client):
    order = make_order(submitted_at=timezone.now())
    address = reverse("document", args=[make_ready_document(order, "subject_id").reference])
    reviewer, lead = make_reviewer(), make_lead_reviewer()

    assert sign_in(client, order.owner).get(address).status_code == 200
    assert AccessNote.objects.count() == 0
    assert sign_in(client, reviewer).get(address).status_code == 404
    Order.objects.filter(pk=order.pk).update(reviewer=reviewer, claimed_until=timezone.now() + timedelta(minutes=30))
    assert client.get(address).status_code == 200
    assert sign_in(client, lead).get(address).status_code == 200

    notes = AccessNote.objects.order_by("pk").values_list("actor", "what", "reference")
    assert list(notes) == [(user.pk, "order", order.reference) for user in (reviewer, lead)]


@pytest.mark.parametrize("held_roles", [("applicant",), (AUDITOR,), (OPERATIONS,)])
def test_a_stranger_an_auditor_and_operations_find_no_picture(client, held_roles):
    make_reviewer()  # creates the roles
    order = make_order()
    address = reverse("document", args=[make_ready_document(order, "subject_id").reference])
    other = make_user(held_roles=held_roles)
    make_ready_document(make_order(other), "subject_id")  # has papers of their own

    assert sign_in(client, other).get(address).status_code == 404
    assert AccessNote.objects.count() == 0


def test_a_strangers_pages_and_uploads_are_404(client):
    order = make_order()
    stranger = make_order().owner
    client = sign_in(client, stranger)
    pages = [hub_of(order), slot_of(order, "subject_id"), reverse("statement", args=[order.reference])]
    pages.append(reverse("slot-fragment", args=[order.reference, "subject_id", 1]))

    assert [client.get(page).status_code for page in pages] == [404] * 4
    assert client.post(slot_of(order, "subject_id", 1), {"file": photo_file()}).status_code == 404
    assert client.post(slot_of(order, "lead_id"), {"consent": "1", "agree": "on"}).status_code == 404
    assert (Document.objects.count(), Consent.objects.count()) == (0, 0)


# --- what it costs ---------------------------------------------------------------------------


def test_showing_and_uploading_take_few_queries(client):
    order = make_order()
    fill_papers(order)
    client = sign_in(client, order.owner)

    assert cost(lambda: client.get(hub_of(order))) <= 10
    assert cost(lambda: client.get(slot_of(order, "lead_id"))) <= 10
    assert cost(lambda: client.post(slot_of(order, "lead_id", 1), {"file": photo_file()})) <= 26


def test_a_returned_order_takes_no_more(client):
    order = make_complete()
    returned(order, "paper.subject_id", "website.site_name")
    client = sign_in(client, order.owner)

    assert cost(lambda: client.get(hub_of(order))) <= 10
    assert (
        cost(lambda: client.post(slot_of(order, "subject_id", 1), {"file": photo_file()})) <= 26
    )  # the first of a day


class Unread:
    """A picture of this size that must not be read."""

    name, size = "card.jpg", 3 * 1024 * 1024

    def read(self, *_most):
        raise AssertionError("it was read")


def test_an_order_and_an_account_have_daily_limits_of_pictures_and_megabytes_with_the_time_of_their_end(
    client, settings
):
    settings.LIMITS = {**settings.LIMITS, "uploads_order": (3, 86400), "uploads_account": (4, 86400)}
    owner = make_user()
    first, second = make_order(owner), make_order(owner, domain="example.net")
    english(client, owner)
    for order in (first, second):
        agree(order, "lead_id")

    def sends(order):
        page = client.post(slot_of(order, "lead_id", 1), {"file": photo_file()})
        return "in" if page.status_code == 302 else page.content.decode()

    with time_machine.travel("2026-11-24T04:00:00+00:00", tick=False):
        of_first = [sends(first) for _ in range(4)]
        of_second = [sends(second) for _ in range(2)]
        settings.LIMITS = {**settings.LIMITS, "upload_kilobytes_order": (2048, 86400)}
        with pytest.raises(UploadRefused) as heavy:
            actions.receive(kind="lead_id", upload=Unread(), holder="OTHER", account="other")
        before, settings.UPLOADS_ORDER = settings.UPLOADS_ORDER, 3
        at_all = sends(first)
    settings.UPLOADS_ORDER = before
    with time_machine.travel("2026-11-25T04:00:01+00:00", tick=False):
        next_day = sends(first)

    assert of_first[:3] == ["in"] * 3
    assert "Too many pictures for this order within a day: upload the next one after Wed 25 Nov, 12:00" in of_first[3]
    assert of_second[0] == "in"
    assert "Too many pictures from this account within a day: upload the next one after Wed 25 Nov" in of_second[1]
    assert heavy.value.code == "uploads_order"
    assert not Allowance.objects.filter(key=limits.key_index("OTHER"), used__gt=0).exists()
    assert "This order has had 3 pictures, and no more are taken" in at_all
    assert next_day == "in"
