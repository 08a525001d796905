"""The number at the foot of a filed site: what counts as present, and how its owner has the page checked."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.gateways.dns.fake import Down, FakeResolver
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.web_pages.base import REASONS, WebPage
from icpportal.gateways.web_pages.fake import FakePages
from tests.bad import aside
from tests.transfers.builders import make_user, sign_in
from tests.transfers.onfile import make_filed
from transfers.footer import actions
from transfers.footer.code import footer_code
from transfers.footer.outcomes import BY_KEY
from transfers.footer.reading import outcome_of
from transfers.models import FooterCheck, Order

NUMBER = "宁ICP备00000000号-1"
HOME = "https://www.first-example.com/"
LINK = '<a href="{}">{}</a>'
MINISTRY = "https://beian.miit.gov.cn/"


def found_on(body: str | bytes, *, url: str = HOME, charset: str = "utf-8") -> str:
    raw = body if isinstance(body, bytes) else body.encode()
    return outcome_of(WebPage(url, raw, charset), number=NUMBER, domain="first-example.com")


# --- what is read on a page ---


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (footer_code(NUMBER), "found"),
        (LINK.format("http://beian.miit.gov.cn", NUMBER), "found"),
        (LINK.format("//BEIAN.miit.gov.cn/#/Integrated/index", "<b>宁 icp备 00000000号 - 1</b>"), "found"),
        (LINK.format(MINISTRY, "宁ＩＣＰ备00000000号\u20131"), "found"),
        (LINK.format(MINISTRY, f"备案号：{NUMBER}，{NUMBER}0"), "found"),
        ("<p>Hello</p>", "no_number"),
        ("", "no_page"),
        (f"<script>var n = '{NUMBER}'</script><!-- {NUMBER} --><p>x</p>", "no_number"),
        (f"<head><title>{NUMBER}</title></head><p>x</p>", "no_number"),
        (LINK.format(MINISTRY, f"{NUMBER}2"), "short_number"),
        (LINK.format(MINISTRY, "宁ICP备00000000号"), "short_number"),
        (LINK.format(MINISTRY, "沪ICP备00000000号-1"), "no_number"),
        (f"<p>{NUMBER}</p>", "no_link"),
        (LINK.format("https://beian.miit.gov.cn.example.com/", NUMBER), "no_link"),
        (LINK.format("http://[", NUMBER), "no_link"),
        (f"<p>{NUMBER}</p>{LINK.format(MINISTRY, '工信部')}", "unlinked"),
        (LINK.format("http://www.miitbeian.gov.cn", NUMBER), "old_link"),
        (f"<p>a\x0bb<script>1</script> c</p>{footer_code(NUMBER)}", "found"),
        (LINK.format(MINISTRY, f"<script>1</script>{NUMBER}<style>a</style>"), "found"),
        (f"<noscript>{LINK.format(MINISTRY, NUMBER)}</noscript><p>{NUMBER}</p>", "no_link"),
    ],
)
def test_a_page_is_judged_by_the_number_and_its_link(body: str, outcome: str) -> None:
    assert found_on(body) == outcome


def test_a_page_in_gbk_is_decoded_wherever_its_charset_is_stated() -> None:
    body = f'<meta charset="gbk"><p>{footer_code(NUMBER)}</p>'.encode("gbk")

    assert [found_on(body, charset=charset) for charset in ("gbk", "", "nonsense")] == ["found"] * 3


@pytest.mark.parametrize(
    ("url", "outcome"),
    [
        ("https://first-example.com/home", "found"),
        ("https://other-example.com/", "elsewhere"),
        ("https://notfirst-example.com/", "elsewhere"),
    ],
)
def test_a_page_of_another_domain_says_nothing_about_this_one(url: str, outcome: str) -> None:
    assert found_on(footer_code(NUMBER), url=url) == outcome


def test_a_hostile_page_opens_no_file() -> None:
    body = f'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><p>&e;{footer_code(NUMBER)}</p>'

    assert found_on(body) == "found"


def test_every_reason_of_the_reader_has_its_text() -> None:
    assert set(REASONS) <= set(BY_KEY)
    assert all(outcome.is_well or outcome.to_do for outcome in BY_KEY.values())


# --- its owner asks, a worker reads ---


@pytest.fixture
def web(settings: Any) -> Iterator[dict[str, Any]]:
    """An in-memory web: pages by address, and the addresses of names."""
    settings.WEB_PAGES_GATEWAY = "icpportal.gateways.web_pages.fake.FakePages"
    settings.DNS_GATEWAY = "icpportal.gateways.dns.fake.FakeResolver"
    yield FakePages.pages
    FakePages.pages.clear()
    FakePages.asked.clear()
    FakeResolver.names.clear()


@pytest.fixture
def order(db: None, web: dict[str, Any]) -> Order:
    return make_filed(make_user(), with_papers=False)


def page_of(client: Client, order: Order, language: str = "en") -> str:
    client.cookies["django_language"] = language
    return sign_in(client, order.owner).get(order.get_absolute_url()).content.decode()


def press(client: Client, order: Order) -> None:
    """The owner presses the button on the order's page and returns to it."""
    address = reverse("footer-check", args=[order.website_id])
    assert f'action="{address}"' in page_of(client, order)
    answer = client.post(address, {"order": order.reference})
    assert answer["Location"] == f"{order.get_absolute_url()}#footer"


def test_its_owner_reads_what_is_missing_and_later_that_all_is_well(
    client: Client, order: Order, web: dict[str, Any]
) -> None:
    web[HOME] = "<p>Hello</p>"
    press(client, order)
    assert "We are reading the home page" in page_of(client, order)

    assert actions.check_asked() == 1
    assert "The number is missing from the home page" in page_of(client, order)
    assert "首页没有备案号" in page_of(client, order, "zh-hans")

    FooterCheck.objects.update(asked_at=timezone.now() - actions.AGAIN_AFTER)
    web[HOME] = footer_code(order.site_number)
    press(client, order)
    actions.check_asked()
    page = page_of(client, order)
    assert "The number is on the home page and leads to the ministry&#x27;s site" in page
    assert 'data-outcome="found"' in page


def test_a_page_on_which_our_reading_fails_leaves_the_next_owners_page_to_be_read(
    order: Order, web: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_filed(make_user(), domain="second-example.com", with_papers=False)
    web[HOME], web["https://second-example.com/"] = "<p>broken</p>", footer_code(other.site_number)
    judge = actions.outcome_of
    monkeypatch.setattr(
        actions, "outcome_of", lambda page, **facts: 1 / 0 if page.url == HOME else judge(page, **facts)
    )
    for each in (order, other):
        actions.ask(each.website)

    assert actions.check_asked() == 1

    broken = FooterCheck.objects.get(website=order.website_id)
    assert aside() == [("footers.read", str(broken.pk))]
    assert FooterCheck.objects.get(website=other.website_id).outcome == "found"


def test_the_web_request_fetches_nothing_itself(client: Client, order: Order) -> None:
    press(client, order)

    assert FakePages.asked == []


def test_a_page_is_not_fetched_more_often_than_every_two_minutes(client: Client, order: Order) -> None:
    press(client, order)
    actions.check_asked()

    again = client.post(reverse("footer-check", args=[order.website_id]), follow=True).content.decode()

    assert "The page was read a moment ago. Ask again in two minutes" in again
    assert reverse("footer-check", args=[order.website_id]) not in page_of(client, order)
    assert actions.check_asked() == 0


def test_a_stranger_cannot_have_a_page_fetched(client: Client, order: Order) -> None:
    answer = sign_in(client, make_user()).post(reverse("footer-check", args=[order.website_id]))

    assert answer.status_code == 404
    assert FooterCheck.objects.count() == 0


def test_the_page_on_file_is_tried_first_then_the_domain(order: Order, web: dict[str, Any]) -> None:
    web["http://first-example.com/"] = footer_code(order.site_number)

    assert actions.read(order.website) == "found"
    assert FakePages.asked == [HOME, "https://first-example.com/", "http://first-example.com/"]


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (Retryable("nobody there"), "unreachable"),
        (Refused("no", code="inside"), "inside"),
        (Refused("no", code="a new reason"), "no_page"),
    ],
)
def test_a_site_that_cannot_be_fetched_gets_the_reason(
    client: Client, order: Order, web: dict[str, Any], trouble: Exception, outcome: str
) -> None:
    for url in actions.addresses(order.website):
        web[url] = trouble

    press(client, order)
    actions.check_asked()

    assert f'data-outcome="{outcome}"' in page_of(client, order)


def test_the_page_says_where_the_domain_points_and_whether_it_points_here(client: Client, order: Order) -> None:
    FakeResolver.names["first-example.com"] = ["198.51.100.7"]
    press(client, order)
    actions.check_asked()
    assert "When last checked, first-example.com pointed to 198.51.100.7" in page_of(client, order)

    FakeResolver.names["first-example.com"] = ["192.0.2.10"]
    FooterCheck.objects.update(asked_at=timezone.now() - actions.AGAIN_AFTER)
    press(client, order)
    actions.check_asked()
    assert "first-example.com points to 192.0.2.10." in page_of(client, order)


def test_a_silent_resolver_adds_nothing_and_stops_nothing(order: Order, settings: Any) -> None:
    settings.DNS_GATEWAY = f"{Down.__module__}.Down"
    actions.ask(order.website)

    assert actions.check_asked() == 1
    assert FooterCheck.objects.get().points_to is None


def test_two_workers_fetch_a_page_once(order: Order) -> None:
    actions.ask(order.website)
    now = timezone.now()
    FooterCheck.objects.update(tried_at=now)  # another one has it

    assert actions.check_asked(now=now) == 0
    assert actions.check_asked(now=now + actions.TRIED_AGAIN + timedelta(seconds=1)) == 1  # that one was killed


def test_no_transaction_is_open_while_a_page_is_fetched(order: Order, monkeypatch: pytest.MonkeyPatch) -> None:
    around = len(connection.savepoint_ids)
    seen: list[int] = []
    monkeypatch.setattr(actions, "read", lambda _website: seen.append(len(connection.savepoint_ids)) or "found")
    actions.ask(order.website)

    actions.check_asked()

    assert seen == [around]


def test_the_page_of_the_filing_has_the_same_check(client: Client, order: Order, web: dict[str, Any]) -> None:
    web[HOME] = footer_code(order.site_number)
    here = reverse("filing", args=[order.website_id])

    answer = sign_in(client, order.owner).post(reverse("footer-check", args=[order.website_id]))
    actions.check_asked()

    assert answer["Location"] == f"{here}#footer"
    assert 'data-outcome="found"' in client.get(here).content.decode()
