"""A customer who lost authenticator app and recovery codes: helped by two people of operations, and told."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.approvals.models import ApprovalRequest
from icpportal.outbox.models import Message
from icpportal.outbox.texts.catalogue import render
from icpportal.outbox.texts.formats import unpack_all
from icpportal.privacy.masks import mask_name

PASSWORD = "paper-bridge-42"  # noqa: S105 -- invented

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("second_person")]


@pytest.fixture
def lin():
    user = open_account(email="lin@example.com", password=PASSWORD, mobile="13900000001", language="en")
    TOTP.activate(user, generate_totp_secret())
    return user


def desk_of(name):
    """A browser of one of operations."""
    roles.ensure()
    user = open_account(
        email=f"{name.lower()}@example.com", password=PASSWORD, name=name, language="en",
        held_roles=(roles.OPERATIONS,),
    )  # fmt: skip
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def sign_in(user):
    return Client(headers={"accept-language": "en"}).post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True
    )


def test_the_page_that_asks_for_the_app_says_whom_to_call(lin, settings):
    page = sign_in(lin)

    assert page.redirect_chain[-1][0] == reverse("mfa_authenticate")
    assert "two of us remove the app" in " ".join(page.content.decode().split())


def test_two_of_operations_remove_it_and_the_password_opens_the_account(lin):
    page = reverse("admin:accounts_user_change", args=[lin.pk])
    an, bo = desk_of("An"), desk_of("Bo")

    assert "Reset the second factor" in an.get(page).content.decode()
    an.post(page, {"move": "reset_second_factor"})
    assert Authenticator.objects.filter(user=lin).exists()
    bo.post(page, {"move": "allow_request", "request": str(ApprovalRequest.objects.get().pk)})

    assert Authenticator.objects.filter(user=lin).exists() is False
    assert sign_in(lin).redirect_chain[-1][0] == reverse("dashboard")


def test_the_customer_is_told_by_mail_and_text_without_names_and_cancels_nothing_for_a_day(lin):
    page = reverse("admin:accounts_user_change", args=[lin.pk])
    desk_of("An").post(page, {"move": "reset_second_factor"})
    desk_of("Bo").post(page, {"move": "allow_request", "request": str(ApprovalRequest.objects.get().pk)})

    told = {
        (each.template, each.channel): str(each.payload) for each in Message.objects.exclude(template__endswith="alone")
    }
    lin.refresh_from_db()
    assert set(told) == {("second_factor_removed", "email"), ("account_changed", "sms")}
    assert "Bo" not in told["second_factor_removed", "email"]
    assert timezone.now() - lin.contact_changed_at < timedelta(minutes=1)


def test_the_mail_about_somebody_who_acts_alone_names_the_person_whose_app_it_is(lin):
    desk_of("An").post(reverse("admin:accounts_user_change", args=[lin.pk]), {"move": "reset_second_factor"})

    mail = Message.objects.get(template="acts_alone")
    text = render("acts_alone", "email", "en", unpack_all(mail.payload["context"])).text
    assert "Resetting a second factor (l***@example.com)" in text
    assert [secret in text for secret in (lin.email, str(lin.pk)[:8])] == [False, False]


def test_a_customer_with_a_name_is_named_by_its_masked_form_in_that_mail_and_at_the_head_of_the_desk(lin):
    lin.name = "林小满"
    lin.save()
    an = desk_of("An")
    an.post(reverse("admin:accounts_user_change", args=[lin.pk]), {"move": "reset_second_factor"})

    mail = Message.objects.get(template="acts_alone")
    text = render("acts_alone", "email", "en", unpack_all(mail.payload["context"])).text
    head = an.get(reverse("admin:index")).content.decode().partition("acts without a second person:")[2][:80]
    assert [mask_name("林小满") in each for each in (text, head)] == [True, True]
    assert ["林小满" in each for each in (text, head)] == [False, False]
