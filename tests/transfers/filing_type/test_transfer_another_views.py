"""Transfer another: the button and why it is missing, the known subject, papers used again, and whose they are."""

import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from lxml.html import document_fromstring

from filings.models import Subject
from filings.queries import subjects_of
from filings.register.blind_keys import subject_key
from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, sign_in, type_answers
from tests.transfers.onfile import FIRST, FURTHER, ask, begin, make_filed, page_of, papers, subject_of
from tests.transfers.outside import cost, errors, on_file
from transfers.documents.actions import OrderChanged
from transfers.models import Order, TypeCheck
from transfers.orders import actions
from verification import consents

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("servers")]
TICKED = {"again_lead_id": "on", "again_subject_id": "on", "agree": "on"}
OTHER = {"id_number": "91649999000000027F", "name": "宁夏示例茶叶有限公司"}


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["django_language"] = "en"


@pytest.fixture
def first(ministry):
    """The sample subject is on file here, and another site of it is at another provider."""
    on_file(ministry, FURTHER)
    return make_filed(make_user())


def read(client, user, url):
    answer = sign_in(client, user).get(url)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the button ---


@pytest.mark.parametrize("page", ["dashboard", "filing"])
def test_the_button_is_on_my_filings_and_on_the_filing(client, first, page):
    url = reverse(page, args=[first.website_id]) if page == "filing" else f"{reverse(page)}?tab=sites"

    html = read(client, first.owner, url)

    assert "Transfer another ICP filing" in html
    assert f'href="{page_of(first)}"' in html


def test_a_website_whose_subject_belongs_to_another_account_leads_to_the_full_form(client, first):
    theirs = make_filed(make_user(), domain="of-another.com")
    website = theirs.website
    client.cookies["django_language"] = "en"
    sign_in(client, theirs.owner)

    for page in (f"{reverse('dashboard')}?tab=sites", reverse("filing", args=[website.pk])):
        html = client.get(page).content.decode()
        assert f'href="{reverse("verify-type")}">Transfer another ICP filing<' in html
        assert page_of(first) not in html
    assert website.subject.owner == first.owner


@pytest.mark.parametrize("code", [46, 47, 48])
def test_a_subject_on_file_with_a_document_that_nobody_can_choose_is_not_told_to_choose_another(client, first, code):
    """ "This document type cannot be used for “Overseas body”: choose another", and there was nothing to choose."""
    number = "G1100000000001X"
    subject = subject_of(first)
    subject.nature, subject.id_type, subject.id_number = "overseas_body", code, number
    subject.subject_key = subject_key(code, number)
    subject.save()

    answer = sign_in(client, first.owner).post(reverse("another-of", args=[subject.pk]), {"domain": FURTHER})

    check = TypeCheck.objects.latest("created_at")
    assert check.answers["id_type"] == str(code)
    assert answer["Location"] == reverse("verify-type-outcome", args=[check.reference])


def test_whoever_listens_to_the_buttons_hears_which_subject_each_is_of(client, first):
    """Two buttons had one name, and only the headings above told them apart."""
    second = make_filed(first.owner, domain="second.com", kind=OTHER)

    for page in (reverse("another"), f"{reverse('dashboard')}?tab=sites"):
        found = document_fromstring(read(client, first.owner, page)).xpath('//a[contains(@class, "button-secondary")]')
        heard = {
            " ".join(each.text_content().split()) for each in found if each.get("href") in map(page_of, (first, second))
        }
        assert heard == {f"Transfer another ICP filing {subject_of(each).subject_number}" for each in (first, second)}


def test_without_anything_on_file_the_link_leads_to_a_page_that_explains_why(client):
    user = make_user()

    assert f'href="{reverse("another")}"' in read(client, user, reverse("dashboard"))
    html = read(client, user, reverse("another"))
    assert "Nothing is on file in this account yet" in html
    assert reverse("verify-type") in html


@pytest.mark.parametrize(
    ("state", "words", "finish", "take_back"),
    [
        (states.DRAFT, "is open: finish or abandon it first", "Continue the order", "abandon"),
        (states.RETURNED, "is open: finish or abandon it first", "Continue the order", "abandon"),
        (states.PHOTO_DUE, "is open: finish or withdraw it first", "Continue the order", "withdraw"),
        (states.SUBMITTED, "wait for the answer, or withdraw it first", "Open the order", "withdraw"),
        (states.PHOTO_REVIEW, "cannot be withdrawn now: wait for the answer", "Open the order", ""),
        (states.HANDING_OVER, "cannot be withdrawn: wait for the result", "Open the order", ""),
        (states.PHONE_DUE, "cannot be withdrawn: wait for the result", "Continue the order", ""),
        (states.AUTHORITY_REVIEW, "cannot be withdrawn: wait for the result", "Open the order", ""),
    ],
)
@pytest.mark.parametrize("page", ["dashboard", "filing", "another-of"])
def test_an_open_order_of_the_subject_blocks_it_and_is_named(client, first, page, state, words, finish, take_back):
    open_order = make_order(first.owner, state=state, answers={"type": type_answers(domain="open-example.com")})
    place = {"dashboard": [], "filing": [first.website_id], "another-of": [subject_of(first).pk]}[page]

    html = read(client, first.owner, reverse(page, args=place) + "?tab=sites")

    assert f'data-blocked-by="{open_order.reference}"' in html
    assert f"Order {open_order.reference}" in html
    assert words in html
    assert finish in html
    assert f"/transfers/{open_order.reference}/" in html
    offered = [move for move in ("withdraw", "abandon") if f"/{open_order.reference}/do/{move}/" in html]
    assert offered == ([take_back] if take_back else [])
    assert f'href="{page_of(first)}"' not in html


def test_a_blocked_page_accepts_no_domain(client, first):
    make_order(first.owner, answers={"type": type_answers(domain="open-example.com")})

    answer = ask(client, first)

    assert answer.status_code == 200
    assert not TypeCheck.objects.exists()


def test_an_order_of_another_subject_or_account_blocks_nothing(client, first):
    make_order(first.owner)
    make_order(subject_key=first.subject_key, claimed=False)

    html = read(client, first.owner, page_of(first))

    assert "data-blocked-by" not in html


def test_an_abandoned_order_unblocks_it(client, first):
    order = begin(client, first)
    assert "data-blocked-by" in read(client, first.owner, page_of(first))

    client.post(reverse("order-move", args=[order.reference, "abandon"]))

    assert "data-blocked-by" not in read(client, first.owner, page_of(first))


# --- whose subject ---


def test_a_strangers_subject_is_404(client, first):
    stranger = make_filed(make_user(), domain="stranger-example.com", kind=OTHER).owner
    sign_in(client, stranger)

    assert client.get(page_of(first)).status_code == 404
    assert client.post(page_of(first), {"domain": FURTHER}).status_code == 404
    assert not TypeCheck.objects.exists()


def test_an_anonymous_reader_must_sign_in(client, first):
    assert client.get(page_of(first)).status_code == 302
    assert client.get(reverse("another")).status_code == 302


def test_a_single_subject_is_not_asked_about_and_one_of_several_is_chosen(client, first):
    user = first.owner
    sign_in(client, user)
    assert client.get(reverse("another"))["Location"] == page_of(first)

    second = make_filed(user, domain="tea-example.com", kind=OTHER)
    second_number = subjects_of(user).get(subject_key=second.subject_key).subject_number
    make_order(user, answers={"type": type_answers(domain="open-example.com", **OTHER)})
    html = read(client, user, reverse("another"))

    assert (first.answer("type")["name"] in html, OTHER["name"] in html) == (True, True)
    assert (first.subject_number in html, second_number in html) == (True, True)
    assert f'href="{page_of(first)}"' in html
    assert f'href="{page_of(second)}"' not in html  # an order of that subject is open
    assert reverse("another") in read(client, user, reverse("dashboard"))


def test_a_long_list_of_subjects_is_read_in_pages_and_searched(client, first, monkeypatch):
    """Forty subjects were one page of 8,000 pixels, without a search."""
    monkeypatch.setattr("transfers.pages.keyset.page.__kwdefaults__", {"size": 1})
    tea = subject_of(make_filed(first.owner, domain="tea-example.com", kind=OTHER))
    known = subject_of(first)

    def shown(words="", url=""):
        html = read(client, first.owner, url or f"{reverse('another')}?{urlencode({'q': words})}")
        return document_fromstring(html).xpath("//@data-subject"), html

    found, html = shown()
    (older,) = document_fromstring(html).xpath('//a[@rel="next"]/@href')

    assert (found, shown(url=older)[0]) == ([str(tea.pk)], [str(known.pk)])
    for words in ("示例茶叶", tea.subject_number.upper(), "tea-example", "https://www.tea-example.com/"):
        assert shown(words)[0] == [str(tea.pk)]
    assert shown("nowhere-example")[0] == []
    assert "Nothing matches what you look for" in shown("nowhere-example")[1]


def test_no_search_finds_a_person_by_name_or_a_subject_of_another_account(client, first):
    theirs = subject_of(make_filed(make_user(), domain="tea-example.com", kind=OTHER))
    mine = subject_of(first)
    mine.nature = "individual"
    mine.name = "林示范"
    mine.save()

    for words in ("林示范", theirs.name, "tea-example.com"):
        assert "data-subject" not in read(client, first.owner, f"{reverse('another')}?{urlencode({'q': words})}")


# --- the domain ---


def test_the_type_is_decided_with_the_known_subject(client, first):
    answer = ask(client, first)
    page = client.get(answer["Location"])

    check = TypeCheck.objects.get()
    assert page.context["page"].outcome == "transfer_another"
    typed = {"region", "nature", "id_type", "id_number", "name", "subject_key"}
    assert {name: check.answers[name] for name in typed} == {name: first.answer("type")[name] for name in typed}


@pytest.mark.parametrize(
    ("domain", "outcome"),
    [(FIRST, "already_here"), ("nowhere-example.com", "new_site"), ("foreign-example.com", "mismatch")],
)
def test_other_outcomes_lead_to_their_pages_and_back_to_the_domain(client, first, ministry, domain, outcome):
    on_file(ministry, FIRST)
    on_file(ministry, "foreign-example.com", number="91649999000000027F", subject="宁ICP备00000009号")

    answer = ask(client, first, domain)
    page = client.get(answer["Location"])

    assert page.context["page"].outcome == outcome
    again = page.context["page"].again_url
    assert again.startswith(page_of(first))
    assert client.get(again).context["form"].initial == {"domain": domain}
    assert client.post(f"{answer['Location']}start/").status_code == 404


@pytest.mark.parametrize("domain", ["", "not a domain", "192.0.2.1", "sample.gov.cn"])
def test_a_domain_that_cannot_be_filed_is_refused_beside_the_field(client, first, domain):
    answer = ask(client, first, domain)

    assert list(errors(answer)) == ["domain"]
    assert not TypeCheck.objects.exists()


def test_a_subject_on_file_in_a_county_that_was_merged_since_can_transfer_another(client, first):
    Subject.objects.filter(pk=subject_of(first).pk).update(region="640103")

    answer = ask(client, first)

    assert answer.status_code == 302, errors(answer)
    assert TypeCheck.objects.get().outcome == "transfer_another"


def test_an_outage_at_the_authority_costs_nothing_and_keeps_the_domain(client, first, settings):
    settings.AUTHORITY_GATEWAY = "icpportal.gateways.miit.fake.Down"

    answer = ask(client, first)

    assert errors(answer) == {"__all__": ["service_busy"]}
    assert FURTHER in answer.content.decode()


def test_an_earlier_attempt_of_somebody_else_fills_in_nothing(client, first):
    stranger = make_filed(make_user(), domain="stranger-example.com", kind=OTHER)
    check = TypeCheck.objects.create(
        owner=stranger.owner, answers=type_answers(domain="secret.com"), outcome="new_site"
    )

    html = read(client, first.owner, f"{page_of(first)}?from={check.reference}")

    assert "secret.com" not in html


# --- what is used again ---


def test_every_paper_is_shown_with_its_date_its_end_and_its_order(client, first):
    html = read(client, first.owner, page_of(first))

    assert not re.search(r"Reuse\b", html)  # asked once the type is known
    assert html.count(f"Order {first.reference}.") == 3  # lead, administrator, licence
    assert "valid until 14 Feb 2035" in html
    assert "林*范" in html
    assert "649999198502140009" not in html


def test_reuse_is_offered_for_lead_and_subject_and_nothing_is_ticked(client, first):
    page = client.get(ask(client, first)["Location"])

    form = page.context["form"]
    assert list(form.fields) == ["again_lead_id", "agree", "again_subject_id"] or set(form.fields) == set(TICKED)
    assert "checked" not in page.content.decode()


def test_the_order_begins_with_the_subject_answered_and_the_ticked_papers(client, first):
    order = begin(client, first, **TICKED)

    assert (order.kind, order.state, moves(order)) == (
        "transfer_another",
        states.DRAFT,
        ["start", "use_again", "use_again"],
    )
    assert order.answer("subject")["lead_id_number"] == "649999198502140009"
    assert order.answer("subject")["post_address"] == first.answer("subject")["post_address"]
    assert "subject" not in order.answer("type")
    assert papers(order) == dict.fromkeys((("lead_id", 1), ("lead_id", 2), ("subject_id", 1)), first.reference)


def test_consent_is_given_again_for_this_order_by_the_person_shown(client, first):
    order = begin(client, first, **TICKED)

    assert len(consents.active_consents(order.reference)) == 1
    assert consents.active_consents(order.reference) < consents.active_consents(first.reference)


def test_without_the_consent_nothing_begins_and_the_page_says_what_to_tick(client, first):
    outcome = ask(client, first)["Location"]

    answer = client.post(f"{outcome}start/", {"again_lead_id": "on"})

    assert list(errors(answer)) == ["agree"]
    assert "checked" in answer.content.decode()
    assert Order.objects.filter(owner=first.owner).count() == 1


def test_without_ticks_only_the_subject_is_taken_over(client, first):
    order = begin(client, first)

    assert (papers(order), consents.active_consents(order.reference)) == ({}, frozenset())
    assert "subject" in order.answers


def test_the_result_is_the_same_from_the_usual_first_step(client, first):
    check = TypeCheck.objects.create(
        owner=first.owner, answers=type_answers(domain=FURTHER), outcome="transfer_another",
        subject_number=first.subject_number, site_number=f"{first.subject_number}-2",
    )  # fmt: skip
    sign_in(client, first.owner).post(reverse("verify-type-start", args=[check.reference]), TICKED)

    assert papers(Order.objects.get(domain=FURTHER))


def test_a_second_press_and_another_tab_find_the_same_order_and_reuse_once(client, first):
    outcome = ask(client, first)["Location"]

    ways = {client.post(f"{outcome}start/", TICKED)["Location"] for _ in range(2)}

    assert len(ways) == 1
    order = Order.objects.get(domain=FURTHER)
    assert order.papers.count() == 3
    assert moves(order) == ["start", "use_again", "use_again"]
    assert client.get(outcome).status_code == 200  # the back button


def test_two_tabs_with_two_domains_begin_one_order(client, first, ministry):
    on_file(ministry, "third-example.com")
    tabs = [ask(client, first, domain)["Location"] for domain in (FURTHER, "third-example.com")]

    answers = [client.post(f"{tab}start/", TICKED) for tab in tabs]

    assert Order.objects.filter(owner=first.owner, kind="transfer_another").count() == 1
    page = client.get(answers[1]["Location"]).context["page"]
    assert page.outcome == "own_order"


def test_a_stranger_cannot_begin_from_somebody_elses_check(client, first):
    outcome = ask(client, first)["Location"]
    sign_in(client, make_filed(make_user(), domain="stranger-example.com", kind=OTHER).owner)

    assert client.get(outcome).status_code == 404
    assert client.post(f"{outcome}start/", TICKED).status_code == 404
    assert not Order.objects.filter(domain=FURTHER).exists()


def test_a_taken_domain_leaves_nothing_behind(client, first, monkeypatch):
    outcome = ask(client, first)["Location"]

    def fail(*args, **kwargs):
        raise OrderChanged("x")

    monkeypatch.setattr("transfers.filing_type.transfer_another.paper_actions.use_again", fail)
    with pytest.raises(OrderChanged):
        client.post(f"{outcome}start/", TICKED)

    assert not Order.objects.filter(domain=FURTHER).exists()
    assert TypeCheck.objects.get().order is None


# --- the cost ---


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(client, ministry):
    def of(rows):
        user = make_user()
        for n in range(rows):
            number = f"9164999900000{n}{rows}19L"
            make_filed(user, domain=f"row{n}-{rows}.com", kind={"id_number": number}, with_papers=False)
        sign_in(client, user)
        pages = [reverse("dashboard"), f"{page_of(user.orders.first())}"]
        return [cost(lambda url=url: client.get(url)) for url in pages]

    assert of(1) == of(3)


def test_three_earlier_orders_take_as_many_queries_as_one(client, ministry):
    def of(rows):
        user, same = make_user(), {"id_number": f"91649999{rows:09d}L"}
        orders = [make_filed(user, domain=f"row{n}-{rows}.com", kind=same) for n in range(rows)]
        sign_in(client, user)
        return cost(lambda: client.get(page_of(orders[0])))

    assert of(1) == of(3)


def test_the_start_is_separate_from_the_answers_of_the_order(client, first):
    order = begin(client, first)

    assert actions.ASKED_ABOUT not in order.answer("type")
