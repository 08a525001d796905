"""Find a forgotten old account: a domain, a code to the mobile on its filing; a stranger learns nothing."""

import re

import pytest
from django.urls import reverse

from filings.legacy_import.claims import account_lookup
from filings.models import LegacyRecord
from icpportal.accounts.models import User
from icpportal.codes import texts as code_texts
from icpportal.codes.actions import Destination, issue
from icpportal.codes.models import Code
from icpportal.codes.shares import Requester
from icpportal.outbox.models import Message
from icpportal.privacy.fields import Token
from tests.filings.legacy_import.dumps import EMAIL, filing, personal
from tests.transfers.outside import cost

PAGE = "/import/find/"
LEAD, ADMINISTRATOR = "13900000001", "13900000002"
DOMAINS = ["example.com", "nowhere.com", "early.cn", "silent.com"]  # held; unknown; of no account; without a mobile


@pytest.fixture
def browser(client, lin):
    User.objects.filter(pk=lin.pk).update(language="en")
    client.cookies["django_language"] = "en"
    client.force_login(lin)
    return client


@pytest.fixture
def world(old):
    nobody = {"account_email": "b@x.cn", "lead_phone1": "", "admin_phone1": "", "admin_id_number": ""}
    old(filing(), personal(domain="early.cn"), filing(domain="silent.com", **nobody))


def ask(browser, domain="example.com"):
    return browser.post(PAGE, {"domain": domain, "send": "1"})


def enter(browser, code, domain="example.com"):
    return browser.post(PAGE, {"domain": domain, "code": code})


def errors(answer):
    """The codes of the errors of the form that is shown, by field."""
    found = answer.context["forms"][0].errors.as_data()
    return {field: [each.code for each in wrong] for field, wrong in found.items()}


def texts():
    return [(row.payload["to"], row.payload["context"]["code"]) for row in Message.objects.filter(channel="sms")]


def words(answer, domain):
    """The page without the parts that differ for everybody."""
    page = re.sub(
        r'(csrfmiddlewaretoken" value|page_draft" value|data-version|nonce)="[^"]*"', "", answer.content.decode()
    )
    return page.replace(domain, "DOMAIN")


def test_the_code_goes_to_the_lead_s_filed_mobile_and_the_right_one_shows_the_masked_account(browser, world):
    ask(browser)
    ((to, code),) = texts()

    page = enter(browser, code).content.decode()

    assert to == LEAD
    assert "o***@example.com" in page
    assert EMAIL not in page
    assert reverse("import-reset") in page


def test_the_page_names_the_domain_of_an_address_that_was_pasted(browser, world):
    page = ask(browser, "https://www.example.com/shop?from=mail").content.decode()

    assert "<p>example.com</p>" in page
    assert "/shop" not in page
    assert [to for to, _code in texts()] == [LEAD]


def test_without_the_lead_s_mobile_it_goes_to_the_administrator(browser, old):
    old(filing(lead_phone1=""))

    ask(browser)

    assert [to for to, _code in texts()] == [ADMINISTRATOR]


def test_every_domain_gets_the_same_answer_and_only_a_known_one_a_text(browser, world):
    answers = {words(ask(browser, domain), domain) for domain in DOMAINS}

    assert len(answers) == 1
    assert "we have sent a code" in answers.pop()
    assert [to for to, _code in texts()] == [LEAD]


def test_every_wrong_code_gets_the_same_answer_however_often(browser, world, settings):
    settings.LIMITS = {**settings.LIMITS, "import_find_code": (100, 60)}
    for domain in DOMAINS:
        ask(browser, domain)
    ((_to, right),) = texts()
    wrong = "000000" if right != "000000" else "111111"

    answers = {
        words(enter(browser, wrong, domain), domain) for domain in [*DOMAINS, "never-asked.com"] for _ in range(6)
    }

    assert len(answers) == 1
    assert "The code is wrong or has expired" in answers.pop()
    assert errors(enter(browser, right)) == {"code": ["find_code"]}  # its attempts are used up


def test_every_domain_costs_the_same_work(browser, world, settings):
    settings.LIMITS = {**settings.LIMITS, "import_find": (100, 60), "import_find_code": (100, 60)}
    ask(browser, "warm.com")
    enter(browser, "000000", "warm.com")
    code_texts.spend()  # the first text of a day opens its budget

    asked = {cost(lambda domain=domain: ask(browser, domain)) for domain in DOMAINS}
    entered = {cost(lambda domain=domain: enter(browser, "000000", domain)) for domain in DOMAINS}

    assert (len(asked), len(entered)) == (1, 1)


def test_the_worker_is_called_for_every_domain_so_that_timing_reveals_nothing(
    world, lin, django_capture_on_commit_callbacks
):
    called = set()
    for domain in DOMAINS:
        with django_capture_on_commit_callbacks() as calls:
            account_lookup.send(lin, domain)
        called.add(len(calls))

    assert called == {1}


def test_a_code_is_valid_once_and_only_for_who_asked(browser, world, client, chen):
    ask(browser)
    ((_to, code),) = texts()
    client.force_login(chen)
    theirs = errors(enter(client, code))
    client.force_login(User.objects.get(email="lin@example.net"))

    first, second = enter(browser, code), enter(browser, code)

    assert theirs == {"code": ["find_code"]}
    assert 'id="found-account"' in first.content.decode()
    assert errors(second) == {"code": ["find_code"]}


def test_a_text_that_may_not_be_sent_yet_does_not_change_the_answer(browser, world, settings):
    settings.CODE_RESEND_SECONDS = 60

    answers = {words(ask(browser), "example.com") for _ in range(2)}

    assert (len(answers), len(texts())) == (1, 1)


@pytest.mark.parametrize("name", ["import_find", "import_find_domain"])
@pytest.mark.parametrize("domain", ["example.com", "nowhere.com"])
def test_requests_count_against_the_account_and_against_the_domain(browser, world, settings, name, domain):
    settings.LIMITS = {**settings.LIMITS, name: (1, 60)}
    ask(browser, domain)

    assert errors(ask(browser, domain)) == {"__all__": ["too_many"]}


def test_lookups_use_up_a_small_share_of_what_a_mobile_may_get(browser, world, settings, chen):
    settings.LIMITS = {**settings.LIMITS, "import_find_mobile": (1, 3600)}
    first = ask(browser)

    browser.force_login(chen)
    second = ask(browser)

    assert words(first, "example.com").replace(EMAIL, "") == words(second, "example.com").replace(EMAIL, "")
    assert [to for to, _code in texts()] == [LEAD]
    issue(
        purpose="sign_in",
        holder="the owner of the mobile",
        to=Destination(LEAD, "sms", "en"),
        requester=Requester(),
    )
    assert [to for to, _code in texts()] == [LEAD, LEAD]


def test_entered_codes_are_counted(browser, world, settings):
    settings.LIMITS = {**settings.LIMITS, "import_find_code": (1, 60)}
    ask(browser)
    enter(browser, "000000")

    assert errors(enter(browser, "000000")) == {"__all__": ["too_many"]}


def test_no_address_and_no_session_contains_any_of_it(browser, world):
    answer = ask(browser)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "example.com" not in str(dict(browser.session))


def test_an_unreadable_record_is_like_none(browser, world, lin):
    LegacyRecord.objects.filter(domain="example.com").update(details=Token("s1:gone:AAAA"))

    account_lookup.send(lin, "example.com")

    assert (texts(), Code.objects.count()) == ([], 1)


@pytest.mark.parametrize(("typed", "field"), [({"domain": ""}, "domain"), ({"domain": "1.2.3.4"}, "domain")])
def test_an_invalid_domain_is_reported(browser, world, typed, field):
    assert errors(browser.post(PAGE, {"send": "1", **typed})).keys() == {field}
    assert Code.objects.count() == 0


def test_who_is_not_signed_in_is_sent_to_sign_in(client):
    assert "/account/" in client.get(PAGE)["Location"]
