"""My filings: whose turn it is, what is on file with us; as many queries for one row as for three."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from filings.models import Access, Website
from icpportal.accounts.models import User
from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.lifecycle import AUTHORITY
from tests.transfers import states
from tests.transfers.builders import fire, make_order, make_user, sign_in
from tests.transfers.outside import cost
from transfers.authority import results as authority
from transfers.dashboard.lists import SIZE
from transfers.rights import closure

pytestmark = pytest.mark.django_db


def show(client, user, **asked):
    client.cookies["django_language"] = "en"
    return sign_in(client, user).get(reverse("dashboard"), asked).content.decode()


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


def references(html):
    return re.findall(r'data-reference="([^"]+)"', html)


def test_an_empty_account_is_shown_three_links_with_a_sentence_each(client):
    html = show(client, make_user())

    assert "No filing yet. Which way is yours?" in html
    assert 'class="tabs"' not in html
    doors = re.findall(r'<h2><a href="([^"]+)">[^<]+</a></h2>\s*<p>([^<]+)</p>', html)
    assert [url for url, _sentence in doors] == [reverse(name) for name in ("verify-type", "another", "import")]
    assert all(sentence.endswith(".") for _url, sentence in doors)


def test_each_order_names_its_next_date_and_its_purpose(client):
    user = make_user()
    labels = {
        states.DRAFT: "Kept until",
        states.RETURNED: "Resubmit by",
        states.PHONE_DUE: "Verify by",
        states.SUBMITTED: "Answer due by",
        states.AUTHORITY_REVIEW: "Result usually by",
        states.PHOTO_DUE: "Submit the photo by",
        states.LAPSED: "Resubmit by",
        states.AUTHORITY_RETURNED: "Resubmit by",
        states.HANDING_OVER: "Submitted to the authority by",
    }
    orders = {state: make_order(user, state=state) for state in labels}

    html = "".join(show(client, user, tab=tab) for tab in ("turn", "ours", "authority"))

    found = dict(_dates(html))
    assert {state: found.get(order.reference, "") for state, order in orders.items()} == labels


def _dates(html):
    for reference, inside in re.findall(r'data-reference="([^"]+)"(.*?)</tr>', html, re.DOTALL):
        label = re.search(r'</time></b> <span class="row-sub">(.*?)</span>', inside)
        yield reference, label[1] if label else ""


def test_an_open_order_is_shown_however_many_newer_ones_are_closed(client):
    user = make_user()
    old = make_order(user, state=states.RETURNED, created_at=timezone.now() - timedelta(days=9))
    for _ in range(SIZE + 1):
        make_order(user, state=states.ABANDONED)

    assert references(show(client, user))[0] == old.reference


@pytest.mark.parametrize(
    ("tab", "state"), [("turn", states.RETURNED), ("ours", states.SUBMITTED), ("closed", states.ABANDONED)]
)
def test_each_list_is_paginated_and_loses_no_row(client, tab, state):
    user = make_user()
    orders = {make_order(user, state=state).reference for _ in range(SIZE + 2)}

    first = show(client, user, tab=tab)
    older = unescape(re.search(r'href="([^"]+)" rel="next"', first)[1])
    second = client.get(older).content.decode()

    assert (len(references(first)), len(references(second))) == (SIZE, 2)
    assert set(references(first) + references(second)) == orders
    assert 'rel="next"' not in second
    assert f'href="{reverse("dashboard")}?tab={tab}" rel="prev"' in second


@pytest.mark.parametrize("mark", ["nonsense", "AAAA-AAAA", "x" * 300])
def test_an_invalid_page_key_begins_at_the_first_page(client, mark):
    user = make_user()
    order, other = make_order(user, state=states.ABANDONED), make_order(state=states.ABANDONED)

    for value in (mark, other.reference):
        assert references(show(client, user, tab="closed", after=value)) == [order.reference]


def test_the_tabs_show_their_counts_and_the_first_with_rows_is_open(client):
    user = make_user()
    for state in (states.SUBMITTED, states.SUBMITTED, states.AUTHORITY_REVIEW, states.WITHDRAWN):
        make_order(user, state=state)

    html = show(client, user)

    counts = re.findall(r'tab=(\w+)"( aria-current="page")?>[^<]+<span class="tab-n">(\d+)</span>', html)
    assert [(tab, number) for tab, _here, number in counts] == [
        ("turn", "0"), ("ours", "2"), ("authority", "1"), ("sites", "0"), ("closed", "1"),
    ]  # fmt: skip
    assert [tab for tab, here, _number in counts if here] == ["ours"]


def test_an_empty_tab_says_so_and_links_to_one_with_rows(client):
    order = make_order(state=states.SUBMITTED)

    html = show(client, order.owner, tab="closed")

    assert references(html) == []
    assert "Nothing here just now." in html
    assert f'href="{reverse("dashboard")}?tab=ours">With us</a>' in html


def test_an_order_is_found_by_domain_and_reference_and_the_filter_survives_the_other_tab(client):
    user = make_user()
    wanted = make_order(user, state=states.RETURNED, domain="paper-sample.cn")
    make_order(user, state=states.RETURNED)

    by_domain = show(client, user, q="PAPER-sam")
    by_reference = show(client, user, q=wanted.reference.lower())

    assert references(by_domain) == references(by_reference) == [wanted.reference]
    assert 'value="PAPER-sam"' in by_domain
    assert f"{reverse('dashboard')}?tab=closed&amp;q=PAPER-sam" in by_domain
    assert references(show(client, user, q="nobody.cn")) == []
    assert "Nothing matches what you look for." in show(client, user, q="nobody.cn")


@pytest.mark.parametrize("typed", ["FGRUU6BS", "fgru u6bs", "ＦＧＲＵ－Ｕ６ＢＳ", "FGRUU6", "宁ICP备 2025001234号"])
def test_an_order_is_found_by_its_reference_and_number_in_any_spelling(client, typed):
    user = make_user()
    wanted = make_order(user, reference="FGRU-U6BS", subject_number="宁ICP备2025001234号")
    make_order(user, reference="JX2T-9UXJ")

    assert references(show(client, user, q=typed)) == [wanted.reference]


@pytest.mark.parametrize("part", ["name", "site_number"])
def test_a_search_opens_the_list_with_matches(client, part):
    user = make_user()
    make_order(user)
    granted = make_order(user, state=states.AUTHORITY_REVIEW, domain="on-file.cn")
    grant(granted)
    words = getattr(Website.objects.get(), part)

    found = show(client, user, at="turn", q=words)
    other_tab = show(client, user, tab="turn", q=words)

    assert "on-file.cn" in found
    assert re.findall(r'tab=(\w+)[^"]*" aria-current="page"', found) == ["sites"]
    assert "Nothing in this list matches." in other_tab
    assert ">On file</a>" in other_tab.split("Nothing in this list matches.")[1]


def test_an_order_is_found_by_part_of_the_name_of_its_site_on_file(client):
    user = make_user()
    order, other = (make_order(user, state=states.AUTHORITY_REVIEW, domain=f"{name}.cn") for name in ("one", "two"))
    for each, name in ((order, "示例纸业官网"), (other, "示例茶叶官网")):
        grant(each)
        Website.objects.filter(domain=each.domain).update(name=name)

    found = show(client, user, tab="closed", q="纸业")

    assert references(found) == [order.reference]
    assert references(show(client, make_user(), tab="closed", q="纸业")) == []


def test_a_search_stays_in_the_current_list_if_it_has_a_match(client):
    user = make_user()
    make_order(user)
    ended = make_order(user, state=states.WITHDRAWN)

    assert references(show(client, user, at="closed", q="example")) == [ended.reference]


def test_a_chinese_domain_is_found_by_its_own_letters(client):
    order = make_order(domain="xn--fsqu00a.cn")

    assert references(show(client, order.owner, q="例子.cn")) == [order.reference]


@pytest.mark.parametrize("pasted", ["https://www.example-shop.cn/about", "www.Example-Shop.cn", "ｅｘａｍｐｌｅ-ｓ"])
def test_an_order_is_found_by_the_pasted_address_of_its_website(client, pasted):
    order = make_order(domain="example-shop.cn", state=states.SUBMITTED)
    make_order(order.owner, domain="other.cn", state=states.SUBMITTED)

    assert references(show(client, order.owner, q=pasted)) == [order.reference]


def test_orders_can_be_filtered_by_kind(client):
    user = make_user()
    make_order(user, state=states.SUBMITTED)
    cancellation = make_order(user, state=states.SUBMITTED, kind=states.CANCELLATION)

    assert references(show(client, user, kind=states.CANCELLATION)) == [cancellation.reference]
    assert len(references(show(client, user, kind="nonsense"))) == 2


def test_the_earliest_deadline_of_all_is_shown_above_every_list_with_the_primary_button(client):
    user = make_user()
    make_order(user, state=states.RETURNED, due_at=timezone.now() + timedelta(days=20))
    phones = make_order(user, state=states.PHONE_DUE, due_at=timezone.now() + timedelta(hours=19))

    for tab in ("turn", "closed"):
        html = show(client, user, tab=tab)
        urgent = re.search(r'<section class="first-act".*?</section>', html, re.DOTALL)[0]
        assert phones.display_domain in urgent
        assert "hours left" in urgent
        assert len(re.findall(r'class="button"', html)) == 1


def test_a_subject_has_its_block_with_number_nature_and_masked_lead(client):
    user = make_user()
    order = make_order(user, state=states.AUTHORITY_REVIEW, subject_number="粤ICP备00000009号", province="44")
    grant(order)
    other = make_order(user, state=states.AUTHORITY_REVIEW)
    grant(other)

    html = show(client, user, tab="sites")

    blocks = re.findall(r'<article class="sheet" data-subject(.*?)</article>', html, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        for words in ("宁夏示例纸业有限公司", "Enterprise", "林*范", "陈*例", "Normal"):
            assert words in block
        assert "林示范" not in block
        assert "陈样例" not in block


def test_a_filed_website_offers_cancelling_adding_another_and_its_order(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)
    order.refresh_from_db()

    html = show(client, order.owner, tab="sites")

    row = re.search(rf'data-site="{order.website_id}"(.*?)</tr>', html, re.DOTALL)[1]
    assert reverse("cancel", args=[order.website_id]) in row
    assert order.get_absolute_url() in row
    assert reverse("another-of", args=[order.subject_id]) in html
    assert reverse("service-codes") in html


@pytest.mark.parametrize(("state", "label"), [(states.DRAFT, "Draft"), (states.AUTHORITY_REVIEW, "With the authority")])
def test_a_website_whose_access_is_being_cancelled_says_so_and_links_there(client, state, label):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)
    order.refresh_from_db()
    leaving = make_order(order.owner, kind=states.CANCELLATION, state=state, website_id=order.website_id)

    html = show(client, order.owner, tab="sites")

    row = re.search(rf'data-site="{order.website_id}"(.*?)</tr>', html, re.DOTALL)[1]
    assert f"Cancellation · {label}" in row.replace("\N{NO-BREAK SPACE}", " ")  # the website itself is no draft
    assert leaving.get_absolute_url() in row
    assert reverse("cancel", args=[order.website_id]) not in row


def test_a_filing_names_its_subject_nature_and_the_people_masked(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)
    order.refresh_from_db()
    show(client, order.owner)

    html = client.get(reverse("filing", args=[order.website_id])).content.decode()

    facts = [re.sub("<[^>]+>", "", each) for each in re.findall(r"<dd>(.*?)</dd>", html)]
    assert facts == [
        "宁ICP备00000000号-7",
        "示例纸业官网",
        "陈*例",
        "宁夏示例纸业有限公司",
        "宁ICP备00000000号",
        "Enterprise",
        "林*范",
    ]


def test_a_filing_shows_the_required_foot_of_the_site(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)
    order.refresh_from_db()

    html = sign_in(client, order.owner).get(reverse("filing", args=[order.website_id])).content.decode()

    assert "&lt;a href=&quot;https://beian.miit.gov.cn" in html
    assert "宁ICP备00000000号-7&lt;/a&gt;" in html


def test_a_chinese_domain_is_shown_in_chinese(client):
    order = make_order(domain="xn--fsqu00a.cn")

    assert "例子.cn" in show(client, order.owner)


def test_orders_are_grouped_by_whose_turn_it_is(client):
    user = make_user()
    rows = {
        tab: make_order(user, state=state).reference
        for tab, state in {
            "turn": states.RETURNED,
            "ours": states.SUBMITTED,
            "authority": states.AUTHORITY_REVIEW,
            "closed": states.WITHDRAWN,
        }.items()
    }

    assert {tab: references(show(client, user, tab=tab)) for tab in rows} == {tab: [ref] for tab, ref in rows.items()}


def test_the_earliest_deadline_comes_first(client):
    user = make_user()
    draft, phones = (make_order(user, state=each) for each in (states.DRAFT, states.PHONE_DUE))
    lapsed = make_order(user, state=states.LAPSED, due_at=timezone.now() + timedelta(days=61))

    html = show(client, user)

    places = [html.index(f'data-reference="{order.reference}"') for order in (phones, draft, lapsed)]
    assert places == sorted(places)


def test_each_order_of_your_turn_has_its_one_next_action_and_others_have_none(client):
    user = make_user()
    lapsed, submitted = (make_order(user, state=state) for state in (states.LAPSED, states.SUBMITTED))

    html = show(client, user) + show(client, user, tab="ours")

    assert reverse("order-move", args=[lapsed.reference, "resubmit"]) in html
    assert reverse("order-move", args=[lapsed.reference, "abandon"]) not in html
    assert reverse("order-move", args=[submitted.reference, "withdraw"]) not in html


def test_other_peoples_orders_are_not_listed(client):
    other = make_order()

    assert other.reference not in show(client, make_user())


@pytest.mark.parametrize("tab", ["turn", "ours", "authority", "sites", "closed"])
def test_part_of_a_domain_finds_ones_own_orders_and_nobody_elses(client, tab):
    owner = make_user()
    mine, theirs = (make_order(user, domain=f"{name}-shop.cn") for user, name in ((owner, "mine"), (None, "theirs")))

    html = show(client, owner, q="shop", tab=tab)

    assert mine.reference in html  # in its list, or above all of them as the earliest deadline
    assert theirs.reference not in html
    assert "theirs-shop.cn" not in html


def test_an_approved_order_is_in_the_register_with_its_access(client):
    order = make_order(state=states.AUTHORITY_REVIEW)
    grant(order)

    html = show(client, order.owner, tab="sites")
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


def test_the_page_takes_as_many_queries_for_one_row_as_for_three(client):
    def of(rows):
        user = make_user()
        for _ in range(rows):
            make_order(user)
            make_order(user, state=states.SUBMITTED)
            make_order(user, state=states.WITHDRAWN)
            order = make_order(user, state=states.AUTHORITY_REVIEW)
            grant(order)
        client.force_login(user)
        return cost(lambda: client.get(reverse("dashboard")))

    one, three = of(1), of(3)

    assert one == three
    assert one <= 12


def test_a_list_of_postponed_orders_takes_as_many_queries_for_one_as_for_three(client):
    def of(rows):
        user = make_user()
        for _ in range(rows):
            fire(make_order(user, state=states.AUTHORITY_REVIEW, authority_code="1017"), "waits", AUTHORITY)
        client.force_login(user)
        return cost(lambda: client.get(reverse("dashboard"), {"tab": "authority"}))

    assert of(1) == of(3)


def test_nobody_is_urged_to_stop_a_cancellation_that_cools_off(client):
    user, soon = make_user(), timezone.now() + timedelta(hours=20)
    cooling = make_order(user, state=states.COOLING_OFF, kind=states.CANCELLATION, due_at=soon)

    html = show(client, user)

    assert cooling.reference in references(html)
    assert 'class="first-act' not in html


def test_what_has_to_be_done_later_is_urged_before_what_can_still_be_stopped(client):
    user, soon = make_user(), timezone.now() + timedelta(hours=20)
    make_order(user, state=states.COOLING_OFF, kind=states.CANCELLATION, due_at=soon)
    photo = make_order(user, state=states.PHOTO_DUE, domain="photo.com", due_at=soon + timedelta(days=9))

    urgent = re.search(r'<section class="first-act.*?</section>', show(client, user), re.DOTALL)

    assert urgent is not None
    assert photo.display_domain in urgent[0]


def test_nobody_is_urged_to_go_on_with_a_cancellation_that_was_only_opened(client):
    user, soon = make_user(), timezone.now() + timedelta(hours=20)
    opened = make_order(user, state=states.DRAFT, kind=states.CANCELLATION, due_at=soon)
    alone = show(client, user)
    photo = make_order(user, state=states.PHOTO_DUE, domain="photo.com", due_at=soon + timedelta(days=9))

    urgent = re.search(r'<section class="first-act.*?</section>', show(client, user), re.DOTALL)

    assert opened.reference in references(alone)
    assert 'class="first-act' not in alone  # the transfer stays as it is if nobody acts
    assert urgent is not None
    assert photo.display_domain in urgent[0]


def test_what_is_left_of_the_most_urgent_order_ticks_in_its_last_hour(client):
    """A list left open said "40 minutes left" until long after the time was up."""
    user, soon = make_user(), timezone.now() + timedelta(minutes=40)
    make_order(user, state=states.PHONE_DUE, due_at=soon)

    urgent = re.search(r'<section class="first-act.*?</section>', show(client, user), re.DOTALL)

    assert urgent is not None
    assert f'data-countdown="{soon.isoformat()}"' in urgent[0]


@pytest.mark.parametrize(
    ("language", "title", "label"),
    [
        ("en", "You asked us to close the account", "Orders on which the authority decides first"),
        ("zh-hans", "您已申请关闭账号", "须先由管局审核的订单"),
    ],
)
def test_an_account_that_waits_to_be_closed_says_so_and_links_what_it_waits_for(client, language, title, label):
    order = make_order(state=states.AUTHORITY_REVIEW)
    make_order(order.owner, state=states.DRAFT, domain="example.net")
    chen = make_user("chen@example.net")
    make_order(chen, state=states.AUTHORITY_REVIEW, domain="example.org")
    closure.ask(chen)
    before = show(client, order.owner)

    closure.ask(order.owner)

    User.objects.filter(pk=order.owner_id).update(language=language)
    client.cookies["django_language"] = language
    html = client.get(reverse("dashboard")).content.decode()
    address = re.search(rf'href="([^"]+)">{label}<', html)[1]
    assert "You asked us to close the account" not in before
    assert title in html
    assert f'href="{reverse("data-close")}"' in html
    assert references(client.get(unescape(address)).content.decode()) == [order.reference]
