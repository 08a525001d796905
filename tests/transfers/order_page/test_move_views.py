"""The applicant's moves: exactly those of the table, only by the owner, with a confirmation where an order closes."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from lxml import html

from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in, subject_answers, type_answers
from tests.transfers.onfile import make_filed
from transfers.models import Order, TypeCheck
from transfers.orders import actions

pytestmark = pytest.mark.django_db

# move → its sources and its target; written out, so that a change of `moves.py` fails here
TABLE = {
    "withdraw": ({states.SUBMITTED, states.PHOTO_DUE}, states.WITHDRAWN),
    "abandon": (
        {states.DRAFT, states.RETURNED, states.LAPSED, states.AUTHORITY_RETURNED},
        states.ABANDONED,
    ),
    "mend": ({states.LAPSED, states.AUTHORITY_RETURNED}, states.RETURNED),
    "resubmit": ({states.LAPSED}, states.HANDING_OVER),
}
TRANSFERS = [state for state in states.ALL if state not in (states.COOLING_OFF, states.CANCELLED)]
SENT = {"reason": "other_server", "words": ""}


def press(client, order, move, data=None):
    return sign_in(client, order.owner).post(reverse("order-move", args=[order.reference, move]), data or SENT)


def read(order):
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("move", TABLE)
@pytest.mark.parametrize("state", TRANSFERS)
def test_a_move_works_from_its_states_and_from_no_other(client, move, state):
    order = make_order(state=state)
    sources, target = TABLE[move]

    answer = press(client, order, move)

    assert answer.status_code == 302
    assert read(order).state == (target if state in sources else state)
    assert moves(order) == ([move] if state in sources else [])


# the buttons of an order's page: with a confirmation page a link, otherwise a form
OFFERED = [
    (states.TRANSFER, states.DRAFT, {"Continue": "link", "Abandon": "link"}),
    (states.TRANSFER, states.SUBMITTED, {"Withdraw": "link"}),
    (states.TRANSFER, states.RETURNED, {"Make changes": "link", "Abandon": "link"}),
    (states.TRANSFER, states.PHOTO_DUE, {"Upload the photo": "link", "Withdraw": "link"}),
    (states.TRANSFER, states.LAPSED, {"Resubmit unchanged": "form", "Make changes": "form", "Abandon": "link"}),
    (states.TRANSFER, states.AUTHORITY_RETURNED, {"Make changes": "form", "Abandon": "link"}),
    (states.CANCELLATION, states.DRAFT, {"Continue": "link", "Keep the transfer": "link"}),
    (states.CANCELLATION, states.COOLING_OFF, {"Stop the cancellation": "form"}),
]


@pytest.mark.parametrize(("kind", "state", "offered"), OFFERED, ids=[f"{kind}-{state}" for kind, state, _ in OFFERED])
def test_a_move_that_ends_an_order_asks_first_and_one_that_continues_takes_one_press(client, kind, state, offered):
    order = make_order(state=state, kind=kind, due_at=timezone.now() + timedelta(hours=5))
    client.cookies["django_language"] = "en"

    page = html.fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)

    shown = page.xpath('//main//div[@class="actions"]/*')
    words = [each.xpath("string(descendant-or-self::*[self::a or self::button][1])") for each in shown]
    assert dict(zip(words, [{"a": "link"}.get(each.tag, each.tag) for each in shown], strict=True)) == offered


@pytest.mark.parametrize(
    ("state", "label", "page"),
    [
        (states.RETURNED, "Make changes", "people"),
        (states.PHOTO_DUE, "Upload the photo", "photo"),
        (states.PHONE_DUE, "Verify the phones", "phones"),
    ],
)
def test_the_first_button_links_to_the_page_of_the_work(client, state, label, page):
    order = make_order(state=state)
    client.cookies["django_language"] = "en"

    shown = html.fromstring(sign_in(client, order.owner).get(order.get_absolute_url()).content)

    links = shown.xpath(f'//main//div[@class="actions"]/a[normalize-space()="{label}"]/@href')
    assert links == [reverse(page, args=[order.reference])]


@pytest.mark.parametrize("move", ["accept", "grant", "lapse", "refuse", "send_back", "submit", "nonsense"])
def test_moves_of_others_have_no_address(client, move):
    order = make_order(state=states.SUBMITTED)

    assert press(client, order, move).status_code == 404
    assert read(order).state == states.SUBMITTED


@pytest.mark.parametrize("move", [*TABLE, "start_again"])
def test_a_strangers_order_does_not_move(client, move):
    order = make_order(state=states.LAPSED)
    client = sign_in(client, make_order(state=states.LAPSED).owner)

    assert client.post(reverse("order-move", args=[order.reference, move]), SENT).status_code == 404
    assert read(order).state == states.LAPSED


@pytest.mark.parametrize("move", ["mend", "resubmit", "start_again"])
def test_a_get_moves_nothing(client, move):
    order = make_order(state=states.LAPSED)

    answer = sign_in(client, order.owner).get(reverse("order-move", args=[order.reference, move]))

    assert answer.status_code == 404
    assert moves(order) == []


def test_withdrawing_requires_a_reason_which_the_timeline_shows(client):
    order = make_order(state=states.SUBMITTED)
    client.cookies["django_language"] = "en"

    refused = press(client, order, "withdraw", {"words": "x"})
    press(client, order, "withdraw", {"reason": "other", "words": "换了主意"})

    assert "is-wrong" in refused.content.decode()
    assert order.events.get().words == "other: 换了主意"
    assert Message.objects.filter(template="order_withdrawn", channel="site").count() == 1
    html = client.get(order.get_absolute_url()).content.decode()
    assert "Start again with these answers" in html


@pytest.mark.parametrize("move", ["withdraw", "abandon"])
def test_a_move_that_closes_an_order_asks_first(client, move):
    order = make_order(state=states.SUBMITTED if move == "withdraw" else states.DRAFT)

    answer = sign_in(client, order.owner).get(reverse("order-move", args=[order.reference, move]))

    assert answer.status_code == 200
    assert "button-danger" in answer.content.decode()
    assert moves(order) == []


def test_an_ended_order_erases_the_password_and_releases_its_claims(client):
    order = make_order(state=states.AUTHORITY_RETURNED)

    press(client, order, "abandon")

    ended = read(order)
    assert (ended.password_digest, ended.password_kept) == ("", False)
    make_order(domain=order.domain, subject_key=order.subject_key)  # no constraint prevents it


def test_a_lapsed_order_whose_password_was_erased_cannot_be_resubmitted_but_changed(client):
    order = make_order(state=states.LAPSED, password_kept=False, password_digest="")

    press(client, order, "resubmit")
    assert read(order).state == states.LAPSED

    press(client, order, "mend")
    assert read(order).state == states.RETURNED


AGAIN = {states.WITHDRAWN, states.REFUSED, states.EXPIRED, states.ABANDONED}


@pytest.mark.parametrize("state", TRANSFERS)
def test_start_again_makes_a_new_draft_from_an_order_without_a_result(client, state):
    order = make_order(state=state)

    answer = press(client, order, "start_again")

    fresh = Order.objects.exclude(pk=order.pk).first()
    assert read(order).state == state
    assert (fresh is not None) == (state in AGAIN)
    if fresh is None:
        return
    assert answer.url == fresh.get_absolute_url()
    assert (fresh.owner, fresh.domain, fresh.state) == (order.owner, order.domain, states.DRAFT)
    assert set(fresh.answers) == {"type", "subject", "website", "administrator"}
    assert (fresh.claimed, fresh.service_code, fresh.password_kept) == (False, "", False)


def test_a_second_press_of_start_again_finds_the_draft_of_the_first(client):
    order = make_order(state=states.WITHDRAWN)

    answers = [press(client, order, "start_again") for _ in range(2)]

    fresh = Order.objects.exclude(pk=order.pk).get()
    assert [answer.url for answer in answers] == [fresh.get_absolute_url()] * 2
    assert moves(fresh) == ["start"]


def test_a_second_order_for_the_same_site_cannot_begin(client):
    order = make_order(state=states.WITHDRAWN)
    make_order(order.owner, domain=order.domain)
    client.cookies["django_language"] = "en"

    answer = press(client, order, "start_again")

    assert answer.url == order.get_absolute_url()
    assert Order.objects.count() == 2
    assert "You already have an open order for this domain or document" in client.get(answer.url).content.decode()


def test_a_lapsed_order_is_resubmitted_without_a_review_and_its_report_is_queued(client):
    order = make_order(state=states.LAPSED, report=1)

    press(client, order, "resubmit")

    assert (moves(order), read(order).report, read(order).reviewer) == (["resubmit"], 2, None)
    assert Message.objects.get(channel="authority").key == f"report:{read(order).report_key}"


def test_a_lapsed_order_with_an_expired_document_must_be_changed_not_resubmitted(client):
    order = make_order(state=states.LAPSED, answers={"subject": subject_answers(lead_id_until="2026-01-01")})

    press(client, order, "resubmit")
    stayed = read(order).state
    press(client, order, "mend")

    assert (stayed, read(order).state) == (states.LAPSED, states.RETURNED)


@pytest.mark.parametrize(("over", "begins"), [(timedelta(minutes=1), True), (timedelta(0), False)])
def test_the_answers_are_kept_as_long_as_the_page_promised(client, over, begins):
    order = make_order(state=states.WITHDRAWN, entered_at=timezone.now() - settings.DRAFT_KEPT + over)

    press(client, order, "start_again")

    assert (Order.objects.count() == 2) is begins


@pytest.mark.parametrize("whose", ["mine", "another"])
def test_answers_for_a_site_that_has_come_to_us_only_begin_a_new_verification_of_its_type(client, whose):
    order = make_order(state=states.WITHDRAWN, answers={"type": type_answers(domain="first-example.com")})
    Order.objects.filter(pk=order.pk).update(domain="first-example.com")
    make_filed(order.owner if whose == "mine" else make_user(), with_papers=False)
    before = Order.objects.count()
    client.cookies["django_language"] = "en"

    answer = press(client, read(order), "start_again")

    assert answer.url == reverse("verify-type")
    assert Order.objects.count() == before
    assert "The filing type may have changed since: verify it once more" in client.get(answer.url).content.decode()


def test_the_type_is_verified_with_the_earlier_entries(client):
    order = make_order(state=states.WITHDRAWN, answers={"type": type_answers(domain="first-example.com")})
    check = TypeCheck.objects.create(
        owner=order.owner,
        answers=order.answer("type"),
        outcome="transfer",
        order=order,
        subject_number="",
        site_number="",
    )
    make_filed(order.owner, with_papers=False)

    answer = press(client, order, "start_again")

    assert answer.url == f"{reverse('verify-type')}?from={check.reference}"


def test_once_the_subject_is_on_file_here_starting_again_is_another_transfer(client):
    order = make_order(state=states.WITHDRAWN, answers={"type": type_answers(domain="further-example.com")})
    make_filed(order.owner, with_papers=False)

    press(client, order, "start_again")

    assert Order.objects.get(state=states.DRAFT).kind == states.TRANSFER_ANOTHER


@pytest.mark.parametrize(("move", "state"), [("withdraw", states.SUBMITTED), ("abandon", states.RETURNED)])
def test_entries_are_saved_although_the_order_was_changed_at_the_same_moment(client, monkeypatch, move, state):
    order = make_order(state=state)
    act, seen = getattr(actions, move), []

    def after_a_change(row, **typed):
        if not seen:
            Order.objects.filter(pk=row.pk).update(version=row.version + 1)  # a reviewer claimed it, a tab saved
        seen.append(typed["words"])
        act(row, **typed)

    monkeypatch.setattr(actions, move, after_a_change)

    press(client, order, move, {"reason": "other", "words": "换了主意"})

    assert (moves(order), len(seen)) == ([move], 2)
    assert "换了主意" in order.events.get().words
