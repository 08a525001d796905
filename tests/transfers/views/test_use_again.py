"""An earlier upload on the page of a paper: offered with its date, reused with a consent, shown to reviewers."""

import pytest
from django.urls import reverse
from django.utils import timezone

from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_user, sign_in, subject_answers, type_answers
from tests.transfers.onfile import FURTHER, make_filed, papers
from tests.transfers.outside import cost
from transfers.models import Order
from verification import consents

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def first():
    return make_filed(make_user())


def draft(first, **columns):
    answers = {"type": type_answers(domain=FURTHER), **columns.pop("pages", {})}
    return make_order(first.owner, domain=FURTHER, kind=states.TRANSFER_ANOTHER, answers=answers, **columns)


def page_of(order, slot="lead_id"):
    return reverse("slot", args=[order.reference, slot])


def show(client, order, slot="lead_id"):
    answer = sign_in(client, order.owner).get(page_of(order, slot))
    assert answer.status_code == 200
    return answer.content.decode()


def take(client, order, slot="lead_id", *, agreed=True):
    sign_in(client, order.owner)
    if agreed:
        client.post(page_of(order, slot), {"consent": "1", "agree": "on"})
    return client.post(page_of(order, slot), {"again": "1"})


def test_an_earlier_upload_is_offered_with_its_date_expiry_and_order(client, first):
    order = draft(first)
    client.force_login(order.owner)
    client.post(page_of(order), {"consent": "1", "agree": "on"})

    html = show(client, order)

    assert "Use an earlier upload" in html
    assert "valid until 14 Feb 2035" in html
    assert f"Order {first.reference}." in html
    assert 'name="again"' in html


def test_without_the_persons_consent_it_cannot_be_reused(client, first):
    order = draft(first)

    html = show(client, order)
    answer = take(client, order, agreed=False)

    assert 'name="again"' not in html
    assert answer.status_code == 200
    assert "Tick the box to give consent" in answer.content.decode()
    assert papers(order) == {}


def test_once_reused_it_names_its_upload_and_is_offered_no_more(client, first):
    order = draft(first)
    assert take(client, order)["Location"] == page_of(order)

    html = show(client, order)

    assert papers(order) == {("lead_id", 1): first.reference, ("lead_id", 2): first.reference}
    assert html.count("slot-reused") == 2
    assert "Using the upload of" in html
    assert "Use an earlier upload" not in html


def test_pressed_twice_or_in_two_tabs_it_is_there_once(client, first):
    order = draft(first)
    take(client, order)
    take(client, order, agreed=False)

    assert order.papers.count() == 2
    assert len(consents.active_consents(order.reference)) == 1


def test_the_licence_needs_nobodys_consent(client, first):
    order = draft(first)

    assert 'name="again"' in show(client, order, "subject_id")
    take(client, order, "subject_id", agreed=False)

    assert papers(order) == {("subject_id", 1): first.reference}


def test_an_unusable_document_is_shown_with_the_reason_and_cannot_be_reused(client, first):
    order = draft(first, pages={"subject": subject_answers(lead_id_until="2045-02-14")})
    take(client, order)

    html = show(client, order)

    assert "The expiry date you entered is different" in html
    assert 'name="again"' not in html
    assert papers(order) == {}


@pytest.mark.parametrize("slot", ["statement", "lead_id"])
def test_a_paper_that_is_never_offered_cannot_be_reused(client, first, slot):
    order = draft(first, pages={"subject": subject_answers(lead_id_number="649999197903030003")})

    take(client, order, slot)

    assert papers(order) == {}


def test_a_strangers_order_is_404_and_reuses_nothing(client, first):
    order = draft(first)
    stranger = make_filed(make_user(), domain="stranger-example.com", kind={"id_number": "91649999000000027F"})
    sign_in(client, stranger.owner)

    assert client.post(page_of(order), {"again": "1"}).status_code == 404
    assert papers(order) == {}


def test_another_accounts_papers_of_the_same_document_are_not_offered(client, first):
    order = make_order(
        make_user(), domain=FURTHER, kind=states.TRANSFER_ANOTHER, answers={"type": type_answers(domain=FURTHER)}
    )

    assert "Use an earlier upload" not in show(client, order)


def test_the_check_page_shows_reused_papers(client, first):
    order = draft(first)
    take(client, order)

    html = client.get(reverse("check", args=[order.reference])).content.decode()

    assert html.count(f"reused from order {first.reference}") == 2


def test_the_reviewer_sees_reused_papers_and_their_orders(client, first):
    order = draft(first)
    take(client, order)
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)

    client = sign_in(client, make_lead_reviewer())
    pages = [reverse(f"admin:transfers_order_{name}", args=[order.pk]) for name in ("case", "more")]
    html = "".join(client.get(page).content.decode() for page in pages)

    assert f"Reused from order {first.reference}, uploaded" in html
    assert "A document from an earlier order is reused" in html


def test_a_reviewers_look_is_recorded_for_the_order_that_reuses_it(client, first):
    order = draft(first)
    take(client, order)
    Order.objects.filter(pk=order.pk).update(submitted_at=timezone.now())
    document = order.papers.first().document

    answer = sign_in(client, make_lead_reviewer()).get(reverse("document", args=[document.reference]))

    assert answer.status_code == 200
    assert AccessNote.objects.get().reference == order.reference


def test_the_page_takes_as_many_queries_for_one_earlier_order_as_for_three(client, first):
    order = draft(first)
    sign_in(client, first.owner)
    one = cost(lambda: client.get(page_of(order)))
    Order.objects.filter(pk=order.pk).update(state=states.ABANDONED, claimed=False)
    for n in (2, 3):
        make_filed(first.owner, domain=f"row{n}-example.com")
    Order.objects.filter(pk=order.pk).update(state=states.DRAFT)

    assert cost(lambda: client.get(page_of(order))) == one
