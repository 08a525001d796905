"""The pages on which a person plays the authority."""

import re

import pytest
from django.urls import reverse

from icpportal.gateways.miit.simulated import desk
from icpportal.gateways.miit.simulated.faults import switch
from icpportal.gateways.miit.simulated.models import SimulatedFault, SimulatedFiling, SimulatedReport, SimulatedText
from tests.icpportal.gateways.miit.simulated.conftest import LEAD, NUMBER, put_on_record, report

DESK = "/demo/authority/"
HAN = re.compile(r"[\u3400-\u9fff]")
WORKING = {"status": "works", "password": "works", "answers": "works", "phones": "works", "seconds": "60"}
FILING = {
    "number": "津ICP备00000001号",
    "province": "12",
    "id_type_code": "2",
    "id_number": "119999199009090002",
    "password": "Abc12345",
    "domain": "example.net",
    "site_name": "示例手记",
    "lead_mobile": "139 0000 0004",
    "lead_id_number": "119999199009090002",
    "administrator_mobile": "13900000004",
    "administrator_id_number": "119999199009090002",
}


@pytest.fixture(autouse=True)
def simulators_on(settings):
    settings.SIMULATORS = True


@pytest.fixture
def received(filing):
    desk.receive(report())
    return SimulatedReport.objects.get()


def decide(client, **data):
    return client.post(reverse("demo-authority-decide"), {"report": "T7Q4-M2KX.1", **data}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def in_english(client):
    client.cookies["django_language"] = "en"
    return client


def outside_marks(html):
    """The text of a page without what is marked as Chinese and without what nobody reads."""
    marked = re.compile(r'<(\w+)[^>]*lang="zh-Hans"[^>]*>.*?</\1>', re.S)
    unread = re.compile(r"<(script|style|title)\b.*?</\1>", re.S)
    return re.sub(r"<[^>]+>", " ", marked.sub("", unread.sub("", html)))


def test_the_desk_shows_a_report_with_its_texts_and_their_codes(client, received):
    page = client.get(DESK).content.decode()

    text = SimulatedText.objects.get(role="subject_lead")
    assert (
        'data-report="T7Q4-M2KX.1" data-reference="T7Q4-M2KX" data-domain="example.com" data-state="received"' in page
    )
    assert f'data-role="subject_lead" data-mobile="13900000001" data-code="{text.code}" data-confirmed="no"' in page
    assert "示例纸业官网" in page


def test_the_desk_of_an_empty_world_says_that_nothing_came_yet(in_empty_english):
    assert "No report yet" in in_empty_english


@pytest.fixture
def in_empty_english(client, db):
    return in_english(client).get(DESK).content.decode()


def test_the_english_desk_marks_every_chinese_word(client, received):
    desk.decide(received, desk.AnswerKind.TURNED_DOWN, code="1018", words="ICP备案密码错误")
    desk.receive(report("T7Q4-M2KX.2"))

    page = in_english(client).get(DESK).content.decode()

    assert '<html lang="en"' in page
    assert "ICP备案密码错误" in page
    assert HAN.findall(outside_marks(page)) == []


def test_the_desk_asks_the_same_number_of_queries_for_one_report_and_three(client, received, django_assert_num_queries):
    with django_assert_num_queries(5) as one:
        client.get(DESK)

    desk.receive(report("T7Q4-M2KX.2"))
    desk.receive(report("T7Q4-M2KX.3"))
    put_on_record(number="宁ICP备00000001号", domain="example.org")
    with django_assert_num_queries(len(one)):
        client.get(DESK)


def test_granting_is_one_press(client, received):
    response = decide(client, decision="grant", code="1018", words="left over")

    received.refresh_from_db()
    assert response.status_code == 200
    assert (received.state, received.code, received.words) == ("granted", "", "")
    assert 'id="decide-' not in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"decision": "turn_down"}, ("turned_down", "1002", "管局审核拒绝")),
        ({"decision": "turn_down", "code": "1018"}, ("turned_down", "1018", "ICP备案密码错误")),
        ({"decision": "turn_down", "code": "1018", "words": "密码不对"}, ("turned_down", "1018", "密码不对")),
        ({"decision": "report_failed"}, ("failed", "5999", "其他错误")),
        ({"decision": "report_failed", "code": "1063"}, ("failed", "1063", "接入IP与本单位IP报备不一致")),
    ],
)
def test_a_decision_keeps_its_code_and_words_or_the_usual_ones(client, received, typed, kept):
    decide(client, **typed)

    received.refresh_from_db()
    assert (received.state, received.code, received.words) == kept


@pytest.mark.parametrize(
    "typed",
    [
        {"decision": "approve"},
        {},
        {"decision": "turn_down", "code": "7777"},
        {"decision": "turn_down", "words": "a\u202e"},
    ],
)
def test_a_decision_that_does_not_exist_changes_nothing(client, received, typed):
    response = decide(client, **typed)

    received.refresh_from_db()
    assert response.status_code == 200
    assert len(said(response)) == 1
    assert received.state == "received"


def test_a_second_decision_says_so_and_changes_nothing(client, received):
    decide(client, decision="grant")

    response = decide(in_english(client), decision="turn_down")

    received.refresh_from_db()
    assert said(response) == ["This report was decided before."]
    assert received.state == "granted"


def test_a_report_that_never_came_is_not_there(client, received):
    assert decide(client, report="X.9", decision="grant").status_code == 404


def enter(client, **data):
    filled = {"mobile": LEAD.mobile, "tail": "140009", "code": "no", **data}
    return client.post(reverse("demo-authority-codes"), filled, follow=True)


def test_a_code_is_entered_as_on_the_ministrys_site_spaces_and_full_width_digits_forgiven(client, received):
    code = SimulatedText.objects.get(role="subject_lead").code
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)

    response = enter(in_english(client), mobile="139-0000-0001", tail=" 140009 ", code=f"{wide[:3]} {wide[3:]}")

    assert said(response) == ["Confirmed. The other person still has to confirm."]
    assert SimulatedText.objects.get(role="subject_lead").confirmed_at is not None


def test_a_wrong_entry_says_how_many_are_left(client, received):
    assert said(enter(in_english(client))) == ["The entry is not right. 4 wrong entries are still allowed."]
    assert said(enter(in_english(client))) == ["The entry is not right. 3 wrong entries are still allowed."]


def test_an_empty_entry_counts_for_nothing(client, received):
    response = enter(client, code="")

    assert response.status_code == 200
    assert response.context["form"].errors.as_data()["code"][0].code == "required"
    assert [text.wrong for text in SimulatedText.objects.all()] == [0, 0]


def test_a_text_is_sent_again_from_the_desk(client, received):
    text = SimulatedText.objects.get(role="administrator")

    response = in_english(client).post(reverse("demo-authority-resend", args=[text.pk]), follow=True)

    assert said(response) == ["A new code was sent."]
    assert SimulatedText.objects.get(role="administrator").times == 2


def test_the_switches_are_set_and_taken_off_together(client, db):
    url = reverse("demo-authority-faults")

    client.post(url, {**WORKING, "status": "down", "password": "slow", "phones": "garbage", "seconds": "30"})
    thrown = {row.question: (row.kind, row.seconds) for row in SimulatedFault.objects.all()}
    client.post(url, WORKING)

    assert thrown == {"status": ("down", 30), "password": ("slow", 30), "phones": ("garbage", 30)}
    assert not SimulatedFault.objects.exists()


def test_the_desk_shows_how_the_switches_stand(client, db):
    switch("password", "slow", seconds=45)

    form = client.get(DESK).context["fault_form"]

    assert (form["password"].value(), form["status"].value(), form["seconds"].value()) == ("slow", "works", 45)


@pytest.mark.parametrize("typed", [{"status": "explode"}, {"status": "down", "seconds": "0"}, {"status": ""}])
def test_a_switch_that_does_not_exist_changes_nothing(client, db, typed):
    response = client.post(reverse("demo-authority-faults"), {**WORKING, **typed})

    assert response.context["fault_form"].errors
    assert not SimulatedFault.objects.exists()


def test_an_invented_site_is_put_on_record_from_the_page(client, db):
    response = client.post(reverse("demo-authority-filings"), FILING)

    filing = SimulatedFiling.objects.get()
    assert response.status_code == 302
    assert (filing.number, filing.province, filing.id_type_code) == ("津ICP备00000001号", "12", 2)
    assert (filing.lead_mobile, filing.lead_tail) == ("13900000004", "090002")
    assert [(site.number, site.domain, site.name) for site in filing.sites.all()] == [
        ("津ICP备00000001号-1", "example.net", "示例手记")
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"province": "1"}, "province"),
        ({"lead_mobile": "12345"}, "lead_mobile"),
        ({"domain": "not a domain"}, "domain"),
        ({"site_name": "a\u202eb"}, "site_name"),
        ({"id_type_code": "99"}, "id_type_code"),
    ],
)
def test_an_invented_site_with_a_mistake_is_not_put_on_record(client, db, change, field):
    response = client.post(reverse("demo-authority-filings"), {**FILING, **change})

    assert list(response.context["filing_form"].errors) == [field]
    assert not SimulatedFiling.objects.exists()


@pytest.mark.parametrize("change", [{"number": NUMBER}, {"domain": "example.com"}])
def test_what_is_on_record_is_not_written_over_from_the_page(client, filing, change):
    response = client.post(reverse("demo-authority-filings"), {**FILING, **change})

    assert response.context["filing_form"].non_field_errors().as_data()[0].code == "taken"
    assert [(row.number, row.password) for row in SimulatedFiling.objects.all()] == [(NUMBER, "Abc12345")]


@pytest.mark.parametrize("name", ["demo-authority", "demo-authority-codes"])
def test_the_pages_are_not_there_when_the_simulators_are_off(client, db, settings, name):
    settings.SIMULATORS = False

    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize(
    ("name", "args"),
    [("decide", []), ("codes", []), ("faults", []), ("filings", []), ("resend", [1])],
)
def test_nothing_can_be_done_when_the_simulators_are_off(client, received, settings, name, args):
    settings.SIMULATORS = False
    data = {**WORKING, "report": received.key, "decision": "grant", "status": "down"}

    response = client.post(reverse(f"demo-authority-{name}", args=args), data)

    received.refresh_from_db()
    assert response.status_code == 404
    assert (received.state, SimulatedFault.objects.count()) == ("received", 0)


@pytest.mark.parametrize("name", ["decide", "faults", "filings"])
def test_reading_an_address_of_a_button_changes_nothing(client, db, name):
    assert client.get(reverse(f"demo-authority-{name}")).status_code == 405


def test_a_post_without_the_forgery_token_is_refused(received):
    from django.test import Client

    response = Client(enforce_csrf_checks=True).post(
        reverse("demo-authority-decide"), {"report": received.key, "decision": "grant"}
    )

    received.refresh_from_db()
    assert response.status_code == 403
    assert received.state == "received"
