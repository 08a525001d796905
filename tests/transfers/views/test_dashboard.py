"""My filings: whose turn it is, what is on file with us; the same cost for one row and for three."""

import pytest
from django.urls import reverse

from filings.models import Access
from icpportal.gateways.miit.types import Answer, AnswerKind
from tests.transfers.builders import make_order, make_user, sign_in
from tests.transfers.outside import cost
from transfers import authority, states

pytestmark = pytest.mark.django_db


def show(client, user):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse("dashboard")).content.decode()


def grant(order):
    authority.take_answer(
        Answer(
            id=f"a-{order.reference}",
            kind=AnswerKind.GRANTED,
            report_key=order.report_key,
            at=order.entered_at,
            subject_number="宁ICP备00000000号",
            site_number="宁ICP备00000000号-7",
        )
    )


def test_an_account_without_anything_is_shown_where_to_start(client):
    html = show(client, make_user())

    assert "No filing yet. Start here" in html
    assert reverse("verify-type") in html


def test_orders_stand_under_whose_turn_it_is(client):
    user = make_user()
    rows = {state: make_order(user, state=state) for state in (states.RETURNED, states.SUBMITTED, states.WITHDRAWN)}

    html = show(client, user)

    places = [html.index(f'data-reference="{order.reference}"') for order in rows.values()]
    heads = [html.index(f"<h2>{words}</h2>") for words in ("Your turn", "Under way", "Closed")]
    assert heads[0] < places[0] < heads[1] < places[1] < heads[2] < places[2]


def test_what_runs_out_first_stands_first(client):
    user = make_user()
    lapsed, draft, phones = (make_order(user, state=each) for each in (states.LAPSED, states.DRAFT, states.PHONE_DUE))

    html = show(client, user)

    places = [html.index(f'data-reference="{order.reference}"') for order in (phones, draft, lapsed)]
    assert places == sorted(places)


def test_each_order_of_your_turn_has_its_one_next_act_and_others_have_none(client):
    user = make_user()
    lapsed, submitted = (make_order(user, state=state) for state in (states.LAPSED, states.SUBMITTED))

    html = show(client, user)

    assert reverse("order-move", args=[lapsed.reference, "resubmit"]) in html
    assert reverse("order-move", args=[lapsed.reference, "abandon"]) not in html
    assert reverse("order-move", args=[submitted.reference, "withdraw"]) not in html


def test_other_peoples_orders_are_not_there(client):
    other = make_order()

    assert other.reference not in show(client, make_user())


def test_an_approved_order_is_in_the_register_with_its_access(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)

    html = show(client, order.owner)
    order.refresh_from_db()
    filing = client.get(reverse("filing", args=[order.website_id])).content.decode()

    access = Access.objects.get()
    assert (access.website.domain, access.instance) == (order.domain, "i-example0001")
    assert "宁ICP备00000000号-7" in html
    assert order.domain in filing
    assert "i-example0001" in filing


def test_a_strangers_filing_is_404(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)
    order.refresh_from_db()

    assert sign_in(client, make_user()).get(reverse("filing", args=[order.website_id])).status_code == 404


def test_one_row_and_three_cost_the_same(client):
    def of(rows):
        user = make_user()
        for _ in range(rows):
            make_order(user)
            order = make_order(user, state=states.AUTHORITY_REVIEW)
            grant(order)
        client.force_login(user)
        return cost(lambda: client.get(reverse("dashboard")))

    one, three = of(1), of(3)

    assert one == three
    assert one <= 10
