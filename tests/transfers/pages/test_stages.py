"""The seven numbered stages: which an order has, where each links, and how the stepper shows them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in
from transfers.models import Order
from transfers.orders import actions
from transfers.pages import stages

pytestmark = pytest.mark.django_db
ALL = ["type", "service_code", "filing_password", "administrators", "documents", "photo", "phones"]


def keys(order: Any) -> list[str]:
    return [stage.key for stage in stages.stages_of(order)]


CASES = [
    ("12", "seed-2018", ALL),
    ("44", "seed-2018", ALL[:-1]),
    ("12", "current-2020", [key for key in ALL if key != "filing_password"]),
    ("44", "current-2020", [key for key in ALL if key != "filing_password"]),
]


@pytest.mark.parametrize(("province", "profile", "expected"), CASES)
def test_a_province_and_a_profile_can_remove_stages(province: str, profile: str, expected: list[str]) -> None:
    assert keys(make_order(province=province, rule_profile=profile)) == expected


@pytest.mark.parametrize(("province", "profile", "expected"), CASES)
def test_a_further_website_goes_through_the_same_stages(province: str, profile: str, expected: list[str]) -> None:
    order = make_order(kind=states.TRANSFER_ANOTHER, province=province, rule_profile=profile)

    assert keys(order) == expected


@pytest.mark.parametrize(("profile", "number", "total"), [("seed-2018", 4, 7), ("current-2020", 3, 6)])
def test_without_a_password_the_later_numbers_are_one_lower(
    client: Client, profile: str, number: int, total: int
) -> None:
    order = make_order(province="12", rule_profile=profile)

    page = sign_in(client, order.owner).get(reverse("step", args=[order.reference, "subject"]))

    stepper = page.context["stepper"]
    assert (stepper.number, stepper.total, len(stepper.steps)) == (number, total, total)


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        (states.SUBMITTED, "documents"),
        (states.RETURNED, "documents"),
        (states.PHOTO_DUE, "photo"),
        (states.PHOTO_REVIEW, "photo"),
        (states.PHONE_DUE, "phones"),
    ],
)
def test_after_submitting_the_stepper_shows_the_current_stage(state: str, stage: str) -> None:
    order = make_order(province="12", state=state, submitted_at=timezone.now())

    shown = stages.stepper(order)

    assert [step.is_now for step in shown.steps] == [key == stage for key in ALL]
    assert shown.number == ALL.index(stage) + 1


UNDER_WAY = (
    (states.SUBMITTED, ""),
    (states.PHOTO_DUE, ""),
    (states.PHOTO_REVIEW, ""),
    (states.HANDING_OVER, "accepted"),
    (states.PHONE_DUE, "accepted"),
    (states.LAPSED, "accepted"),
    (states.AUTHORITY_REVIEW, "accepted"),
    (states.AUTHORITY_RETURNED, "accepted"),
)


@pytest.mark.parametrize(("province", "last"), [("12", 7), ("44", 6)])
def test_the_number_of_the_step_never_decreases_while_an_order_proceeds(
    client: Client, province: str, last: int
) -> None:
    order = make_order(province=province, state=states.SUBMITTED, submitted_at=timezone.now())
    sign_in(client, order.owner)
    pages = [reverse(name, args=[order.reference]) for name in ("order", "phones", "photo", "order-type")]
    numbers = []
    for state, accepted in UNDER_WAY:
        if state in (states.PHONE_DUE, states.LAPSED) and province == "44":
            continue
        due = timezone.now() + timedelta(days=1)
        Order.objects.filter(pk=order.pk).update(state=state, photo_accepted_for=accepted, due_at=due)
        shown = [client.get(page, follow=True).context["stepper"].number for page in pages]
        assert len(set(shown)) == 1, (state, shown)
        numbers += shown

    assert numbers == sorted(numbers)
    assert (numbers[0], numbers[-1]) == (5, last)


def test_without_a_password_the_service_code_leads_to_the_details() -> None:
    order = make_order(rule_profile="current-2020", steps=("service_code",))

    assert stages.next_url(order, "service_code") == reverse("gates-passed", args=[order.reference])


def test_without_a_password_the_claim_is_made_by_submitting() -> None:
    order = make_order(rule_profile="current-2020", password_kept=False, password_digest="", claimed=False)

    actions.submit(order, actor=order.owner)

    order.refresh_from_db()
    assert (order.state, order.claimed) == (states.SUBMITTED, True)


def test_without_a_password_the_loser_is_refused_when_submitting() -> None:
    same = {"domain": "example.com", "subject_key": "d" * 64, "rule_profile": "current-2020", "claimed": False}
    first, second = make_order(**same), make_order(**same)
    actions.submit(first, actor=first.owner)

    with pytest.raises(actions.AlreadyOrdered):
        actions.submit(second, actor=second.owner)

    second.refresh_from_db()
    assert (second.state, second.claimed) == (states.DRAFT, False)


WAY = [
    ("type", "step service_code"),
    ("service_code", "step filing_password"),
    ("filing_password", "gates-passed"),
    ("administrators", "people"),
    ("documents", "documents"),
]


def url(order: Any, name: str) -> str:
    place, _space, step = name.partition(" ")
    return reverse(place, args=[order.reference, *([step] if step else [])])


@pytest.mark.parametrize(("key", "place"), WAY)
def test_the_page_after_saving(key: str, place: str) -> None:
    order = make_order(province="12")

    assert stages.next_url(order, key) == url(order, place)


@pytest.mark.parametrize(
    ("key", "place"),
    [("service_code", "order-type"), ("filing_password", "step service_code"), ("administrators", "people")],
)
def test_the_target_of_back(key: str, place: str) -> None:
    order = make_order(province="12")

    assert stages.back_url(order, key) == url(order, place)


@pytest.mark.parametrize(
    ("steps", "first"),
    [
        ((), "service_code"),
        (("service_code",), "filing_password"),
        (("service_code", "filing_password"), "administrators"),
        (("service_code", "filing_password", "subject", "website"), "administrators"),
        (("service_code", "filing_password", "subject", "website", "administrator"), "documents"),
    ],
)
def test_continue_leads_to_the_first_unfinished_stage(steps: tuple[str, ...], first: str) -> None:
    assert stages.first_unanswered(make_order(steps=steps)).key == first


def stages_of(order: Any, key: str | None = None) -> list[str]:
    return ["done" if step.is_done else "now" if step.is_now else "todo" for step in stages.stepper(order, key).steps]


def test_the_stepper_shows_finished_current_and_future_stages() -> None:
    order = make_order(province="12", steps=("service_code",))

    assert stages_of(order, "filing_password") == ["done", "done", "now", "todo", "todo", "todo", "todo"]


def test_a_draft_links_finished_stages_and_a_submitted_order_none() -> None:
    draft = stages.stepper(make_order(province="12", steps=("service_code",)), "filing_password")
    sent = stages.stepper(make_order(province="12", state=states.PHONE_DUE))

    assert [bool(step.url) for step in draft.steps] == [True, True, True, False, False, False, False]
    assert not any(step.url for step in sent.steps)


def test_an_approved_order_is_closed_with_all_stages_finished() -> None:
    order = make_order(province="12", state=states.APPROVED)

    assert stages.stepper(order).closed
    assert set(stages_of(order)) == {"done"}


@pytest.mark.parametrize(
    ("state", "stage"),
    [(states.SUBMITTED, "documents"), (states.PHOTO_DUE, "photo"), (states.PHONE_DUE, "phones")],
)
def test_a_submitted_order_is_in_its_stage(state: str, stage: str) -> None:
    assert stages.current(make_order(province="12", state=state)) == stage


@pytest.mark.parametrize("state", [states.WITHDRAWN, states.ABANDONED, states.EXPIRED, states.REFUSED])
def test_an_order_without_a_result_says_how_it_ended_and_shows_no_step(client: Client, state: str) -> None:
    order = make_order(state=state)
    client.cookies["django_language"] = "en"

    html = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()

    assert "Step " not in html
    assert f'<p class="stepper-line">Transfer · {stages.stepper(order).over}</p>' in html
