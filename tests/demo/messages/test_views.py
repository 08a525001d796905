"""The demo's page of outgoing mail and texts."""

import os
import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from demo.messages import file_inbox, views
from demo.messages.views import code_in, language_of, link_addresses
from icpportal.fields.language_marks import HAN
from icpportal.outbox.actions import notify
from icpportal.outbox.delivery import deliver

pytestmark = pytest.mark.django_db
ZH_CODE = "【网站备案】注册验证码 204816，10 分钟内有效，不要告诉他人。\n@beian.example.com #204816"


@pytest.fixture(autouse=True)
def own_inbox(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    settings.EMAIL_BACKEND = "demo.messages.mail.PageEmailBackend"


def put(
    key: str, *, to: str = "13900000001", text: str = ZH_CODE, channel: Any = "sms", age: int = 0, **more: Any
) -> None:
    file_inbox.put(
        file_inbox.StoredMessage(key=key, channel=channel, to=to, text=text, at="2026-11-27T08:20:00+00:00", **more)
    )
    (path,) = [path for path in file_inbox.names() if file_inbox.read([path])[0].key == key]
    os.utime(path, (2_000_000_000 - age, 2_000_000_000 - age))


def page(client: Any, query: str = "", language: str = "en") -> str:
    client.cookies["django_language"] = language
    response = client.get(reverse("demo-messages") + query)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.content.decode()


def articles(html: str) -> list[dict[str, str]]:
    """What a client that parses the page finds."""
    found = []
    for tag, inner in re.findall(r"<article class=\"message\"([^>]*)>(.*?)</article>", html, re.DOTALL):
        data = dict(re.findall(r'data-(\w+)="([^"]*)"', tag))
        body = re.search(r'<pre class="body"[^>]*>(.*?)</pre>', inner, re.DOTALL).group(1)
        code = re.search(r'<code class="code">(\d{6})</code>', inner)
        found.append({**data, "body": unescape(re.sub(r"<[^>]+>", "", body)), "code": code.group(1) if code else ""})
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_client_reads_recipient_channel_key_template_body_and_code(client, language: str):
    notify(
        key="code:1",
        template="code_sign_up",
        channel="sms",
        to="13900000001",
        language="zh-hans",
        context={"code": "204816"},
    )
    notify(
        key="code:2",
        template="code_email",
        channel="email",
        to="chen@example.com",
        language="en",
        context={"code": "730941"},
    )
    deliver()

    found = {article["key"]: article for article in articles(page(client, language=language))}

    assert set(found) == {"code:1", "code:2"}
    text, mail = found["code:1"], found["code:2"]
    assert (text["to"], text["channel"], text["template"], text["code"]) == (
        "13900000001",
        "sms",
        "code_sign_up",
        "204816",
    )
    assert text["body"].startswith("【网站备案】注册验证码 204816，")
    assert (mail["to"], mail["channel"], mail["template"]) == ("chen@example.com", "email", "code_email")
    assert mail["code"] == "730941"
    assert "To confirm your email address" in mail["body"]


def test_newest_come_first_and_pages_follow(client, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 2)
    for number in range(5):
        put(f"k:{number}", age=number)

    first, last = page(client), page(client, "?page=3")

    assert [article["key"] for article in articles(first)] == ["k:0", "k:1"]
    assert [article["key"] for article in articles(last)] == ["k:4"]
    assert re.search(r'href="\?page=2" rel="next"', first)
    assert 'rel="next"' not in last


def test_the_filter_by_recipient_stays_on_the_next_page(client, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 1)
    put("k:1", to="chen+1@example.com", channel="email")
    put("k:2", to="13900000001")
    put("k:3", to="chen+1@example.com", channel="email", age=5)

    html = page(client, "?to=chen%2B1%40example.com")

    assert [article["key"] for article in articles(html)] == ["k:1"]
    assert 'href="?to=chen%2B1%40example.com&amp;page=2" rel="next"' in html
    assert articles(page(client, "?to=13900000002")) == []


@pytest.mark.parametrize("query", ["?page=0", "?page=x", "?page=999", "?to=%E2%80%AE", "?to=%22%3E%3Cscript%3E"])
def test_an_invalid_query_breaks_nothing(client, query: str):
    put("k:1")

    assert "<script>" not in page(client, query).partition("<main")[2].partition("</main>")[0]


def test_a_message_is_escaped_except_for_its_links(client):
    evil = 'See <img src=x onerror=alert(1)> https://beian.example.com/p/abc?x=1&y="2" and javascript:alert(1)'
    put("k:1", text=evil, subject="<b>S</b>", channel="email", to='"><b>@example.com')

    html = page(client)

    assert articles(html)[0]["body"] == evil
    assert re.findall(r'<pre class="body".*?(<a [^>]*>)', html) == [
        '<a href="https://beian.example.com/p/abc?x=1&amp;y=">'
    ]
    assert "<img src=x" not in html
    assert "<b>" not in html.partition("<main")[2]


def test_a_calendar_file_can_be_opened(client):
    file = {"name": "T7Q4-M2KX.ics", "type": "text/calendar", "text": "BEGIN:VCALENDAR"}
    put("k:1", channel="email", attachments=[file])

    html = page(client)

    assert "T7Q4-M2KX.ics" in html
    assert "BEGIN:VCALENDAR" in html


def test_chinese_messages_in_the_english_page_are_marked(client):
    put("k:1")
    put("k:2", channel="email", subject="订单 T7Q4-M2KX 已收到", text="我们收到了 example.com 的备案订单。")
    put(
        "k:3",
        channel="email",
        subject="Approved: 宁ICP备00000000号",
        text="On the authority's site open 备案短信核验 and go on.",
    )

    html = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>.*?</\1>', "", page(client), flags=re.DOTALL)

    assert re.findall(f"[{HAN}]+", html) == []


def test_messages_still_to_be_sent_are_mentioned(client):
    notify(
        key="c:1", template="code_sign_up", channel="sms", to="13900000001", language="en", context={"code": "204816"}
    )

    before, _totals, after = page(client), deliver(), page(client)

    assert "1 message is about to be sent" in before
    assert "about to be sent" not in after


def test_an_empty_inbox_says_so_in_both_languages(client):
    assert "No messages" in page(client)
    assert "没有消息" in page(client, language="zh-hans")


def test_the_page_takes_as_many_queries_for_one_message_as_for_three(client, django_assert_num_queries):
    put("k:0")
    with django_assert_num_queries(2):  # the templates of the keys, and the waiting messages
        page(client)
    put("k:1")
    put("k:2")
    with django_assert_num_queries(2):
        page(client)


def test_the_page_exists_only_where_no_message_really_leaves(client, settings):
    put("k:1")
    settings.SIMULATORS = False

    answer = client.get(reverse("demo-messages"))

    assert answer.status_code == 404
    assert b"204816" not in answer.content


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ZH_CODE, "204816"),
        ("204816\n\nFor signing up, valid 10 minutes.", "204816"),
        ("Hello,\n\n204816\n\nFor signing up", "204816"),
        ("Order 204816 received", ""),
        ("Your number is 130000\nand more", ""),
        ("@beian.example.com #2048167", ""),
        ("", ""),
    ],
)
def test_a_code_is_found_where_messages_have_it(text: str, code: str):
    assert code_in(text) == code


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ZH_CODE, "zh-Hans"),
        ("open 备案短信核验 on the authority's site", "en"),
        ("订单 T7Q4-M2KX 已收到", "zh-Hans"),
        ("", "en"),
    ],
)
def test_a_message_is_marked_by_its_own_language(text: str, language: str):
    assert language_of(text) == language


def test_a_link_ends_where_chinese_begins():
    html = link_addresses("打开 https://beian.example.com/p/abc，或填写", "zh-Hans")

    assert '<a href="https://beian.example.com/p/abc">https://beian.example.com/p/abc</a>，或填写' in html
