"""The reader's page of messages."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from icpportal.fields.language_marks import HAN
from icpportal.outbox import views
from icpportal.outbox.actions import notify
from icpportal.outbox.models import Message, State

pytestmark = pytest.mark.django_db
DUE = datetime(2026, 11, 27, 8, 20, tzinfo=UTC)
CONTEXT = {
    "domain": "example.com",
    "ref": "T7Q4-M2KX",
    "due": DUE,
    "province": {"zh": "宁夏", "en": "Ningxia"},
    "left": {"zh": "24 小时", "en": "24 hours"},
    "mobiles": ["139****0002"],
    "number": "宁ICP备00000000号-1",
    "name": "王*人",
}


def note(user: Any, event: str = "e:1", template: str = "confirm_phones", **context: Any) -> Message:
    return make_message(user, "site", event, template, **context)


def make_message(user: Any, channel: str, event: str, template: str = "confirm_phones", **context: Any) -> Message:
    to = {"site": str(user.pk), "email": user.email, "sms": "13900000001"}[channel]
    return notify(
        key=f"{event}:{channel}",
        template=template,
        channel=channel,
        to=to,
        language="zh-hans",
        context={**CONTEXT, **context},
        user_id=user.pk,
    )


@pytest.fixture
def wang(people: Any) -> Any:
    return people(language="en")


@pytest.fixture
def reader(client: Any, wang: Any) -> Any:
    client.force_login(wang)
    client.cookies["django_language"] = "en"
    return client


def page(client: Any, url: str = "") -> str:
    response = client.get(url or reverse("notifications"))
    assert response.status_code == 200
    return response.content.decode()


def main_of(html: str) -> str:
    main = re.search(r"<main.*</main>", html, re.DOTALL).group()
    return re.sub(r">\s+<", "><", main)  # as a browser renders it, without line breaks


def test_a_reader_finds_their_messages_newest_first_in_the_language_of_the_page(reader, wang):
    note(wang, "e:1", "order_received", mobile="139****0001")
    note(wang, "e:2", "order_lapsed")

    main = main_of(page(reader))

    titles = [strip_tags(each) for each in re.findall(r'<p class="note-title"><a href="[^"]+">(.+?)</a>', main)]
    assert titles == [
        "example.com: returned, phones not verified in time (order T7Q4-M2KX)",
        "example.com: received for review (order T7Q4-M2KX)",
    ]
    assert "2 unread" in main
    assert main.count("note is-new") == 2


def test_the_same_messages_are_chinese_on_a_chinese_page(reader, wang):
    note(wang, "e:2", "order_lapsed")
    reader.cookies["django_language"] = "zh-hans"

    main = main_of(page(reader))

    assert "example.com 已退回：短信核验超时（订单 T7Q4-M2KX）" in strip_tags(main)
    assert "came back" not in main


def test_a_stranger_finds_none_of_them(client, reader, wang, people):
    message = note(wang)
    chen = people("chen@example.com")
    own = note(chen, "e:chen", "order_lapsed")
    client.force_login(chen)

    main = main_of(page(client))
    answer = client.get(reverse("notification", args=[message.pk]))

    assert str(own.pk) in main
    assert str(message.pk) not in main
    assert answer.status_code == 404
    assert Message.objects.get(pk=message.pk).read_at is None


@pytest.mark.parametrize("name", ["notifications", "notification", "notifications-read"])
def test_an_anonymous_reader_is_sent_to_sign_in(client, wang, name: str):
    message = note(wang)
    url = reverse(name, args=[message.pk] if name == "notification" else [])

    answer = client.post(url) if name == "notifications-read" else client.get(url)

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert Message.objects.get().read_at is None


@time_machine.travel(DUE, tick=False)
def test_mails_and_texts_are_not_listed_separately_but_shown_with_their_state(reader, wang):
    for channel in ("site", "email", "sms"):
        make_message(wang, channel, "e:1")
    Message.objects.filter(channel="email").update(state=State.DELIVERED, delivered_at=DUE)
    Message.objects.filter(channel="sms").update(state=State.FAILED)

    main = main_of(page(reader))

    assert main.count('class="note is-new"') == 1
    found = re.findall(r"<li(?: class=\"is-failed\")?><svg.*?</li>", main, re.DOTALL)
    rows = [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]
    assert rows == ["Email · Sent · 27 Nov 16:20", "Text message · Could not be sent"]
    assert "wang@example.com" not in main


def test_mails_of_somebody_else_are_never_shown(reader, wang, people):
    note(wang, "e:1")
    make_message(people("chen@example.com"), "email", "e:1")

    assert "Email ·" not in main_of(page(reader))


def test_a_bounced_mail_is_mentioned_at_the_top(reader, wang):
    note(wang, "e:1")
    make_message(wang, "email", "e:1")
    Message.objects.filter(channel="email").update(state=State.FAILED)
    assert "Our last email could not be delivered" in main_of(page(reader))

    note(wang, "e:2")
    make_message(wang, "email", "e:2")
    Message.objects.filter(key="e:2:email").update(state=State.DELIVERED)

    assert "Our last email could not be delivered" not in main_of(page(reader))


def test_opening_a_message_marks_it_read_and_redirects_to_the_order(reader, wang):
    message = note(wang)
    note(wang, "e:2")

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert Message.objects.get(pk=message.pk).read_at is not None
    assert "is with the Ningxia authority." in main
    assert f'href="{reverse("order", args=["T7Q4-M2KX"])}"' in main
    assert "1 unread" in main_of(page(reader))


@pytest.mark.parametrize(
    ("template", "button"), [("handover_offered", "Accept or decline"), ("import_done", "See the report")]
)
def test_a_message_about_no_order_redirects_where_its_mail_links(reader, wang, settings, template, button):
    words = {"giver": "l***@example.com", "taker": "w***@example.com", "instance": "i-1", "m": 1, "n": 2}
    there = f"{settings.PUBLIC_BASE_URL}/codes/offers/AB12-CD34/"
    message = note(wang, "e:1", template, ref="", url=there, **words)

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert f'<a class="button" href="/codes/offers/AB12-CD34/">{button}</a>' in main


def test_a_message_redirects_to_no_other_site(reader, wang):
    words = {"giver": "l***@example.com", "taker": "w***@example.com", "instance": "i-1"}
    message = note(wang, "e:1", "handover_offered", ref="", url="https://evil.example/", **words)

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert "evil.example" not in main


def test_opening_it_again_keeps_the_first_time(reader, wang):
    message = note(wang)
    long_ago = timezone.now() - timedelta(days=3)
    Message.objects.update(read_at=long_ago)

    page(reader, reverse("notification", args=[message.pk]))

    assert Message.objects.get().read_at == long_ago


def test_a_browser_that_only_prefetches_has_read_nothing(reader, wang):
    message = note(wang)

    answer = reader.get(reverse("notification", args=[message.pk]), headers={"Sec-Purpose": "prefetch;prerender"})

    assert answer.status_code == 200
    assert Message.objects.get().read_at is None


def test_a_message_about_no_order_redirects_to_none(reader, wang):
    message = note(wang, template="objection_received", ref="")

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert "See the order" not in main


def test_all_can_be_marked_read_only_by_a_post(reader, wang):
    for number in range(3):
        note(wang, f"e:{number}")

    by_get = reader.get(reverse("notifications-read"))
    answer = reader.post(reverse("notifications-read"))

    assert by_get.status_code == 405
    assert (answer.status_code, answer.url) == (302, reverse("notifications"))
    assert "0 unread" in main_of(page(reader))
    assert "Mark all as read" not in main_of(page(reader))


def test_typed_text_is_escaped(reader, wang):
    message = note(wang, template="order_withdrawn", reason="<script>alert(1)</script>")

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in main
    assert "<script>alert" not in main


def test_the_reviewers_words_are_a_quotation_without_the_marks_of_plain_mail(reader, wang):
    message = note(wang, template="claim_declined", reason="材料不清晰")

    main = main_of(page(reader, reverse("notification", args=[message.pk])))

    assert '<blockquote><span lang="zh-Hans">材料不清晰</span></blockquote>' in main
    assert "&gt;" not in main


def test_chinese_in_an_english_page_is_marked(reader, wang):
    approved = note(wang, "e:1", "order_approved")
    note(wang, "e:2", "confirm_phones")

    for url in (reverse("notifications"), reverse("notification", args=[approved.pk])):
        html = re.sub(r'<(\w+)[^>]* lang="zh-Hans"[^>]*>.*?</\1>', "", page(reader, url), flags=re.DOTALL)
        assert re.findall(f"[{HAN}]+", html) == []


def test_a_message_whose_text_was_removed_with_an_old_release_is_still_listed(reader, wang):
    message = note(wang)
    Message.objects.update(template="gone", reference="T7Q4-M2KX")

    assert "A message about order T7Q4-M2KX" in strip_tags(main_of(page(reader)))
    assert "A message about order T7Q4-M2KX" in strip_tags(page(reader, reverse("notification", args=[message.pk])))


def test_unread_messages_can_be_listed_page_by_page(reader, wang, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 2)
    notes = [note(wang, f"e:{n}") for n in range(5)]
    Message.objects.filter(pk=notes[3].pk).update(read_at=timezone.now())

    first = main_of(page(reader, reverse("notifications") + "?show=unread"))
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = main_of(page(reader, older))

    found = [re.findall(r'note-title"><a href="/messages/([^/]+)/', html) for html in (first, second)]
    assert found == [[str(notes[4].pk), str(notes[2].pk)], [str(notes[1].pk), str(notes[0].pk)]]
    assert "All messages" in first


def test_when_everything_is_read_the_filter_says_so(reader, wang):
    Message.objects.filter(pk=note(wang).pk).update(read_at=timezone.now())

    assert "You have read all messages." in main_of(page(reader, reverse("notifications") + "?show=unread"))


def test_a_note_that_lacks_a_word_of_todays_text_is_still_listed(reader, wang):
    message = note(wang)
    Message.objects.filter(pk=message.pk).update(template="phones_24h")

    assert "A message about order" in main_of(page(reader))


def test_an_empty_page_says_what_will_come(reader):
    assert "No messages yet" in main_of(page(reader))


def test_a_long_list_is_read_page_by_page_without_a_gap(reader, wang, monkeypatch):
    monkeypatch.setattr(views, "ON_A_PAGE", 2)
    moment = timezone.now()
    keys = [note(wang, f"e:{number}").pk for number in range(5)]
    Message.objects.filter(pk__in=keys[:3]).update(created_at=moment)  # the same moment for three of them

    url, seen, pages = reverse("notifications"), [], 0
    while url:
        main = main_of(page(reader, url))
        seen += re.findall(r'note-title"><a href="/messages/([0-9a-f-]{36})/', main)
        older = re.search(r'href="([^"]+)" rel="next"', main)
        url, pages = (older.group(1) if older else ""), pages + 1

    assert (len(seen), pages) == (5, 3)
    assert set(seen) == {str(key) for key in keys}


@pytest.mark.parametrize("before", ["nonsense", "00000000-0000-4000-8000-000000000001", "chen"])
def test_an_invalid_page_is_the_first_one(reader, wang, people, before: str):
    mine = note(wang)
    theirs = note(people("chen@example.com"), "e:chen")
    before = str(theirs.pk) if before == "chen" else before

    assert str(mine.pk) in page(reader, f"{reverse('notifications')}?before={before}")


def test_the_list_takes_as_many_queries_for_one_as_for_three(reader, wang, django_assert_max_num_queries):
    costs = []
    for number in (1, 3):
        for n in range(number):
            for channel in ("site", "email", "sms"):
                make_message(wang, channel, f"e:{number}:{n}")
        with django_assert_max_num_queries(10) as captured:
            page(reader)
        costs.append(len(captured))

    assert costs[0] == costs[1]
