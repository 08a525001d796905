"""The pages on which a person plays the authority, in the real process."""

import json
import os
import re
from html import unescape
from html.parser import HTMLParser

import pytest
import requests

from demo.ministry.api.client import NotDone
from tests import fresh
from tests.demo.ministry.conftest import ADMINISTRATOR, DOMAIN, FILING, LEAD, NUMBER, PASSWORD, SITE
from tests.demo.ministry.process import ROOT
from tests.demo.ministry.provider import access, attachment, cancellation, document
from tests.test_han_in_english import Han

PAGES = ("/", "/record/", "/traffic/", "/codes/", "/reports/1/xml/")
WORKING = {
    **dict.fromkeys(("upload", "download", "acknowledge", "previous", "status", "password", "phones"), "works"),
    "seconds": "60",
    "returned": "999",
}
PUT = {
    "number": "津ICP备00000001号",
    "province": "12",
    "subject_name": "天津示例工艺有限公司",
    "id_type_code": "2",
    "id_number": "64999919850214000X",
    "password": "Abc12345",
    "domain": "example.net",
    "site_name": "示例手记",
    "lead_mobile": "13900000004",
    "lead_id_number": "649999198009090002",
    "administrator_mobile": "13900000005",
    "administrator_id_number": "649999198009090003",
}


class Elements(HTMLParser):
    """Every element with its attributes, and the text of notices."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag, attrs):
        self.all.append((tag, {name: value or "" for name, value in attrs}))


class Visitor:
    """A person at the authority's desk: a browser without script."""

    def __init__(self, url: str, language: str = "en") -> None:
        self.url = url
        self.session = requests.Session()
        self.session.cookies.set("simulator_language", language)

    def get(self, path: str = "/") -> requests.Response:
        return self.session.get(self.url + path, timeout=30)

    def post(self, path: str, **data: str) -> requests.Response:
        self.get("/codes/")
        token = {"csrfmiddlewaretoken": self.session.cookies["simulator_csrf"]}
        return self.session.post(self.url + path, data={**token, **data}, timeout=30)

    def found(self, path: str = "/", **attributes: str) -> list[dict[str, str]]:
        """The attributes of elements that have these; "" means any value."""
        page = Elements()
        page.feed(self.get(path).text)
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            attrs
            for _tag, attrs in page.all
            if all(name in attrs and value in ("", attrs[name]) for name, value in wanted.items())
        ]


def notices_on(response: requests.Response) -> list[str]:
    notices = re.findall(r'notice-body">(.*?)</div>', response.text, re.S)
    return [unescape(re.sub(r"<[^>]+>", "", words)).strip() for words in notices]


@pytest.fixture
def visitor(simulator, desk):
    return Visitor(simulator.url)


@pytest.fixture
def received(desk, provider):
    """A waiting report with three pictures and two texts."""
    desk.set_province("64", asks_phones=True)
    papers = attachment(SITE) + attachment(NUMBER, purpose=2, owner=1) + attachment(SITE, purpose=4)
    assert provider.uploaded(document(XZJR=access(SITE, 7, PASSWORD, attachments=papers)), 1) == 0
    return desk.report("1")


def another(desk, provider, sequence, *, filing=1):
    """One more report, for another filing."""
    number, domain = f"宁ICP备0000001{filing}号", f"example{filing}.org"
    desk.add_filing(**{**FILING, "number": number, "sites": [{"domain": domain, "name": "示例手记"}]})
    assert provider.uploaded(document(XZJR=access(f"{number}-1", sequence * 100, PASSWORD)), sequence) == 0


# --- the desk ---


def test_the_desk_shows_a_report_with_the_hooks_for_programs(visitor, desk, received):
    (row,) = visitor.found(data_report="1", data_site="")
    texts = {each["role"]: each for each in desk.texts()}

    assert (row["data-domain"], row["data-site"], row["data-state"]) == (DOMAIN, SITE, "received")
    assert [
        (each["data-role"], each["data-mobile"], each["data-code"], each["data-confirmed"])
        for each in visitor.found(data_text="")
    ] == [
        ("subject_lead", LEAD["mobile"], texts["subject_lead"]["code"], "no"),
        ("administrator", ADMINISTRATOR["mobile"], texts["administrator"]["code"], "no"),
    ]


def test_the_desk_describes_a_report_in_words(visitor, received):
    page = visitor.get().text

    for words in ("New access", SITE, DOMAIN, FILING["name"], "北京", "云接入", "192.0.2.10–192.0.2.11", "3 pictures"):
        assert words in page
    assert re.search(r"Filing password</dt><dd>matches</dd>", page)
    assert PASSWORD not in page


def test_a_wrong_password_and_an_unknown_site_are_pointed_out(visitor, provider, desk):
    provider.uploaded(document(XZJR=access(SITE, 7, "wrong")), 1)
    provider.uploaded(document(XZJR=access("京ICP备99999999号-1", 8, PASSWORD)), 2)

    page = visitor.get().text

    assert "does not match (1018)" in page
    assert "No site with this number is on record (1059)." in page
    assert [row["data-state"] for row in visitor.found(data_report="", data_site="")] == ["failed", "failed"]


def test_an_empty_desk_says_that_nothing_waits(visitor):
    page = visitor.get()

    assert "No reports are waiting" in page.text
    assert "No decisions yet." in page.text


def test_a_cancellation_is_shown_with_its_reason(visitor, desk, provider, received):
    desk.decide("1", "grant")
    (ours,) = [one for one in desk.filings()[0]["sites"][0]["accesses"] if one["own_id"] == 7]
    provider.uploaded(document(ZXBA=cancellation(ours["access_id"], reason=2)), 2)

    page = visitor.get().text

    assert "End of an access" in page
    assert "更换接入服务商" in page


def test_decided_reports_are_folded_and_have_no_form(visitor, desk, received):
    before = visitor.get().text
    desk.decide("1", "turn_down", code="1018")
    after = visitor.get().text

    assert ('id="decide-1"' in before, 'id="decide-1"' in after) == (True, False)
    assert re.search(r'<li id="report-1"[^>]*data-state="turned_down">\s*<details', after)
    assert "ICP备案密码错误" in after


# --- deciding ---


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"decision": "grant", "code": "1018", "words": "left over"}, ("granted", "1001")),
        ({"decision": "turn_down"}, ("turned_down", "1002")),
        ({"decision": "turn_down", "code": "1018", "words": "密码不对"}, ("turned_down", "1018")),
        ({"decision": "report_failed"}, ("failed", "5999")),
        ({"decision": "report_failed", "code": "1063"}, ("failed", "1063")),
    ],
)
def test_a_decision_takes_one_press_with_a_chosen_or_default_code(visitor, desk, received, typed, kept):
    answer = visitor.post("/decide/", report="1", **typed)

    row = desk.report("1")
    assert (row["stage"], row["code"]) == kept
    assert notices_on(answer)[0] == "Decided: 1"
    if typed.get("words") == "密码不对":
        assert row["words"] == "密码不对"


@pytest.mark.parametrize("typed", [{}, {"decision": "approve"}, {"decision": "turn_down", "code": "7777"}])
def test_a_decision_that_does_not_exist_changes_nothing(visitor, desk, received, typed):
    answer = visitor.post("/decide/", report="1", **typed)

    assert answer.status_code == 200
    assert desk.report("1")["stage"] == "waiting"


def test_a_second_decision_says_so_and_changes_nothing(visitor, desk, received):
    visitor.post("/decide/", report="1", decision="grant")

    answer = visitor.post("/decide/", report="1", decision="turn_down")

    assert notices_on(answer)[0] == "This report was decided before."
    assert desk.report("1")["stage"] == "granted"


@pytest.mark.parametrize("key", ["9", "1-2", "x", "1-0"])
def test_a_report_that_never_came_cannot_be_decided(visitor, received, key):
    assert visitor.post("/decide/", report=key, decision="grant").status_code == 404


# --- codes ---


def enter(visitor, **typed):
    filled = {"mobile": LEAD["mobile"], "tail": LEAD["id_number"][-6:], "code": "no", **typed}
    return notices_on(visitor.post("/codes/", **filled))


def test_codes_are_entered_as_on_the_ministrys_site_and_spaces_or_full_width_digits_are_accepted(
    visitor, desk, received
):
    codes = {row["role"]: row["code"] for row in desk.texts()}
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in codes["subject_lead"])

    first = enter(visitor, mobile="139-0000-0001", tail=" 140009 ", code=f"{wide[:3]} {wide[3:]}")
    second = enter(visitor, mobile=ADMINISTRATOR["mobile"], tail="06000x", code=codes["administrator"])

    assert first == ["Confirmed. The other person still has to confirm."]
    assert second == ["Verification complete. The request goes to the authority's review."]
    assert [row["data-confirmed"] for row in visitor.found(data_text="")] == ["yes", "yes"]


def test_five_wrong_entries_are_allowed_and_the_sixth_returns_the_report(visitor, desk, received):
    answers = [enter(visitor) for _ in range(6)]

    assert answers[0] == ["The entry is wrong. 4 more wrong entries are allowed."]
    assert answers[4] == ["The entry is wrong. 0 more wrong entries are allowed."]
    assert answers[5] == ["Too many wrong entries. The request was returned to the provider."]
    assert desk.report("1")["stage"] == "turned_down"


def test_an_empty_entry_does_not_count(visitor, desk, received):
    page = visitor.post("/codes/", mobile=LEAD["mobile"], tail="140009", code="")

    assert "error-summary" in page.text
    assert [row["wrong"] for row in desk.texts()] == [0, 0]


def test_a_mobile_that_got_no_text_is_reported(visitor, received):
    assert enter(visitor, mobile="13900000099") == ["No request waits for this mobile number."]


def test_a_text_is_resent_with_another_code(visitor, desk, received):
    before = {row["role"]: (row["id"], row["code"], row["times"]) for row in desk.texts()}

    answer = visitor.post(f"/texts/{before['administrator'][0]}/resend/")

    after = {row["role"]: row["times"] for row in desk.texts()}
    assert notices_on(answer)[0] == "A new code was sent."
    assert after == {"subject_lead": 1, "administrator": 2}


def test_a_text_of_a_decided_report_is_not_resent(visitor, desk, received):
    text = desk.texts()[0]["id"]
    desk.decide("1", "grant")

    assert notices_on(visitor.post(f"/texts/{text}/resend/"))[0] == "This code is no longer needed"
    assert visitor.post("/texts/99999/resend/").status_code == 404


# --- pictures and files ---


def test_pictures_are_read_from_the_file_itself(visitor, received):
    (first, _second, third) = visitor.found(loading="lazy")
    answers = [visitor.get(row["src"]) for row in (first, third)]

    assert [(answer.status_code, answer.headers["Content-Type"]) for answer in answers] == [(200, "image/jpeg")] * 2
    assert all(answer.content.startswith(b"\xff\xd8") for answer in answers)
    assert answers[0].headers["X-Content-Type-Options"] == "nosniff"
    beside = ("1/pictures/4", "1/pictures/0", "9/pictures/1")
    assert [visitor.get(f"/reports/{path}/").status_code for path in beside] == [404, 404, 404]


def test_the_raw_file_is_shown_with_pictures_shortened_and_downloaded_complete(visitor, received):
    page = visitor.get("/reports/1/xml/").text
    whole = visitor.get("/reports/1/xml/?whole")

    assert SITE in page
    assert "&lt;Fjyt&gt;4&lt;/Fjyt&gt;" in page
    assert len(page) < 20_000
    assert whole.headers["Content-Disposition"] == 'attachment; filename="beianinfo1.xml"'
    assert SITE.encode("gbk") in whole.content


def test_traffic_shows_files_both_ways_and_the_last_calls(visitor, desk, provider, received):
    desk.decide("1", "grant")
    provider.everything()

    page = visitor.get("/traffic/").text
    files = visitor.found("/traffic/", data_download="")

    assert [row["data-sequence"] for row in visitor.found("/traffic/", data_sequence="")] == ["1"]
    assert [row["data-download"][:4] for row in files] == ["BASJ", "BAJG"]
    assert {"isp_upload", "isp_download", "isp_downloadack"} <= {
        row["data-call"] for row in visitor.found("/traffic/", data_call="")
    }
    assert 'data-last-sequence="1" data-undelivered="0"' in page
    (link, *_rest) = re.findall(r'href="(/downloads/\d+/)"', page)
    assert "<" not in re.sub(r"<[^>]*>", "", visitor.get(link).text)
    assert "BASJ" in visitor.get(link).text


# --- switches, clock, record ---


def test_the_switches_are_set_and_lifted_together(visitor, desk):
    thrown = {"status": "down", "password": "slow", "seconds": "30", "upload": "code", "returned": "20", "times": "2"}
    visitor.post("/faults/", **{**WORKING, **thrown})
    on = {row["method"]: (row["kind"], row["value"], row["left"]) for row in desk.faults()}
    noticed = visitor.get().text
    visitor.post("/faults/", **WORKING)

    assert on == {"status": ("down", "", 2), "password": ("slow", "30", 2), "upload": ("code", "20", 2)}
    assert "3 fault switches are on." in noticed
    assert desk.faults() == []


def test_the_page_shows_the_current_switches(visitor, desk):
    desk.fault("password", "slow", value="45")

    page = visitor.get().text

    assert re.search(r'<option value="slow" selected>', page)
    assert re.search(r'name="seconds"[^>]*value="45"', page)


@pytest.mark.parametrize(
    "typed", [{"status": "explode"}, {"status": "down", "seconds": "0"}, {"status": ""}, {"status": "maintenance"}]
)
def test_a_switch_that_does_not_exist_changes_nothing(visitor, desk, typed):
    desk.fault("phones", "down")

    answer = visitor.post("/faults/", **{**WORKING, **typed})

    assert "error-summary" in answer.text
    assert [row["method"] for row in desk.faults()] == ["phones"]


def test_putting_the_clock_forward_does_what_is_due(visitor, desk, received):
    answer = visitor.post("/clock/", hours="48")

    assert notices_on(answer)[0] == "The clock was put forward."
    assert desk.report("1")["stage"] == "turned_down"
    assert [row["data-state"] for row in visitor.found(data_report="1", data_site="")] == ["turned_down"]


@pytest.mark.parametrize("hours", ["-1", "0", "7", "x", ""])
def test_the_clock_moves_only_by_the_steps_offered(visitor, desk, hours):
    before = desk.status()["conduct"]["clock_ahead"]

    assert visitor.post("/clock/", hours=hours).status_code == 400
    assert desk.status()["conduct"]["clock_ahead"] == before


def test_an_invented_site_is_put_on_record_with_its_owners_name(visitor, desk):
    answer = visitor.post("/record/put/", **PUT)

    row = desk.filings(number=PUT["number"])[0]
    assert notices_on(answer)[0] == "On record: 津ICP备00000001号"
    assert (row["name"], row["province"], row["id_type_code"]) == ("天津示例工艺有限公司", "12", 2)
    assert (row["lead"]["mobile"], row["administrator"]["id_number"]) == ("13900000004", "649999198009090003")
    assert [(site["number"], site["domain"], site["name"]) for site in row["sites"]] == [
        ("津ICP备00000001号-1", "example.net", "示例手记")
    ]


def test_another_site_of_the_same_document_joins_its_subject_which_stays_unchanged(visitor, desk):
    visitor.post("/record/put/", **PUT, region="120101", lead_name="赵样本")
    visitor.post(
        "/record/put/", **{**PUT, "domain": "example.org", "password": "Other000", "lead_mobile": "13900000009"}
    )

    row = desk.filings(number=PUT["number"])[0]
    assert [(site["number"], site["domain"]) for site in row["sites"]] == [
        ("津ICP备00000001号-1", "example.net"),
        ("津ICP备00000001号-2", "example.org"),
    ]
    assert (row["lead"]["name"], row["lead"]["mobile"], row["password"]) == ("赵样本", "13900000004", "Abc12345")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"number": ""}, "number"),
        ({"province": "1"}, "province"),
        ({"subject_name": ""}, "subject_name"),
        ({"lead_mobile": "12345"}, "lead_mobile"),
        ({"domain": "not a domain"}, "domain"),
        ({"site_name": "a\u202eb"}, "site_name"),
        ({"id_type_code": "99"}, "id_type_code"),
    ],
)
def test_an_invalid_invented_site_is_not_put_on_record(visitor, desk, change, field):
    page = visitor.post("/record/put/", **{**PUT, **change}).text

    assert f'id="id_{field}_error"' in page or f'href="#id_{field}' in page
    assert desk.filings(number=PUT["number"]) == []


@pytest.mark.parametrize("change", [{"number": NUMBER}, {"domain": DOMAIN}])
def test_the_page_overwrites_nothing_on_record(visitor, desk, change):
    page = visitor.post("/record/put/", **{**PUT, **change}).text

    assert "This number or domain is on record already" in page
    kept = [
        (row["number"], row["name"])
        for row in desk.filings()
        if NUMBER in row["number"] or PUT["number"] == row["number"]
    ]
    assert kept == [(NUMBER, FILING["name"])]


def test_the_record_shows_who_serves_a_site_and_who_would_be_texted(visitor, desk, received):
    desk.decide("1", "grant")

    page = visitor.get("/record/").text

    for words in (NUMBER, FILING["name"], DOMAIN, "另一家接入商", LEAD["mobile"], LEAD["id_number"][-6:], PASSWORD):
        assert words in page


# --- lists ---


def test_lists_are_limited_and_continue_after_the_last_row(visitor, desk, provider):
    for sequence in range(1, 23):
        another(desk, provider, sequence, filing=sequence)

    first = visitor.found(data_report="", data_site="")
    (more,) = set(re.findall(r'href="(\?waiting=\d+)#reports"', visitor.get().text))
    then = visitor.found(f"/{more}", data_report="", data_site="")

    keys = [row["data-report"] for row in (*first, *then)]
    assert (len(first), len(then)) == (20, 2)
    assert keys == [str(number) for number in range(22, 0, -1)]
    record = re.findall(r'data-filing="', visitor.get("/record/").text)
    assert len(record) == 20


@pytest.mark.parametrize("query", ["?waiting=x", "?decided=-1", "?waiting=99999999999999999999999"])
def test_a_list_with_an_invalid_start_begins_at_the_beginning(visitor, received, query):
    assert [row["data-report"] for row in visitor.found(f"/{query}", data_report="", data_site="")] == ["1"]


COUNT = """
import json, django
django.setup()
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
costs = {}
for path in ("/", "/record/", "/traffic/"):
    with CaptureQueriesContext(connection) as asked:
        assert Client().get(path).status_code == 200
    costs[path] = len(asked)
print(json.dumps(costs))
"""


def queries(simulator) -> dict[str, int]:
    """The number of queries of each page, counted by a second process on the simulator's own database."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "demo.ministry.settings",
        "SIMULATOR_DB": str(simulator.database),
        "VAR_DIR": str(simulator.database.parent),
        "LOG_LEVEL": "ERROR",
    }
    ran = fresh.run("-c", COUNT, folder=ROOT, environment=environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


def test_pages_take_as_many_queries_for_one_report_as_for_three(simulator, desk, provider):
    desk.set_province("64", asks_phones=True)
    another(desk, provider, 1)
    desk.status()
    one = queries(simulator)

    another(desk, provider, 2, filing=2)
    another(desk, provider, 3, filing=3)
    desk.status()

    assert queries(simulator) == one
    assert max(one.values()) < 20


# --- the frame ---


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("language", "lang"), [("en", "en"), ("zh-hans", "zh-Hans")])
def test_every_page_exists_in_both_languages_and_follows_the_policy(simulator, received, path, language, lang):
    answer = Visitor(simulator.url, language).get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert f'<html lang="{lang}"' in answer.text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (
        re.findall(r'\sstyle="|<style|<script(?![^>]*\ssrc=)|\son\w+="|(?:src|href)="(?:https?:)?//', answer.text) == []
    )


@pytest.mark.parametrize("path", PAGES)
def test_every_chinese_word_of_an_english_page_is_marked(visitor, desk, received, path):
    desk.decide("1", "turn_down", code="1018", words="密码不对")
    page = Han()

    page.feed(visitor.get(path).text)

    assert page.found == []


def test_the_language_is_switched_on_the_page_and_kept_in_its_own_cookie(simulator, desk):
    visitor = Visitor(simulator.url)

    page = visitor.post("/language/", language="zh-hans", next="/record/")

    assert '<html lang="zh-Hans"' in page.text
    assert page.url.endswith("/record/")
    assert set(visitor.session.cookies.keys()) <= {"simulator_language", "simulator_csrf", "simulator_notes"}


@pytest.mark.parametrize("path", ["/decide/", "/faults/", "/clock/", "/record/put/", "/texts/1/resend/"])
def test_a_get_of_a_buttons_address_changes_nothing(visitor, received, path):
    assert visitor.get(path).status_code == 405


def test_a_post_without_the_csrf_token_is_refused(simulator, desk, received):
    answer = requests.post(f"{simulator.url}/decide/", data={"report": "1", "decision": "grant"}, timeout=30)

    assert answer.status_code == 403
    assert desk.report("1")["stage"] == "waiting"


def test_an_invalid_report_key_has_no_page(visitor, desk):
    assert visitor.get("/reports/1/xml/").status_code == 404
    with pytest.raises(NotDone):
        desk.report("1")
