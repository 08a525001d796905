"""Downloads are read tolerantly: four kinds with their content, all others by name."""

from datetime import datetime

import pytest

from icpportal.gateways.miit.documents.types import CodeRow, Download, MalformedDocument, Result, Verdict
from icpportal.gateways.miit.documents.versions import version
from icpportal.gateways.miit.types import (
    AddressRange,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    StruckRecord,
)
from icpportal.time_format import BEIJING
from tests.icpportal.gateways.miit.documents.samples import document, golden
from tests.icpportal.gateways.miit.schemas import DOWNLOAD, against_schema

RECORD = FiledRecord(
    subject_id=500001,
    subject_number="京ICP备00000001号",
    name="示例（北京）科技有限公司",
    nature=4,
    id_type=1,
    id_number="000000000000000001",
    id_address="北京市海淀区示例路1号",
    region="110108",
    address="示例路1号",
    lead=FiledContact(
        name="张示例",
        phone="010-00000001",
        mobile="13000000001",
        email="lead@example.com",
        id_type=2,
        id_number="000000000000000002",
    ),
    sites=(
        FiledSite(
            site_id=600001,
            site_number="京ICP备00000001号-1",
            names=("示例商城", "示例论坛"),
            domains=("example.com",),
            home_url="www.example.com",
            administrator=FiledContact(name="李示例", mobile="13000000002", email="site@example.com"),
            accesses=(
                FiledAccess(
                    access_id=700001,
                    provider=100001,
                    own_id=1795559107000001,
                    places=(2,),
                    methods=(5,),
                    addresses=(AddressRange("192.0.2.10", "192.0.2.15"),),
                ),
                FiledAccess(
                    access_id=700002,
                    provider=100002,
                    places=(2, 26),
                    methods=(3,),
                    addresses=(AddressRange("198.51.100.1", "198.51.100.1"),),
                ),
            ),
            content=(1, 9),
            languages=(1, 12),
        ),
    ),
)
RESULTS = (
    Result(
        operation=3,
        handle="1795559107000001",
        verdicts=(Verdict("1018", "备案密码错误"), Verdict("1063")),
        note="请核实后重新提交",
    ),
    Result(operation=3, handle="京ICP备00000001号-1", verdicts=(Verdict("1001", "审核通过"),)),
    Result(
        operation=3,
        handle="1795559107000003",
        approved=False,
        opinion="核验单未加盖公章，请重新上传。",
        at=datetime(2026, 11, 24, 20, 45, 7, tzinfo=BEIJING),
    ),
    Result(operation=5, handle="700001", approved=True, at=datetime(2026, 11, 25, tzinfo=BEIJING)),
)
CODES = (
    CodeRow("Bbdw", 100001, "示例接入商", under="3"),
    CodeRow("Dwfl", 3, "接入服务商"),
    CodeRow("Dwxz", 4, "企业", note="含个体工商户"),
    CodeRow("Dwxz", 99, "旧性质", valid=False),
    CodeRow("Qy", 110000, "北京市", under="1"),
    CodeRow("Yjfk_Wtfl", 1, "系统/登录"),
    CodeRow("Gj", 2, "北京市通信管理局", under="2"),
    CodeRow("Hyfl", 1, "农业", under="A"),
    CodeRow("Xzjb", 1, "省级"),
    CodeRow("Zjlx", 1, "工商营业执照", under="4"),
    CodeRow("Wzjylx", 1, "新闻", under="1"),
    CodeRow("Wzfwlx", 1, "综合门户", under="1"),
    CodeRow("Wzjrfs", 5, "云接入", under="16"),
    CodeRow("Zxly", 1, "不再使用"),
    CodeRow("Wbacl", 1, "已停止接入"),
    CodeRow("Hsyj", 1, "信息真实"),
    CodeRow("Ymlx", 1, "顶级域名"),
    CodeRow("Fjwjgs", 1, "JPG"),
    CodeRow("Fjytlx", 1, "核验单", under="1"),
    CodeRow("Yylb", 1, "中文简体"),
)
INCOMING = {
    "bajg.xml": Download("BAJG", "V.3.0", results=RESULTS),
    "basj.xml": Download("BASJ", "V.3.0", records=(RECORD,)),
    "zxsj.xml": Download(
        "ZXSJ", "V.3.0", struck=(StruckRecord(Level.SUBJECT, 500001), StruckRecord(Level.SITE, 600001))
    ),
    "jcdm.xml": Download("JCDM", "V.3.0", codes=CODES),
}
DECISION = "<Gjsh><Shsj>2026-11-24 09:30</Shsj><Shjg>1</Shjg><Czlx>3</Czlx><Jlid>5</Jlid></Gjsh>"
DECIDED = Result(operation=3, handle="5", approved=True, at=datetime(2026, 11, 24, 9, 30, tzinfo=BEIJING))


def read(inner: str, **how) -> Download:
    return version().read(document(inner, **how))


@pytest.mark.parametrize("name", INCOMING)
def test_the_golden_file_is_read_completely(name):
    assert version().read(golden(name)) == INCOMING[name]


@pytest.mark.parametrize("name", INCOMING)
def test_the_golden_file_is_one_the_ministry_could_have_sent(name):
    assert against_schema(golden(name), DOWNLOAD) == []


@pytest.mark.parametrize(
    "inner",
    [
        f"<ICP><BAJG><GJSHS>{DECISION}</GJSHS></BAJG></ICP>",
        f"<ICP><BAJG>{DECISION}</BAJG></ICP>",
        f"<ICP><GJSHS>{DECISION}</GJSHS></ICP>",
        f"<GJSHS>{DECISION}</GJSHS>",
        f"<BAJG><GJSHS>{DECISION}</GJSHS></BAJG>",
    ],
)
def test_a_decision_is_found_on_any_level(inner):
    assert read(inner) == Download("BAJG", "V.3.0", results=(DECIDED,))


def test_several_kinds_in_one_file_are_all_read():
    bajg, zxsj = (
        "<BAJG><GJSHS>" + DECISION + "</GJSHS></BAJG>",
        "<ZXSJ><Zxxx><Zxlb>2</Zxlb><Jlid>7</Jlid></Zxxx></ZXSJ>",
    )

    found = read(f"<ICP><HSRW/>{bajg}{zxsj}</ICP>")

    assert found == Download(
        "BAJG",
        "V.3.0",
        results=(DECIDED,),
        struck=(StruckRecord(Level.ACCESS, 7),),
        remarks=("also ZXSJ", "also HSRW"),
    )


@pytest.mark.parametrize("kind", ["HSRW", "HCJG", "XGTZ", "HMDLB", "FFJRHMD", "WBAWZLB", "NEWKIND"])
def test_a_kind_of_no_meaning_to_us_is_only_named(kind):
    assert read(f"<ICP><{kind}><Id>1</Id></{kind}></ICP>") == Download(kind, "V.3.0")


@pytest.mark.parametrize("branch", ["IP", "YM"])
def test_results_about_addresses_and_domains_are_not_mistaken_for_ours(branch):
    inner = "<BAJG><Jg_xx><Jgxx><Jgdm>1001</Jgdm></Jgxx><Czlx>1</Czlx><IspId>5</IspId></Jg_xx></BAJG>"

    assert read(f"<{branch}>{inner}</{branch}>") == Download(branch, "V.3.0")


def test_a_synchronisation_names_its_content():
    assert read("<SJTB><JCDM><Bbdwlb/></JCDM></SJTB>") == Download("SJTB", "V.3.0", remarks=("SJTB holds JCDM",))


def test_an_empty_file_is_no_error():
    assert read("") == Download("", "V.3.0", remarks=("empty",))


def test_any_version_and_any_namespace_are_read():
    xml = b'<n:DownloadData xmlns:n="urn:x" version="V.3.1"><n:ICP><n:ZXSJ/></n:ICP></n:DownloadData>'

    assert version().read(xml) == Download("ZXSJ", "V.3.1")
    assert version().read(b"<DownloadData><ICP><ZXSJ/></ICP></DownloadData>") == Download("ZXSJ")


def test_unknown_elements_are_named_without_their_content():
    found = read(
        "<ICP><BAJG><Neu>geheim</Neu><Jg_xx><Jgxx><Jgdm>1001</Jgdm><Cjm>secret</Cjm></Jgxx><Czlx>35</Czlx><Hyclbs/></Jg_xx>"
        "</BAJG></ICP>"
    )

    assert found.results == (Result(operation=35, verdicts=(Verdict("1001"),)),)
    assert found.remarks == ("unknown BAJG/Neu", "unknown Jg_xx/Hyclbs", "unknown Jgxx/Cjm")


def test_new_elements_of_a_record_do_not_hide_the_rest():
    found = read(
        "<ICP><BASJ><Baxx><Zt_xx><Ztid>5</Ztid><Fzr><Fzr_xm>王</Fzr_xm><Lxfs1>1</Lxfs1></Fzr></Zt_xx>"
        "<Wz_xx><Wzid>6</Wzid><Fwlx>6</Fwlx></Wz_xx></Baxx></BASJ></ICP>"
    )

    assert found.records == (FiledRecord(5, lead=FiledContact(name="王"), sites=(FiledSite(6),)),)
    assert found.remarks == ("unknown Fzr/Lxfs1", "unknown Wz_xx/Fwlx")


def test_rows_without_an_identifying_number_are_skipped_and_named():
    found = read(
        "<ICP><BASJ><Baxx><Zt_xx><Dwmc>a</Dwmc></Zt_xx></Baxx><Baxx><Zt_xx><Ztid>5</Ztid></Zt_xx><Wz_xx/>"
        "<Wz_xx><Wzid>6</Wzid><Jr_xx/><Jr_xx><Jrid>7</Jrid><Ip_xx><Qsip>0x1</Qsip></Ip_xx></Jr_xx></Wz_xx></Baxx></BASJ>"
        "<ZXSJ><Zxxx><Zxlb>3</Zxlb><Jlid>1</Jlid></Zxxx><Zxxx><Zxlb>1</Zxlb></Zxxx></ZXSJ></ICP>"
    )

    assert found.records == (FiledRecord(5, sites=(FiledSite(6, accesses=(FiledAccess(7),)),), is_whole=False),)
    assert found.struck == ()
    assert found.remarks == (
        "Baxx without Ztid",
        "Wz_xx without Wzid",
        "Jr_xx without Jrid",
        "Ip_xx is no range of addresses",
        "Zxxx without Zxlb or Jlid",
        "also ZXSJ",
    )


def test_a_subject_told_in_two_rows_is_one_record_with_the_sites_of_both():
    found = read(
        "<ICP><BASJ><Baxx><Zt_xx><Ztid>5</Ztid><Dwmc>a</Dwmc></Zt_xx><Wz_xx><Wzid>6</Wzid></Wz_xx><Wz_xx/></Baxx>"
        "<Baxx><Zt_xx><Ztid>8</Ztid></Zt_xx></Baxx>"
        "<Baxx><Zt_xx><Ztid>5</Ztid><Dwmc>b</Dwmc></Zt_xx><Wz_xx><Wzid>7</Wzid></Wz_xx></Baxx></BASJ></ICP>"
    )

    assert found.records == (
        FiledRecord(8),
        FiledRecord(5, name="b", sites=(FiledSite(6), FiledSite(7)), is_whole=False),
    )


def test_a_result_without_code_and_a_decision_without_verdict_decide_nothing():
    found = read("<ICP><BAJG><Jg_xx><Czlx>x</Czlx></Jg_xx><GJSHS><Gjsh><Shjg>2</Shjg></Gjsh></GJSHS></BAJG></ICP>")

    assert found.results == (Result(operation=None), Result(operation=None))
    assert found.remarks == ("Jg_xx without Jgdm", "Gjsh without a Shjg of 0 or 1")


def test_a_table_of_a_later_version_is_read_like_the_others():
    found = read(
        "<JCDM><Jcdm_xx><Fwlx_dms><Fwlx><Id>6</Id><Mc> APP </Mc><Pid>1</Pid></Fwlx><Fwlx><Id>7</Id></Fwlx></Fwlx_dms>"
        "</Jcdm_xx><Mehr/></JCDM>"
    )

    assert found.codes == (CodeRow("Fwlx", 6, "APP"),)
    assert found.remarks == (
        "row of Fwlx without number or name",
        "unknown table Fwlx_dms",
        "unknown table/Pid",
        "unknown JCDM/Mehr",
    )


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("1", "0.0.0.1"),
        (" 4294967295 ", "255.255.255.255"),
        ("192.0.2.10", "192.0.2.10"),
        ("-1", ""),
        ("4294967296", ""),
    ],
)
def test_addresses_are_read_from_numbers_into_dotted_form(given, address):
    found = read(
        f"<ICP><BASJ><Baxx><Zt_xx><Ztid>5</Ztid></Zt_xx><Wz_xx><Wzid>6</Wzid><Jr_xx><Jrid>7</Jrid>"
        f"<Ip_xx><Qsip>{given}</Qsip><Zzip>{given}</Zzip></Ip_xx></Jr_xx></Wz_xx></Baxx></BASJ></ICP>"
    )

    expected = (AddressRange(address, address),) if address else ()
    assert found.records[0].sites[0].accesses[0].addresses == expected


@pytest.mark.parametrize(
    ("words", "at"),
    [
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=BEIJING)),
        ("2026-11-24 20:45", datetime(2026, 11, 24, 20, 45, tzinfo=BEIJING)),
        ("2026-1-4 9:05:07", datetime(2026, 1, 4, 9, 5, 7, tzinfo=BEIJING)),
        ("2026-11-24T20:45:07", datetime(2026, 11, 24, 20, 45, 7, tzinfo=BEIJING)),
        ("2026-11-24 20:45:07.0", datetime(2026, 11, 24, 20, 45, 7, tzinfo=BEIJING)),
        ("2026-02-30", None),
        ("0001-01-01", None),
        ("24.11.2026", None),
        ("昨天", None),
    ],
)
def test_times_are_in_beijing_time(words, at):
    found = read(f"<ICP><GJSHS><Gjsh><Shsj>{words}</Shsj><Shjg>1</Shjg></Gjsh></GJSHS></ICP>")

    assert found.results[0].at == at
    assert found.remarks == (() if at else ("Shsj is no time",))


@pytest.mark.parametrize("digits", ["9223372036854775808", "9" * 5000, "-1", "1.5", "１２", "", "1 2"])
def test_a_number_too_large_for_a_column_is_ignored(digits):
    found = read(f"<ICP><ZXSJ><Zxxx><Zxlb>1</Zxlb><Jlid>{digits}</Jlid></Zxxx></ZXSJ></ICP>")

    assert found.struck == ()


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"no XML",
        b"<DownloadData>",
        b"<UploadData/>",
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><DownloadData><ICP>&e;</ICP></DownloadData>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><DownloadData/>',
        b"<DownloadData>&unknown;</DownloadData>",
        b"<DownloadData>" + b"\xff" * 100 + b"</DownloadData>",
        b"PK\x03\x04" + bytes(range(256)) * 10,
        golden("basj.xml")[:-20],
        b"<a>" * 5000,
    ],
)
def test_an_unreadable_document_is_broken_and_nothing_worse(xml):
    with pytest.raises(MalformedDocument):
        version().read(xml)


def test_a_few_bad_bytes_do_not_hide_a_decision():
    xml = golden("bajg.xml").replace("未".encode("gbk"), b"\xff\x1f")

    found = version().read(xml)

    assert found.results[2].opinion == "核验单\ufffd加盖公章，请重新上传。"
    assert found.remarks == ("2 bytes that are no character",)


def test_utf8_declared_as_gbk_is_read():
    xml = golden("basj.xml").decode("gbk").encode()

    assert version().read(xml) == INCOMING["basj.xml"]


def test_characters_beyond_gbk_are_read():
    found = read("<ICP><BASJ><Baxx><Zt_xx><Ztid>5</Ztid><Dwmc>王𠮷㛃€</Dwmc></Zt_xx></Baxx></BASJ></ICP>")

    assert found.records == (FiledRecord(5, name="王𠮷㛃€"),)


def test_the_mobile_under_its_other_name_is_found():
    found = read(
        "<ICP><BASJ><Baxx><Zt_xx><Ztid>5</Ztid><Fzr><sjhm>13000000001</sjhm></Fzr></Zt_xx></Baxx></BASJ></ICP>"
    )

    assert found == Download("BASJ", "V.3.0", records=(FiledRecord(5, lead=FiledContact(mobile="13000000001")),))


def test_a_value_longer_than_its_column_is_truncated():
    row = f"<Id>1</Id><Mc>{'名' * 300}</Mc><Dwflid>{'1' * 50}</Dwflid><Bz>{'注' * 600}</Bz>"

    found = read(f"<JCDM><Jcdm_xx><Zjlx_dms><Zjlx_xx>{row}</Zjlx_xx></Zjlx_dms></Jcdm_xx></JCDM>")

    assert found.codes == (CodeRow("Zjlx", 1, "名" * 255, under="1" * 40, note="注" * 500),)
    assert read(f"<ICP><{'X' * 60}/></ICP>", version="V" * 60) == Download("X" * 20, "V" * 20)


def test_the_number_of_remarks_is_limited():
    strange = "".join(f"<X{number}/>" for number in range(1000))

    assert len(read(f"<ICP><BAJG>{strange}</BAJG></ICP>").remarks) == 20
