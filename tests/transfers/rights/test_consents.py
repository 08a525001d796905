"""Withdrawing the consent to the use of pictures: what closes, what is deleted, what cannot be stopped."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from icpportal.codes.shares import Requester
from icpportal.outbox.models import Message
from icpportal.outbox.texts import catalogue, formats
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.cancels import prove_again
from tests.transfers.desk import agree_by_link, fill_papers
from tests.transfers.outside import cost, reload
from transfers.models import Order
from transfers.orders.people import ADMINISTRATOR, SUBJECT_LEAD, administrator
from transfers.rights import consents
from transfers.rights.models import ConsentWithdrawal
from transfers.steps import consent
from verification import consents as given
from verification.models import ConsentRequest, Document
from verification.phones import consent_links

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
CLOSES = (*states.EDITABLE, *states.IN_REVIEW, states.PHOTO_DUE, states.LAPSED, states.AUTHORITY_RETURNED)
AT_AUTHORITY = (states.HANDING_OVER, states.PHONE_DUE, states.AUTHORITY_REVIEW)


def with_papers(state: str) -> Order:
    order = make_order(state=state)
    fill_papers(order)
    return order


def page(order: Order, role: str = SUBJECT_LEAD) -> str:
    return reverse("data-consent-withdraw", args=[order.reference, role])


def pictures(order: Order) -> int:
    return Document.objects.filter(holder=order.reference).exclude(stored_name="").count()


def owner_of(client: Client, order: Order) -> Client:
    return prove_again(client, order.owner)


def read(client: Client, url: str) -> str:
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == 200, (url, answer.status_code)
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.mark.parametrize("state", CLOSES)
def test_it_closes_the_order_deletes_its_pictures_and_says_why(
    client: Client, state: str, django_capture_on_commit_callbacks
) -> None:
    order = with_papers(state)
    other = with_papers(states.SUBMITTED)
    assert "The order is closed" in read(owner_of(client, order), page(order))

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(page(order))

    assert answer.url == order.get_absolute_url()
    assert reload(order).state == states.WITHDRAWN
    assert consents.by_role(order)[SUBJECT_LEAD].key not in given.active_consents(order.reference)
    assert pictures(order) == 0
    shown = read(client, order.get_absolute_url())
    assert "A consent was withdrawn, and the pictures are deleted" in shown
    assert "Closed: the consent to the use of document pictures was withdrawn" in shown
    assert "Subject lead" in shown
    assert Message.objects.filter(template="consent_withdrawn", reference=order.reference, channel="email").count() == 1
    assert (reload(other).state, pictures(other) > 0) == (states.SUBMITTED, True)


@pytest.mark.parametrize("state", AT_AUTHORITY)
def test_an_order_at_the_authority_continues_and_is_closed_when_it_is_returned(
    client: Client, state: str, django_capture_on_commit_callbacks
) -> None:
    order = with_papers(state)
    assert "cannot be called back" in read(owner_of(client, order), page(order))

    client.post(page(order))

    assert (reload(order).state, pictures(order) > 0) == (state, True)
    assert "The order is with the authority and goes on" in read(client, order.get_absolute_url())
    assert consents.sweep() == 0

    Order.objects.filter(pk=order.pk).update(state=states.AUTHORITY_RETURNED)
    with django_capture_on_commit_callbacks(execute=True):
        assert consents.sweep() == 1
    assert (reload(order).state, pictures(order)) == (states.WITHDRAWN, 0)
    assert consents.sweep() == 0


def mail_about(order: Order, language: str) -> str:
    """The latest mail about a withdrawal in this order, in one line."""
    message = Message.objects.filter(template="consent_withdrawn", reference=order.reference, channel="email").latest(
        "created_at"
    )
    words = formats.unpack_all(message.payload["context"])
    return re.sub(r"\s+", " ", catalogue.render("consent_withdrawn", "email", language, words).text)


CLOSED_NOW = ("The order is closed, and its pictures are deleted", "订单已关闭，图片予以删除")
GOES_ON = ("The order is with the authority and goes on", "订单已提交管局，无法追回，仍继续办理")


def test_the_mail_says_what_became_of_this_very_order(client: Client, django_capture_on_commit_callbacks) -> None:
    here, there = with_papers(states.RETURNED), with_papers(states.AUTHORITY_REVIEW)
    for order in (here, there):
        with django_capture_on_commit_callbacks(execute=True):
            owner_of(client, order).post(page(order))

    for number, language in enumerate(("en", "zh-hans")):
        mails = [mail_about(order, language) for order in (here, there)]
        assert [CLOSED_NOW[number] in mail for mail in mails] == [True, False]
        assert [GOES_ON[number] in mail for mail in mails] == [False, True]


def test_an_approved_order_keeps_its_papers(client: Client) -> None:
    order = with_papers(states.APPROVED)
    assert "keep its pictures only as long as the privacy page says" in read(owner_of(client, order), page(order))

    client.post(page(order))

    assert (reload(order).state, pictures(order) > 0) == (states.APPROVED, True)
    assert not ConsentWithdrawal.objects.filter(done_at=None).exists()


def test_a_hold_keeps_the_pictures_until_it_ends(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks
) -> None:
    order = with_papers(states.SUBMITTED)
    with monkeypatch.context() as held:
        held.setattr(consents, "is_held", lambda user: True)
        owner_of(client, order).post(page(order))
        assert (reload(order).state, pictures(order) > 0, consents.sweep()) == (states.WITHDRAWN, True, 0)

    with django_capture_on_commit_callbacks(execute=True):
        assert consents.sweep() == 1

    assert pictures(order) == 0


def test_a_picture_shared_with_an_approved_order_stays(client: Client, django_capture_on_commit_callbacks) -> None:
    order, later = with_papers(states.DRAFT), with_papers(states.APPROVED)
    shared, own = order.papers.filter(slot="lead_id")
    later.papers.create(slot="other", side=9, document=shared.document)

    with django_capture_on_commit_callbacks(execute=True):
        owner_of(client, order).post(page(order))

    shared.document.refresh_from_db()
    own.document.refresh_from_db()
    assert (shared.document.state, own.document.state) == ("ready", "retired")


def test_only_its_owner_sees_and_withdraws_it_and_only_after_a_fresh_proof_of_identity(client: Client) -> None:
    order = with_papers(states.SUBMITTED)
    stranger = with_papers(states.SUBMITTED)
    prove_again(client, stranger.owner)

    assert client.get(page(order)).status_code == client.post(page(order)).status_code == 404
    assert order.reference not in read(client, reverse("data-consents"))
    assert stranger.reference in read(client, reverse("data-consents"))
    stale = sign_in(Client(), order.owner)
    for url in (page(order), reverse("data-consents"), reverse("your-data")):
        assert "/account/step-up/" in stale.post(url).url
    assert given.active_consents(order.reference)


def test_withdrawn_twice_it_is_a_404(client: Client) -> None:
    order = with_papers(states.SUBMITTED)
    owner_of(client, order).post(page(order))

    assert client.post(page(order)).status_code == 404
    assert "Withdrawn" in read(client, reverse("data-consents"))
    assert [event.move for event in order.events.all()] == ["withdraw_consent"]


@pytest.mark.usefixtures("steady_cache")
def test_the_list_takes_as_many_queries_for_one_order_as_for_three(client: Client) -> None:
    user, costs = make_user(), []
    prove_again(client, user).get(reverse("data-consents"))

    for number in (1, 2):
        for _each in range(number):
            fill_papers(make_order(user))
        costs.append(cost(lambda: client.get(reverse("data-consents"))))

    assert costs[0] == costs[1]


# --- on the administrator's own phone ---


def link(order: Order) -> str:
    links: list[str] = []
    ConsentRequest.objects.all().delete()
    person = administrator(order)
    consent_links.ask(
        holder=order.reference,
        person_key=person.key,
        mobile=person.mobile,
        language="en",
        requester=Requester(),
        context={"domain": order.domain},
        link=lambda token: links.append(token) or token,
    )
    return reverse("consent-asked", args=links)


def test_the_administrator_withdraws_by_the_link_in_the_text(
    client: Client, django_capture_on_commit_callbacks
) -> None:
    order = with_papers(states.DRAFT)
    phone, url = Client(), link(order)
    assert "Withdraw my consent" not in read(phone, url)
    phone.post(url, {"role": "on", "pictures": "on"})
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    shown = read(phone, url)
    assert "Withdraw my consent" in shown
    assert [word for word in (order.reference, administrator(order).name, order.owner.email) if word in shown] == []

    with django_capture_on_commit_callbacks(execute=True):
        phone.post(url, {"take_back": "1"})

    assert "You have withdrawn your consent" in read(phone, url)
    assert (reload(order).state, pictures(order)) == (states.WITHDRAWN, 0)
    assert ConsentWithdrawal.objects.get().on_own_phone
    assert "Website administrator" in read(owner_of(client, order), order.get_absolute_url())
    told = Message.objects.filter(template="consent_withdrawn", reference=order.reference)
    assert {message.user_id for message in told} == {order.owner_id}
    phone.post(url, {"take_back": "1"})
    assert ConsentWithdrawal.objects.count() == 1


def test_an_administrator_who_declined_or_was_replaced_has_nothing_to_withdraw() -> None:
    order = with_papers(states.DRAFT)
    phone, url = Client(), link(order)
    phone.post(url, {"no": "1"})

    phone.post(url, {"take_back": "1"})

    assert reload(order).state == states.DRAFT
    found = consent.consent_status(reload(order))
    assert found is not None
    assert found.state == consent.DECLINED
    agree_by_link(order)
    assert phone.post(url, {"take_back": "1"}).status_code == 404
    assert reload(order).state == states.DRAFT


def test_a_withdrawal_for_an_order_at_the_authority_is_recorded_from_the_phone_too() -> None:
    order = with_papers(states.DRAFT)
    phone, url = Client(), link(order)
    phone.post(url, {"role": "on", "pictures": "on"})
    Order.objects.filter(pk=order.pk).update(state=states.AUTHORITY_REVIEW, report=1)
    assert "cannot be called back" in read(phone, url)

    phone.post(url, {"take_back": "1"})

    assert reload(order).state == states.AUTHORITY_REVIEW
    assert consents.consent_in_force(reload(order), ADMINISTRATOR) is None
