import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from icpportal.accounts import actions
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import Pending, User
from tests.icpportal.accounts.conftest import PASSWORD
from tests.icpportal.accounts.pages import errors, read, words, work
from tests.icpportal.codes.letterbox import another, codes_to

CONFIRM = "/account/confirm/"
EMAIL, EMAIL_CODE = "/account/email/", "/account/email/code/"
MOBILE, MOBILE_CODE = "/account/mobile/", "/account/mobile/code/"

pytestmark = pytest.mark.django_db


def step_up(client, user):
    """Proves identity again, by a code to the address."""
    client.post("/account/step-up/", {"send": "email"})
    client.post("/account/step-up/", {"code": codes_to(user.email)[-1]})


@pytest.fixture
def proved(client, lin, letters):
    client.force_login(lin)
    step_up(client, lin)
    letters.clear()
    return client


@pytest.fixture
def half():
    """An account with a confirmed address and without a mobile."""
    return open_account(email="sun@example.com", password=PASSWORD, language="en")


def test_an_account_without_a_mobile_must_add_one_and_comes_back(client, half):
    client.force_login(half)
    stopped = client.get("/papers/?page=2")

    page = client.get(stopped.url)
    asked = client.post(CONFIRM)
    sent = client.post(asked.url, {"mobile": "13900000007"})
    done = client.post(sent.url, {"code": codes_to("13900000007")[0]})

    assert stopped.url == f"{CONFIRM}?next=%2Fpapers%2F%3Fpage%3D2"
    assert "Enter your mobile number" in words(page)
    assert [asked.url, sent.url, done.url] == [MOBILE, MOBILE_CODE, "/papers/?page=2"]
    assert client.get(done.url).status_code == 200


def test_a_mobile_given_at_sign_up_is_confirmed_by_a_button(client, half):
    actions.begin(Pending.Kind.FIRST_MOBILE, destination="13900000007", language="en", user=half)
    client.force_login(half)

    page = client.get(CONFIRM)
    sent = client.post(CONFIRM)

    assert "Not verified yet: 13900000007" in words(page)
    assert sent.url == MOBILE_CODE
    assert len(codes_to("13900000007")) == 1


def test_an_unconfirmed_address_comes_first(client):
    user = open_account(email="wu@example.com", password=PASSWORD, mobile="13900000008", confirmed=False, language="en")
    client.force_login(user)

    sent = client.post(CONFIRM)
    done = client.post(sent.url, {"code": codes_to(user.email)[0]})
    user = User.objects.get(pk=user.pk)

    assert [sent.url, done.url] == [EMAIL_CODE, CONFIRM]
    assert (user.email_confirmed, user.mobile_confirmed_at) == (True, None)
    assert client.post(CONFIRM).url == MOBILE_CODE
    assert len(codes_to("13900000008")) == 1


def test_pressing_the_button_twice_keeps_the_code_already_sent(client, letters):
    user = open_account(email="wu@example.com", password=PASSWORD, confirmed=False, language="en")
    client.force_login(user)
    client.post(CONFIRM)

    again = client.post(CONFIRM, follow=True)
    done = client.post(EMAIL_CODE, {"code": codes_to(user.email)[0]})

    assert "You can resend in" in words(again)
    assert len(letters) == 1
    assert done.url == CONFIRM


def test_a_confirmed_account_has_nothing_to_confirm(client, lin):
    client.force_login(lin)

    assert client.get(CONFIRM).url == reverse("dashboard")
    assert client.get(f"{CONFIRM}?next=/papers/").url == "/papers/"
    assert client.get(f"{CONFIRM}?next=//evil.example/").url == reverse("dashboard")


def test_opening_the_confirmation_page_sends_nothing(client, half, letters):
    client.force_login(half)

    client.get(CONFIRM)

    assert letters == []


@pytest.mark.parametrize("address", [EMAIL, MOBILE])
def test_a_confirmed_contact_is_changed_only_after_a_step_up(client, lin, letters, address):
    client.force_login(lin)

    shown = client.get(address)
    sent = client.post(address, {"email": "new@example.com", "mobile": "13900000009"})

    assert shown.url == sent.url == f"/account/step-up/?next={address.replace('/', '%2F')}"
    assert letters == []
    assert Pending.objects.count() == 0


def test_a_new_address_is_used_once_it_is_proved_and_the_old_one_is_notified(proved, lin, letters):
    proved.post(EMAIL, {"email": "LIN.new@example.com"})
    before = User.objects.get(pk=lin.pk).email
    done = proved.post(EMAIL_CODE, {"code": codes_to("lin.new@example.com")[0]})

    assert (before, User.objects.get(pk=lin.pk).email) == ("lin@example.com", "lin.new@example.com")
    assert done.url == reverse("account")
    assert [(one["template"], one["to"]) for one in letters] == [
        ("code_email", "lin.new@example.com"),
        ("account_changed", "lin@example.com"),
    ]
    assert [(one.email, one.verified, one.primary) for one in EmailAddress.objects.filter(user=lin)] == [
        ("lin.new@example.com", True, True)
    ]
    assert proved.get("/papers/").status_code == 200


def test_a_new_mobile_is_used_once_it_is_proved_and_the_old_one_is_notified(proved, lin, letters):
    proved.post(MOBILE, {"mobile": "139 0000 0009"})
    before = User.objects.get(pk=lin.pk).mobile
    done = proved.post(MOBILE_CODE, {"code": codes_to("13900000009")[0]})

    assert (before, User.objects.get(pk=lin.pk).mobile) == ("13900000001", "13900000009")
    assert done.url == reverse("account")
    assert [(one["template"], one["channel"], one["to"]) for one in letters] == [
        ("code_mobile", "sms", "13900000009"),
        ("account_changed", "email", "lin@example.com"),
        ("account_changed", "sms", "13900000001"),
    ]
    assert list(User.objects.with_mobile("13900000009")) == [lin]
    assert list(User.objects.with_mobile("13900000001")) == []


@pytest.mark.parametrize(
    ("address", "typed", "said"),
    [
        (EMAIL, {"email": "LIN@example.com"}, "This is the address of your account already"),
        (MOBILE, {"mobile": "139 0000 0001"}, "This is the mobile of your account already"),
    ],
)
def test_a_contact_the_account_already_has_is_refused_before_a_code_is_sent(proved, letters, address, typed, said):
    page = proved.post(address, typed, follow=True)

    assert said in words(page)
    assert letters == []


def test_a_mobile_confirmed_elsewhere_is_revealed_only_to_the_holder_of_the_phone(proved, lin, chen):
    proved.post(MOBILE, {"mobile": chen.mobile})
    page = proved.get(MOBILE_CODE)
    done = proved.post(MOBILE_CODE, {"code": codes_to(chen.mobile)[0]}, follow=True)

    assert "another account" not in words(page)
    assert "This mobile number is confirmed in another account" in words(done)
    assert User.objects.get(pk=lin.pk).mobile == "13900000001"
    assert User.objects.get(pk=chen.pk).mobile == "13900000002"


def test_an_address_of_another_account_is_revealed_only_to_its_reader(proved, lin, chen):
    proved.post(EMAIL, {"email": chen.email})
    done = proved.post(EMAIL_CODE, {"code": codes_to(chen.email)[0]}, follow=True)

    assert "This address belongs to another account" in words(done)
    assert User.objects.get(pk=lin.pk).email == "lin@example.com"
    assert User.objects.get(pk=chen.pk).email == "chen@example.com"
    assert EmailAddress.objects.get(user=lin).email == "lin@example.com"


def test_a_code_for_one_number_does_not_confirm_another(proved, lin):
    proved.post(MOBILE, {"mobile": "13900000009"})
    proved.post(MOBILE, {"mobile": "13900000010"})
    first, second = codes_to("13900000009")[0], codes_to("13900000010")[0]

    response = proved.post(MOBILE_CODE, {"code": first if first != second else another(second)})

    assert errors(response)["code"] == ["code_wrong"]
    assert User.objects.get(pk=lin.pk).mobile == "13900000001"


def test_a_number_entered_again_at_once_keeps_its_code(proved, lin):
    proved.post(MOBILE, {"mobile": "13900000009"})

    refused = proved.post(MOBILE, {"mobile": "13900000009"})
    done = proved.post(MOBILE_CODE, {"code": codes_to("13900000009")[0]})

    assert errors(refused) == {"mobile": ["code_wait"]}
    assert done.url == reverse("account")


def test_a_mobile_entered_at_sign_up_but_not_proved_blocks_nobody(client, lin):
    open_account(email="squat@example.com", password=PASSWORD, mobile="13900000009", confirmed=False)
    client.force_login(lin)
    step_up(client, lin)
    client.post(MOBILE, {"mobile": "13900000009"})

    done = client.post(MOBILE_CODE, {"code": codes_to("13900000009")[0]})

    assert done.url == reverse("account")


def test_the_code_pages_redirect_without_anything_to_prove(client, lin, half):
    client.force_login(lin)
    assert [client.get(EMAIL_CODE).url, client.get(MOBILE_CODE).url] == [reverse("account")] * 2
    client.force_login(half)
    assert client.get(MOBILE_CODE).url == CONFIRM


def test_nobody_can_enter_a_code_for_somebody_elses_change(client, client_factory, lin, chen, letters):
    lins = client_factory()
    lins.force_login(lin)
    step_up(lins, lin)
    lins.post(MOBILE, {"mobile": "13900000009"})
    client.force_login(chen)

    response = client.post(MOBILE_CODE, {"code": codes_to("13900000009")[0]})

    assert response.url == reverse("account")
    assert User.objects.get(pk=chen.pk).mobile == "13900000002"
    assert User.objects.get(pk=lin.pk).mobile == "13900000001"


@pytest.mark.parametrize("address", [CONFIRM, EMAIL, EMAIL_CODE, MOBILE, MOBILE_CODE])
def test_strangers_must_sign_in(client, address):
    assert client.get(address).url == f"/account/login/?next={address}"


def test_the_pages_are_plain_forms_that_a_script_can_send(proved, lin):
    fields = [set(read(proved.get(address)).fields) for address in (EMAIL, MOBILE)]

    assert fields == [{"csrfmiddlewaretoken", "page_draft", field} for field in ("email", "mobile")]


def test_a_code_costs_few_queries(proved, lin):
    proved.post(MOBILE, {"mobile": "13900000009"})
    with work() as shown:
        proved.get(MOBILE_CODE)
    with work() as wrong:
        proved.post(MOBILE_CODE, {"code": another(codes_to("13900000009")[0])}, follow=False)
    with work() as right:
        proved.post(MOBILE_CODE, {"code": codes_to("13900000009")[0]})

    assert len(shown) <= 5
    assert len(wrong) <= 8
    assert len(right) <= 14
