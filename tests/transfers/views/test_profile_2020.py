"""An order under the rules since 2020: no filing password, the administrator's phone in every province, in 24 hours."""

import re

import pytest
from django.urls import reverse

from tests.transfers import states
from tests.transfers.builders import make_order, sign_in
from tests.transfers.desk import make_complete
from transfers.authority.reports import access_report
from transfers.models import Order
from transfers.orders import actions, queries
from transfers.pages import stages
from transfers.steps import phone_tests

pytestmark = pytest.mark.django_db
PROFILE = "current-2020"
PROVINCES = ["12", "31", "44", "64"]


@pytest.fixture(autouse=True)
def english(client, settings):
    client.cookies["django_language"] = "en"
    settings.RULE_PROFILE = PROFILE


@pytest.mark.parametrize("province", PROVINCES)
def test_there_is_no_step_for_a_password_and_six_steps_in_all(client, province):
    order = make_order(province=province, rule_profile=PROFILE, steps=("service_code",))
    sign_in(client, order.owner)

    titles = [stage.key for stage in stages.stages_of(order)]
    assert titles == ["type", "service_code", "administrators", "documents", "photo", "phones"]
    assert client.get(reverse("step", args=[order.reference, "filing_password"])).status_code == 404
    assert client.get(reverse("password-forgotten", args=[order.reference])).status_code == 404
    assert "of 6" in client.get(reverse("people", args=[order.reference])).content.decode()


@pytest.mark.parametrize("province", PROVINCES)
def test_only_the_administrators_phone_is_tested_and_24_hours_are_stated(client, province):
    order = make_order(province=province, rule_profile=PROFILE)

    html = sign_in(client, order.owner).get(reverse("people", args=[order.reference])).content.decode()

    assert [proof.role for proof in phone_tests.required_tests(order)] == ["administrator"]
    assert "missing the 24-hour deadline" in html
    assert "48 hours" not in html
    assert queries.phone_roles(order) == ["administrator"]


def test_it_is_submitted_and_reported_without_a_password(client):
    order = make_complete(
        rule_profile=PROFILE, steps=("service_code", "subject", "website", "administrator"), password_digest=""
    )

    actions.submit(order, actor=order.owner)

    order = Order.objects.get(pk=order.pk)
    assert (order.state, order.claimed) == (states.SUBMITTED, True)
    assert access_report(order, 1).password_md5 == ""


def test_pages_before_an_order_mention_no_password_and_24_hours(client):
    start = client.get(reverse("start")).content.decode()
    help_page = client.get(reverse("help")).content.decode()

    assert "filing password" not in start
    assert "within 24 h" in start
    assert "48" not in re.sub("<[^>]*>", "", start)
    assert "The process in six steps" in help_page
    assert "Enter the filing password" not in help_page
    assert "verifies the phone within 24 hours" in help_page
    assert 'id="word-filing-password"' not in help_page
    assert 'id="word-backdrop"' not in help_page


def test_the_privacy_page_mentions_passwords_as_long_as_one_is_stored(client):
    without = client.get(reverse("privacy")).content.decode()
    make_order(password_kept=True)

    assert "filing password" not in without
    assert "filing password" in client.get(reverse("privacy")).content.decode()


def test_nobody_finds_a_backdrop(client):
    order = make_order(state=states.PHOTO_DUE, rule_profile=PROFILE)

    html = sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()
    page = client.get(reverse("backdrop", args=[order.reference]))

    assert "ackdrop" not in html
    assert page.status_code == 404


def test_before_2020_they_do(client, settings):
    settings.RULE_PROFILE = "seed-2018"

    start = client.get(reverse("start")).content.decode()
    help_page = client.get(reverse("help")).content.decode()

    assert "The filing password from the ministry" in start
    assert "In some provinces the ministry texts a code" in start
    assert "The process in seven steps" in help_page
    assert "Enter the filing password" in help_page
    assert 'id="word-filing-password"' in help_page
    assert 'id="word-backdrop"' in help_page


def test_a_lapsed_order_is_resubmitted_unchanged_without_a_review(client):
    order = make_order(
        rule_profile=PROFILE, state=states.LAPSED, steps=("service_code",), password_digest="", password_kept=False
    )
    url = order.get_absolute_url()
    page = sign_in(client, order.owner).get(url).content.decode()

    client.post(reverse("order-move", args=[order.reference, "resubmit"]))

    assert "Resubmit unchanged" in page
    assert "Something has expired since" not in page
    assert Order.objects.get(pk=order.pk).state == states.HANDING_OVER


def test_the_page_after_the_gates_mentions_no_password(client):
    order = make_order(rule_profile=PROFILE, steps=("service_code",), password_digest="")

    html = sign_in(client, order.owner).get(reverse("gates-passed", args=[order.reference])).content.decode()

    assert "After that we ask for it again. Your draft is kept" in html
    assert "ask for the code and the password" not in html
