"""One row: the answers it gives, and the finding on each wrong field, which never quotes the value."""

from datetime import date

import pytest
from django.utils.translation import override

from filings.legacy_import.dump import rows
from filings.legacy_import.dump.rows import AS_IT_IS, REFUSED, WITHOUT, read
from filings.register.blind_keys import subject_key
from tests.filings.legacy_import.dumps import EMAIL, HASH, ORGANISATION, filing, personal


def effects_of(raw):
    row, findings = read(1, raw)
    return row is not None, [(each.field, each.effect) for each in findings]


def test_a_row_becomes_the_answers_of_an_order():
    row, findings = read(7, filing())

    assert findings == []
    assert (row.number, row.kind, row.email, row.password, row.active) == (7, "filing", EMAIL, HASH, True)
    assert (row.domain, row.region, row.name) == ("example.com", "640106", "宁夏示例纸业有限公司")
    assert row.subject_key == subject_key("1", "91649999000000019L")
    assert (row.subject_number, row.site_number) == ("宁ICP备00000000号", "宁ICP备00000000号-1")
    assert row.filed_on == date(2012, 3, 31)
    assert row.details == {
        "type": {
            "nature": "enterprise",
            "id_type": "1",
            "id_number": "91649999000000019L",
            "name": "宁夏示例纸业有限公司",
            "region": "640106",
            "domain": "example.com",
        },
        "subject": {
            "id_address": "宁夏回族自治区银川市金凤区示例路1号",
            "post_region": "640106",
            "post_address": "示例路1号2号楼301室",
            "lead_name": "林示范",
            "lead_id_type": "2",
            "lead_id_number": "649999198502140009",
            "lead_phone1": "13900000001",
            "lead_email": "lin@example.com",
        },
        "website": {
            "site_name": "示例纸业官网",
            "home_url": "https://www.example.com/",
            "content": ["8"],
            "languages": ["1"],
        },
        "administrator": {
            "admin_name": "陈样例",
            "admin_id_number": "649999198806060008",
            "admin_id_type": "2",
            "admin_phone1": "13900000002",
            "admin_email": "chen@example.com",
        },
        "access": {"ip": "192.0.2.10"},
        "ids": {"jrid": 64000001},
    }


@pytest.mark.parametrize(
    ("name", "typed", "expected"),
    [
        ("nature", "企业", "enterprise"),
        ("nature", "4", "enterprise"),
        ("id_type", "营业执照", "1"),
        ("id_number", "９１６４ 9999-0000 0001 9l", "91649999000000019L"),
        ("domain", "HTTP://WWW.Example.com/", "example.com"),
    ],
)
def test_spellings_are_normalised(name, typed, expected):
    row, findings = read(1, filing(**{name: typed}))

    assert findings == []
    assert row.details["type"][name] == expected


def test_a_document_s_chinese_name_is_resolved_by_its_nature():
    kinds = {"nature": "事业单位", "id_type": "组织机构代码证", "id_number": "123456788"}
    row, _findings = read(1, filing(**kinds))

    assert row.details["type"]["id_type"] == "3"


def test_json_values_are_read_unchanged():
    row, findings = read(1, filing(content=["8", "24"], account_active=True, jrid=64000001, site_remark=None))

    assert findings == []
    assert (row.details["website"]["content"], row.details["ids"], row.active) == (
        ["8", "24"],
        {"jrid": 64000001},
        True,
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "planet"}, "kind"),
        ({"account_email": "nobody"}, "account_email"),
        ({"account_email": ""}, "account_email"),
        ({"account_password": ""}, "account_password"),
        ({"account_password": "Secret-1"}, "account_password"),
        ({"account_active": "perhaps"}, "account_active"),
        ({"nature": "planet"}, "nature"),
        ({"nature": ""}, "nature"),
        ({"id_type": "999"}, "id_type"),
        ({"id_type": "2"}, "id_type"),
        ({"id_number": "9"}, "id_number"),
        ({"id_number": "号码号码号码"}, "id_number"),
        ({"id_number": ""}, "id_number"),
        ({"name": ""}, "name"),
        ({"name": "宁夏\x00纸业"}, "name"),
        ({"name": "宁夏\u202e纸业"}, "name"),
        ({"name": "宁夏\ufffd纸业"}, "name"),
        ({"name": "字" * 256}, "name"),
        ({"region": "64"}, "region"),
        ({"region": "999999"}, "region"),
        ({"domain": "shop.example.com"}, "domain"),
        ({"domain": "192.0.2.1"}, "domain"),
        ({"domain": "yinchuan.gov.cn"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"subject_number": "12345"}, "subject_number"),
        ({"site_number": "12345"}, "site_number"),
        ({"filed_on": "yesterday"}, "filed_on"),
        ({"filed_on": "2012-13-01"}, "filed_on"),
        ({"filed_on": "2017-02-01"}, "filed_on"),
    ],
)
def test_a_missing_required_value_refuses_the_row_with_the_field_s_name(changes, field):
    taken, findings = effects_of(filing(**changes))

    assert not taken
    assert findings == [(field, REFUSED)]


@pytest.mark.parametrize(
    ("changes", "page", "field"),
    [
        ({"lead_phone1": "12345"}, "subject", "lead_phone1"),
        ({"lead_email": "nobody"}, "subject", "lead_email"),
        ({"lead_id_until": "for ever"}, "subject", "lead_id_until"),
        ({"admin_phone1": "0951-12"}, "administrator", "admin_phone1"),
        ({"ip": "300.1.1.1"}, "access", "ip"),
        ({"jrid": "-1"}, "ids", "jrid"),
        ({"jrid": "9" * 30}, "ids", "jrid"),
        ({"jrid": "0" * 30}, "ids", "jrid"),
        ({"jrid": "9" * 4301}, "ids", "jrid"),
        ({"jrid": str(2**63)}, "ids", "jrid"),
        ({"method": str(2**15)}, "access", "method"),
        ({"ip": "fe80::1%eth0"}, "access", "ip"),
        ({"ip": "fe80::1%\ud800"}, "access", "ip"),
        ({"home_url": "https://" + "x" * 300}, "website", "home_url"),
    ],
)
def test_an_invalid_optional_value_is_left_out_and_reported(changes, page, field):
    row, findings = read(1, filing(**changes))

    assert [(each.field, each.effect) for each in findings] == [(field, WITHOUT)]
    assert field not in row.details.get(page, {})


@pytest.mark.parametrize(
    ("page", "field", "number"),
    [("ids", "jrid", 2**63 - 1), ("access", "method", 2**15 - 1), ("ids", "wzid", 7)],
)
def test_a_number_that_fits_the_register_is_accepted_despite_leading_zeros(page, field, number):
    row, findings = read(1, filing(**{field: f"00{number}"}))

    assert (findings, row.details[page][field]) == ([], number)


def test_a_parser_error_is_reported_without_its_text(monkeypatch):
    monkeypatch.setattr(rows, "READERS", (*rows.READERS, ("jrid", int, WITHOUT)))

    with override("en"):
        taken, findings = read(12, filing(jrid="12x"))

    told = " ".join(str(each) for each in findings)
    assert (taken is not None, [each.field for each in findings]) == (True, ["jrid", "jrid"])
    assert [word in told for word in ("correct it, or leave it empty", "12x", "invalid literal")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("number", ["640000000000001", "91649999000000019X"])
def test_an_old_number_of_another_format_is_kept_and_reported(number):
    row, findings = read(1, filing(id_number=number))

    assert row.details["type"]["id_number"] == number
    assert [(each.field, each.effect) for each in findings] == [("id_number", AS_IT_IS)]


def test_only_a_filing_from_before_june_2010_needs_no_account():
    assert effects_of(personal(filed_on="2010-05-31")) == (True, [])
    assert effects_of(personal(filed_on="2010-06-01")) == (False, [("account_email", REFUSED)])
    assert effects_of(personal(filed_on="")) == (False, [("account_email", REFUSED)])


def test_the_last_day_of_the_old_platform_counts():
    assert effects_of(filing(filed_on="2017-01-31")) == (True, [])


@pytest.mark.parametrize("kind", ["account", "order", "账号", "订单"])
def test_a_row_for_an_account_needs_no_filing(kind):
    row, findings = read(1, {"kind": kind, "account_email": EMAIL, "account_password": HASH, "account_active": "0"})

    assert findings == []
    assert (row.kind in ("account", "order"), row.active, row.details) == (True, False, {})


def test_without_a_name_the_person_is_the_subject_lead():
    row, _findings = read(1, filing(admin_id_number=""))

    assert row.details["administrator"] == {"same_person": "yes"}


def test_every_wrong_field_is_reported_at_once_and_no_value_is_quoted():
    wrong = {"nature": "planet-x", "domain": "not a domain", "region": "77", "lead_phone1": "12345678"}
    _row, findings = read(12, {**filing(), **wrong})
    told = " ".join(str(each) for each in findings)

    assert [each.field for each in findings] == ["nature", "region", "domain", "lead_phone1"]
    assert [
        value
        for value in (*wrong.values(), *ORGANISATION.values())
        if len(value) > 2 and value in told.replace("640106", "")
    ] == []
    assert told.count("row 12") == 4
