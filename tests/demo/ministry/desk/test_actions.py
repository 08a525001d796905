"""Decisions and phones: what a person at the authority does, and what the provider gets as a result."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from demo.ministry.api.client import NotDone
from tests.demo.ministry.conftest import ADMINISTRATOR, DOMAIN, FILING, LEAD, NUMBER, PASSWORD, SITE
from tests.demo.ministry.provider import access, cancellation, document

OURS = 100001
HOUR = 3600
LEAD_TAIL, ADMINISTRATOR_TAIL = "140009", "06000X"


@pytest.fixture
def report(desk, provider):
    """The key of a waiting report, in a province that asks no phones."""
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    return "1"


@pytest.fixture
def asked(desk, provider):
    """The same in a province that texts both people."""
    desk.set_province("64", asks_phones=True)
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    return "1"


def kind(root):
    return next(root.iter("BAJG", "BASJ", "ZXSJ")).tag


def texts(desk):
    return {row["role"]: row for row in desk.texts()}


def wrong(text):
    return f"{(int(text['code']) + 1) % 1_000_000:06d}"


def audit(root):
    return {part.tag: part.text for part in root.find(".//Gjsh")}


# --- decisions ---------------------------------------------------------------------------------------


def test_a_grant_comes_as_code_and_audit_and_then_as_the_record(desk, provider, report):
    desk.decide(report, "grant")

    verdict, record = provider.everything()

    assert [one.text for one in verdict.iter("Jgdm")] == ["1001"]
    told = audit(verdict)
    assert (told["Shjg"], told["Czlx"], told["Jlid"], "Shyj" in told) == ("1", "3", "7", False)
    assert (verdict.findtext(".//Bs"), kind(record)) == ("7", "BASJ")


def test_the_record_has_the_authoritys_numbers_and_our_own(desk, provider, report):
    before = desk.filings(number=NUMBER)[0]
    desk.decide(report, "grant")

    record = provider.everything()[1]

    site, subject = record.find(".//Wz_xx"), record.find(".//Zt_xx")
    mine, other = sorted(site.iterfind("Jr_xx"), key=lambda row: row.findtext("Ispid") != str(OURS))
    assert subject.findtext("Ztid") == str(before["subject_id"])
    assert (subject.findtext("Baxh"), subject.findtext("Dwmc")) == (NUMBER, FILING["name"])
    assert (site.findtext("Wzid"), site.findtext("Baxh")) == (str(before["sites"][0]["site_id"]), SITE)
    assert [one.findtext("Ym") for one in site.iterfind("Ym_xx")] == [DOMAIN]
    assert (mine.findtext("IspJrid"), other.findtext("IspJrid")) == ("7", None)
    assert mine.findtext("Jrid") not in (None, other.findtext("Jrid"))
    assert (mine.findtext("Ip_xx/IspIpid"), mine.findtext("Ip_xx/Qsip"), mine.findtext("Ip_xx/Zzip")) == (
        "700", "3221225994", "3221225995",
    )  # fmt: skip
    assert mine.findtext("Ip_xx/Ipid") is not None
    assert [mine.findtext("Wzfb/Fbdd"), mine.findtext("Wzjrfs/Jrfs")] == ["2", "5"]
    assert (subject.findtext("Fzr/Fzr_sjhm"), site.findtext("Wz_Fzr/Fzr_sjhm")) == (
        LEAD["mobile"], ADMINISTRATOR["mobile"],
    )  # fmt: skip


def test_names_with_characters_outside_gbk_arrive_complete(desk, provider):
    desk.add_filing(**{**FILING, "name": "𠮷野示例有限公司", "region": "640106"})
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)
    desk.decide("1", "grant")

    subject = provider.everything()[1].find(".//Zt_xx")
    assert subject.findtext("Dwmc") == "𠮷野示例有限公司"
    assert [subject.findtext(f"Txdz/{name}") for name in ("Shengid", "Shiid", "Xianid")] == [
        "640000",
        "640100",
        "640106",
    ]


def test_a_refusal_comes_with_its_code_and_its_opinion(desk, provider, report):
    desk.decide(report, "turn_down", code="1056", words="附件图片不清晰")

    (verdict,) = provider.everything()

    assert [one.text for one in verdict.iter("Jgdm")] == ["1056"]
    assert (audit(verdict)["Shjg"], audit(verdict)["Shyj"], audit(verdict)["Jlid"]) == ("0", "附件图片不清晰", "7")
    assert [row["isp_id"] for row in desk.filings(number=NUMBER)[0]["sites"][0]["accesses"]] == [100002]


def test_a_refusal_without_a_code_is_1002_in_the_authoritys_own_words(desk, provider, report):
    desk.decide(report, "turn_down")

    verdict = provider.everything()[0]
    assert (verdict.findtext(".//Jgdm"), audit(verdict)["Shyj"]) == ("1002", "管局审核拒绝")


def test_the_providers_fault_comes_as_a_code_without_an_audit(desk, provider, report):
    desk.decide(report, "report_failed", code="1063")

    (verdict,) = provider.everything()

    assert (verdict.findtext(".//Jgdm"), verdict.find(".//GJSHS")) == ("1063", None)


def test_a_report_is_decided_once(desk, provider, report):
    desk.decide(report, "grant")
    with pytest.raises(NotDone, match="decided before"):
        desk.decide(report, "turn_down")

    assert [kind(root) for root in provider.everything()] == ["BAJG", "BASJ"]


def test_of_many_concurrent_decisions_one_counts(desk, provider, report):
    def decide(_number):
        try:
            desk.__class__(desk.url).decide(report, "grant")
        except NotDone:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(decide, range(6)))

    assert (sum(done), len(provider.everything())) == (1, 2)


@pytest.mark.parametrize("named", ["2", "1-2", "x", "0"])
def test_a_missing_report_cannot_be_decided(desk, report, named):
    with pytest.raises(NotDone, match="no report"):
        desk.decide(named, "grant")


def test_an_unknown_decision_is_refused(desk, report):
    with pytest.raises(NotDone, match="one of grant"):
        desk.decide(report, "perhaps")

    assert desk.report(report)["stage"] == "waiting"


def test_all_waiting_reports_are_decided_at_once_oldest_first(desk, provider):
    for number in (1, 2):
        provider.upload(
            document(XZJR=access(f"京ICP备0000009{number * 3 - 3}号-1", number, f"Bj00009{number * 3 - 3}")), number
        )
    provider.upload(document(XZJR=access(SITE, 3, "wrong")), 3)

    assert desk.decide_all("turn_down") == 1  # the second is already served by us, the third has a wrong password
    assert {row["key"]: row["stage"] for row in desk.reports()} == {"1": "turned_down", "2": "failed", "3": "failed"}


def test_a_granted_cancellation_ends_the_access_and_reports_it(desk, provider):
    shared = desk.filings(number="京ICP备00000093号")[0]["sites"][0]
    jrid = next(row["access_id"] for row in shared["accesses"] if row["isp_id"] == OURS)
    provider.upload(document(ZXBA=cancellation(jrid)), 1)

    desk.decide("1", "grant")
    verdict, strike = provider.everything()

    after = desk.filings(number="京ICP备00000093号")[0]["sites"][0]
    assert (audit(verdict)["Czlx"], audit(verdict)["Shjg"], audit(verdict)["Jlid"]) == ("5", "1", str(jrid))
    assert (kind(strike), strike.findtext(".//Zxlb"), strike.findtext(".//Jlid")) == ("ZXSJ", "2", str(jrid))
    assert [row["isp_id"] for row in after["accesses"] if row["ended_at"] is None] == [100002]


def test_a_refused_cancellation_leaves_the_access(desk, provider):
    shared = desk.filings(number="京ICP备00000093号")[0]["sites"][0]
    jrid = next(row["access_id"] for row in shared["accesses"] if row["isp_id"] == OURS)
    provider.upload(document(ZXBA=cancellation(jrid)), 1)

    desk.decide("1", "turn_down")

    assert [kind(root) for root in provider.everything()] == ["BAJG"]
    assert all(row["ended_at"] is None for row in desk.filings(number="京ICP备00000093号")[0]["sites"][0]["accesses"])


def test_the_last_access_is_not_ended_even_if_the_other_ended_since(desk, provider):
    shared = desk.filings(number="京ICP备00000093号")[0]["sites"][0]
    ids = {row["isp_id"]: row["access_id"] for row in shared["accesses"]}
    provider.upload(document(ZXBA=cancellation(ids[OURS])), 1)
    desk.reports()
    desk.push("ZXSJ", access_id=ids[100002])

    assert (desk.decide("1", "grant")["code"], desk.report("1")["stage"]) == ("1025", "failed")


def test_reports_are_granted_after_a_while_where_the_authority_is_set_so(desk, provider, report):
    desk.conduct(decides_after=60)
    early = provider.everything()
    desk.advance(60)

    assert (early, [kind(root) for root in provider.everything()]) == ([], ["BAJG", "BASJ"])


def test_unattended_grants_wait_for_the_phones(desk, provider, asked):
    desk.conduct(decides_after=0)
    early = provider.everything()
    desk.confirm(DOMAIN)

    assert (early, [kind(root) for root in provider.everything()]) == ([], ["BAJG", "BASJ"])


# --- phones --------------------------------------------------------------------------------------------


def test_texts_go_to_both_mobiles_on_the_authoritys_record(desk, asked):
    assert {role: (text["mobile"], text["tails"]) for role, text in texts(desk).items()} == {
        "subject_lead": (LEAD["mobile"], [LEAD_TAIL]),
        "administrator": (ADMINISTRATOR["mobile"], [ADMINISTRATOR_TAIL]),
    }
    assert all(len(text["code"]) == 6 and text["code"].isdigit() for text in texts(desk).values())


def test_one_mobile_for_both_people_gets_one_text(desk, provider):
    desk.set_province("64", asks_phones=True)
    desk.add_filing(**{**FILING, "administrator": {**ADMINISTRATOR, "mobile": LEAD["mobile"]}})
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    assert [(row["role"], row["mobile"], row["tails"]) for row in desk.texts()] == [
        ("both", LEAD["mobile"], [ADMINISTRATOR_TAIL, LEAD_TAIL])
    ]


def test_a_province_that_asks_the_administrator_only_texts_nobody_else(desk, provider):
    desk.set_province("64", asks_phones=True, people="administrator", hours=24)
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    assert list(texts(desk)) == ["administrator"]


def test_a_province_that_does_not_ask_sends_no_text(desk, report):
    assert (desk.texts(), desk.report(report)["closes_at"]) == ([], None)


def test_a_refused_report_and_a_cancellation_text_nobody(desk, provider):
    desk.set_province("64", asks_phones=True)
    desk.set_province("11", asks_phones=True)
    shared = desk.filings(number="京ICP备00000093号")[0]["sites"][0]["accesses"]
    jrid = next(row["access_id"] for row in shared if row["isp_id"] == OURS)
    provider.upload(document(XZJR=access(SITE, 7, "wrong")), 1)
    provider.upload(document(ZXBA=cancellation(jrid)), 2)

    assert desk.texts() == []


def test_both_people_confirm_and_the_first_is_asked_to_wait_for_the_second(desk, asked):
    sent = texts(desk)

    first = desk.enter(LEAD["mobile"], LEAD_TAIL, sent["subject_lead"]["code"])
    between = desk.report(asked)["confirmed_at"]
    second = desk.enter(ADMINISTRATOR["mobile"], ADMINISTRATOR_TAIL.lower(), sent["administrator"]["code"])

    assert (first["state"], between, second["state"]) == ("waiting", None, "confirmed")
    assert desk.report(asked)["confirmed_at"] is not None
    assert desk.report(asked)["stage"] == "waiting"


@pytest.mark.parametrize("tail", ["140008", "", "649999198502140009"])
def test_the_right_code_with_another_document_is_a_wrong_entry(desk, asked, tail):
    entry = desk.enter(LEAD["mobile"], tail, texts(desk)["subject_lead"]["code"])

    assert entry == {"state": "wrong", "left": 4}
    assert texts(desk)["subject_lead"]["confirmed_at"] is None


def test_the_code_of_the_other_person_confirms_nobody(desk, asked):
    entry = desk.enter(LEAD["mobile"], LEAD_TAIL, texts(desk)["administrator"]["code"])

    assert entry["state"] == "wrong"
    assert [row["confirmed_at"] for row in desk.texts()] == [None, None]


def test_five_wrong_entries_are_allowed_and_a_right_one_after_them_counts(desk, asked):
    text = texts(desk)["subject_lead"]

    wrongs = [desk.enter(LEAD["mobile"], LEAD_TAIL, wrong(text)) for _ in range(5)]
    right = desk.enter(LEAD["mobile"], LEAD_TAIL, text["code"])

    assert [(one["state"], one["left"]) for one in wrongs] == [("wrong", left) for left in (4, 3, 2, 1, 0)]
    assert (right["state"], texts(desk)["subject_lead"]["wrong"]) == ("waiting", 5)


def test_the_sixth_wrong_entry_returns_the_report_with_an_explanation(desk, provider, asked):
    text = texts(desk)["subject_lead"]

    states = [desk.enter(LEAD["mobile"], LEAD_TAIL, wrong(text))["state"] for _ in range(6)]
    after = desk.enter(LEAD["mobile"], LEAD_TAIL, text["code"])["state"]

    (verdict,) = provider.everything()
    assert (states, after) == (["wrong"] * 5 + ["returned"], "not_found")
    assert (verdict.findtext(".//Jgdm"), audit(verdict)["Shjg"]) == ("1002", "0")
    assert audit(verdict)["Shyj"] == "短信核验未通过：验证码输错超过5次"


def test_an_entry_for_a_mobile_without_a_code_counts_against_nobody(desk, asked):
    assert desk.enter("13900000009", LEAD_TAIL, "000000")["state"] == "not_found"
    assert [row["wrong"] for row in desk.texts()] == [0, 0]


def test_codes_expire_after_their_hours_and_the_report_is_returned(desk, provider, asked):
    desk.enter(LEAD["mobile"], LEAD_TAIL, texts(desk)["subject_lead"]["code"])
    desk.advance(48 * HOUR - 60)
    in_time = provider.everything()
    desk.advance(60)
    late = desk.enter(ADMINISTRATOR["mobile"], ADMINISTRATOR_TAIL, texts(desk)["administrator"]["code"])

    (verdict,) = provider.everything()
    assert (in_time, late["state"]) == ([], "over")
    assert audit(verdict)["Shyj"] == "短信核验未通过：超过核验时限"
    assert desk.report(asked)["decided_at"] == desk.report(asked)["closes_at"]


def test_confirmed_phones_do_not_lapse(desk, provider, asked):
    desk.confirm(DOMAIN)
    desk.advance(100 * HOUR)

    assert (provider.everything(), desk.report(asked)["stage"]) == ([], "waiting")


def test_a_resent_text_has_another_code_and_the_old_one_is_no_longer_valid(desk, asked):
    old = texts(desk)["subject_lead"]
    new = desk.resend(old["id"])
    while new["code"] == old["code"]:
        new = desk.resend(old["id"])

    assert desk.enter(LEAD["mobile"], LEAD_TAIL, old["code"])["state"] == "wrong"
    assert desk.enter(LEAD["mobile"], LEAD_TAIL, new["code"])["state"] == "waiting"


@pytest.mark.parametrize("how", ["confirmed", "decided", "over"])
def test_a_text_whose_code_is_no_longer_due_is_not_resent(desk, asked, how):
    text = texts(desk)["subject_lead"]
    if how == "confirmed":
        desk.confirm(DOMAIN)
    if how == "decided":
        desk.decide(asked, "grant")
    if how == "over":
        desk.advance(48 * HOUR)

    with pytest.raises(NotDone, match="nobody waits"):
        desk.resend(text["id"])


def test_phones_are_confirmed_automatically_where_the_authority_is_set_so(desk, provider):
    desk.set_province("64", asks_phones=True)
    desk.conduct(phones="auto")
    provider.upload(document(XZJR=access(SITE, 7, PASSWORD)), 1)

    assert all(row["confirmed_at"] for row in desk.texts())
    assert desk.report("1")["confirmed_at"] is not None


def test_a_report_can_be_decided_before_the_phones(desk, provider, asked):
    desk.decide(asked, "grant")

    assert [kind(root) for root in provider.everything()] == ["BAJG", "BASJ"]
    assert desk.enter(LEAD["mobile"], LEAD_TAIL, texts(desk)["subject_lead"]["code"])["state"] == "not_found"
