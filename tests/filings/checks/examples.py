"""CHECK_EXAMPLES: for every check, by id and field, answers that it accepts and answers that it refuses."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from stdnum.cn import ric

from filings.checks import Facts, Registration
from tests.filings.checks.cases import case, person_case


@dataclass
class Examples:
    """The result of one check for some answers."""

    accepted: list[Facts] = field(default_factory=list)
    refused: list[Facts] = field(default_factory=list)


CHECK_EXAMPLES: dict[tuple[str, str], Examples] = {}
HK = {"id_type": "14", "id_number": "H12345678"}
PASSPORT = {"id_type": "7", "id_number": "E12345678"}
TAKEN = {"mobile_taken": lambda mobile: mobile == "13900000002"}
LEAD_TAKEN = {"mobile_taken": lambda mobile: mobile == "13900000001"}
BUSY_PERSON = {"person_taken": lambda id_type, number: (id_type, number) == ("2", "649999198806060008")}


def born(day: str, area: str = "649999") -> str:
    """An unassigned ID card number of a person born on that day."""
    return f"{area}{day}000" + ric.calc_check_digit(f"{area}{day}0000")


def says(id: str, field: str, *, accepted: list[Facts], refused: list[Facts]) -> None:
    found = CHECK_EXAMPLES.setdefault((id, field), Examples())
    found.accepted += accepted
    found.refused += refused


def with_prefix(prefix: str, values: dict) -> dict:
    return {f"{prefix}_{name}": value for name, value in values.items()}


def says_of_both(id: str, suffix: str, accepted: list[dict], refused: list[dict], code: str = "64") -> None:
    """The same answers for the lead and for the administrator."""
    for prefix in ("lead", "admin"):
        says(
            id,
            f"{prefix}_{suffix}",
            accepted=[case(code, **with_prefix(prefix, values)) for values in accepted],
            refused=[case(code, **with_prefix(prefix, values)) for values in refused],
        )


def number_examples() -> Iterator[tuple[str, str, str, str, str]]:
    """Key, nature, type of document, a number without this fault, and one with it."""
    good_id, good_code = "649999198502140009", "91649999000000019L"
    yield "idcard_len", "individual", "2", good_id, "649999850214000"
    yield "idcard_area", "individual", "2", good_id, "699999198502140009"
    yield "idcard_date", "individual", "2", good_id, born("19850230")
    yield "idcard_check", "individual", "2", good_id, "649999198502140008"
    yield "uscc_len", "enterprise", "1", good_code, "91649999000000019"
    yield "uscc_letter", "enterprise", "1", good_code, "91649999O00000019L"
    yield "uscc_check", "enterprise", "1", good_code, "91649999000000018L"
    yield "orgcode_len", "government", "9", "D2143569X", "D2143569"
    yield "orgcode_check", "government", "9", "D2143569X", "D21435691"
    yield "passport_bad", "individual", "7", "E12345678", "E123"
    yield "permit_hk_bad", "individual", "14", "H12345678", "X12345678"
    yield "permit_tw_bad", "individual", "11", "12345678", "123456"
    yield "unit_code_bad", "defence", "5", "61416", "六一四一六"
    yield "number_length", "medical_institution", "38", "PDY000001649999", "1" * 33


for key, nature, kind, right, wrong in number_examples():
    about = {"nature": nature, "id_type": kind}
    says(
        key,
        "id_number",
        accepted=[case(**about, id_number=right), case(**about, id_number="")],
        refused=[case(**about, id_number=wrong)],
    )
    if nature == "individual":
        says_of_both(
            key,
            "id_number",
            [{"id_type": kind, "id_number": right}],
            [{"id_type": kind, "id_number": wrong}],
        )

says(
    "number_nature",
    "id_type",
    accepted=[case(), case(nature="government", id_type="13"), case(id_type=""), case(nature="")],
    refused=[case(id_type="2"), case(nature="government"), case(nature="individual", id_type="8"), case(id_type="x")],
)
says_of_both("number_nature", "id_type", [{"id_type": "2"}, {"id_type": "30"}, {"id_type": ""}], [{"id_type": "1"}])
says(
    "foreigner_not_allowed",
    "id_type",
    accepted=[person_case("13"), person_case("13", **HK), person_case("12", **PASSPORT), case("13")],
    refused=[person_case("13", **PASSPORT), person_case("13", id_type="30", id_number="USA110199001010")],
)
says(
    "foreigner_not_allowed",
    "lead_id_type",
    accepted=[case("13"), case("12", **with_prefix("lead", PASSPORT)), case("13", **with_prefix("lead", HK))],
    refused=[case("13", **with_prefix("lead", PASSPORT))],
)
says(
    "outsider_refused",
    "id_number",
    accepted=[person_case("64", id_number=born("19900909")), person_case("12", id_number=born("19900909")), case("64")],
    refused=[person_case("64")],
)
says(
    "outsider_permit",
    "id_number",
    accepted=[person_case("31", id_number=born("19900909", "319999")), person_case("12"), person_case("64")],
    refused=[person_case("31")],
)
says(
    "address_elsewhere",
    "id_address",
    accepted=[
        case(),
        case(id_address="银川市金凤区北京中路1号"),
        case(id_address="北京中路1号"),
        person_case("12", id_address="上海市黄浦区示例路1号"),
    ],
    refused=[case(id_address="北京市海淀区示例路1号"), case("50", id_address="四川省成都市示例路1号")],
)
NOT_LEGAL = {"is_legal_rep": "no"}
says(
    "investor_government",
    "investor",
    accepted=[
        case("11", investor="示例集团有限公司", **NOT_LEGAL),
        case("11", investor="示例书局", **NOT_LEGAL),
        case("11", investor="示例省示例市供电局", **NOT_LEGAL),
        case("11", investor="示例省示例市示例咖啡厅", **NOT_LEGAL),
        case("11", nature="public_institution", id_type="4", investor="银川市人民政府"),
        case("11", investor="林示范"),
    ],
    refused=[
        case("11", investor="银川市人民政府", **NOT_LEGAL),
        case("11", investor="宁夏回族自治区人民政府国有资产监督管理委员会", **NOT_LEGAL),
        case("11", investor="银川市财政局", **NOT_LEGAL),
        case("11", investor="银川高新技术产业开发区管委会", **NOT_LEGAL),
    ],
)
says(
    "outsider_proof",
    "id_number",
    accepted=[person_case("51", id_number=born("19900909", "519999")), person_case("31"), case("51")],
    refused=[person_case("51"), person_case("51", **HK), person_case("51", **PASSPORT)],
)
says(
    "chinese_needed",
    "name",
    accepted=[
        case(),
        case(name="𠮷氏示例社"),
        person_case(name="㛃·买买提"),
        person_case(name="John Sample", **PASSPORT),
        case(name=""),
    ],
    refused=[case(name="Sample Paper Ltd"), person_case(name="Zhao", id_type="11", id_number="12345678")],
)
says_of_both(
    "chinese_needed",
    "name",
    [{"name": "林示范"}, {"name": "𠮷"}, {"name": "John Sample", **PASSPORT}, {"name": ""}],
    [{"name": "Lin Shifan", "id_type": "11", "id_number": "12345678"}],
)
ON_A_CARD = ("林示范", "𠮷", "㛃·买买提", "买买提•吐尔逊", "龘靐", "葛\U000e0100示", "")
ON_NO_CARD = ("Lin Shifan", "O’Neill", "محمد", "林示范😀", "林示范2", "林 示范")
IN_A_PASSPORT = (
    "JANE EXAMPLE",
    "O’Neill",
    "D'Arcy-Smith",
    "محمد بن علي",
    "Nguyễn Thị",
    "José",
    "김민준",
    "St. John",
    "林示范",
    "",
)
IN_NO_PASSPORT = ("JANE 😀", "JANE2", "林示范😀", "❤\ufe0f", "J@NE", "-", "J_NE", "JANE\U000f0000")
says(
    "name_on_id_card",
    "name",
    accepted=[*(person_case(name=name) for name in ON_A_CARD), person_case(name="O’Neill", **PASSPORT), case(name="A")],
    refused=[person_case(name=name) for name in ON_NO_CARD],
)
says_of_both(
    "name_on_id_card",
    "name",
    [*({"name": name} for name in ON_A_CARD), {"name": "O’Neill", **PASSPORT}],
    [{"name": name} for name in ON_NO_CARD],
)
says(
    "name_letters",
    "name",
    accepted=[
        *(person_case(name=name, **PASSPORT) for name in IN_A_PASSPORT),
        person_case(name="林2"),
        case(name="A2"),
    ],
    refused=[person_case(name=name, **PASSPORT) for name in IN_NO_PASSPORT],
)
says_of_both(
    "name_letters",
    "name",
    [*({"name": name, **each} for name in IN_A_PASSPORT for each in (PASSPORT, HK)), {"name": "林2"}],
    [{"name": name, **each} for name in IN_NO_PASSPORT for each in (PASSPORT, HK)],
)
says(
    "name_picture",
    "name",
    accepted=[
        case(),
        case(name="示例（宁夏）纸业2号有限公司"),
        case(name="Sample & Co."),
        case(name=""),
    ],
    refused=[case(name="宁夏示例纸业😀"), case(name="示例\U000f0000纸业")],
)
says_of_both(
    "too_young",
    "id_number",
    [{"id_number": born("20081124")}, {"id_number": "649999198502140009"}, PASSPORT],
    [{"id_number": born("20081125")}],
    code="12",
)
for prefix in ("lead", "admin"):
    says(
        "too_young",
        f"{prefix}_id_number",
        accepted=[
            case("64", **{f"{prefix}_id_number": born("20150101")}),
            case("35", profile="current-2020", **{f"{prefix}_id_number": born("20121124")}),
        ],
        refused=[case("35", profile="current-2020", **{f"{prefix}_id_number": born("20121125")})],
    )
says_of_both(
    "young_paper",
    "id_number",
    [{"id_number": born("20081124")}, PASSPORT],
    [{"id_number": born("20081125")}],
    code="32",
)
says_of_both(
    "id_expiring",
    "id_until",
    [{"id_until": "2027-02-25"}, {"id_until": ""}, {"id_until": None}, {"id_until": date(2035, 1, 1)}],
    [{"id_until": "2027-02-24"}, {"id_until": "2026-11-24"}, {"id_until": date(2020, 1, 1)}],
)

says(
    "region_county",
    "region",
    accepted=[case(), case(region="441900"), case(region="")],
    refused=[case(region="640100"), case(region="64"), case(region="110103"), case(region="999999")],
)
says(
    "region_county",
    "post_region",
    accepted=[case(), case(post_region="")],
    refused=[case(post_region="640100"), case(post_region="nowhere")],
)
says(
    "address_province",
    "post_region",
    accepted=[case(), case(post_region="640205"), case(post_region="")],
    refused=[case(post_region="610102")],
)
LATIN = {"lead_name": "JOHN SAMPLE", "lead_id_type": "7", "lead_id_number": "E12345678"}
AS_THE_LEAD = {"investor": [case(investor="JOHN SAMPLE", **LATIN)]}
AS_NO_LEAD = {
    "investor": [case(investor="JOHN SAMPLE", is_legal_rep="no", **LATIN), case(investor="J SAMPLE", **LATIN)]
}
for name in ("id_address", "post_address", "investor"):
    says(
        "chinese_needed",
        name,
        accepted=[case(), case(**{name: ""}), *AS_THE_LEAD.get(name, [])],
        refused=[case(**{name: "1 Sample Road"}), *AS_NO_LEAD.get(name, [])],
    )
for name in ("id_address", "post_address"):
    says(
        "address_sign",
        name,
        accepted=[case(), case(**{name: ""}), case(**{name: "示例路１号№2（A座）#3-4/5、6“甲”"})],
        refused=[
            case(**{name: "示例路1号🙂"}),
            case(**{name: "<script>示例路1号"}),
            case(**{name: "示例路{1}号"}),
            case(**{name: "示例\U000f0000路1号"}),
        ],
    )
says(
    "name_picture",
    "investor",
    accepted=[case(), case(investor=""), case(investor="示例（宁夏）2号集团 & Co.")],
    refused=[case(investor="示例集团😀")],
)
says(
    "address_door",
    "post_address",
    accepted=[
        case(),
        case(post_address="示例路１号"),
        case(post_address="示例村三组"),
        case(post_address="示例村", no_door_number=True),
        case(post_address=""),
    ],
    refused=[case(post_address="示例路"), case(post_address="示例村", no_door_number=False)],
)
says(
    "investor_self",
    "investor",
    accepted=[
        case(),
        case(investor="宁夏示例纸业有限公司"),
        case(investor="某某集团", is_legal_rep="no"),
        case(nature="public_institution", id_type="4", investor="示例市教育局"),
        case(investor=""),
        person_case(),
    ],
    refused=[case(investor="示例市工业局"), person_case(investor="林示范")],
)

says(
    "lead_must_be_legal",
    "is_legal_rep",
    accepted=[
        case(),
        case("11", is_legal_rep="no"),
        case(is_legal_rep=""),
        case("21", is_legal_rep="no"),
        person_case(),
    ],
    refused=[case(is_legal_rep="no"), case("21", is_legal_rep="no", name="示例担保有限公司")],
)
says(
    "lead_needs_letter",
    "is_legal_rep",
    accepted=[case("11"), case(is_legal_rep="no"), person_case("11", is_legal_rep="no")],
    refused=[case("11", is_legal_rep="no")],
)
says(
    "admin_same_required",
    "same_person",
    accepted=[person_case(), case(), person_case(same_person="")],
    refused=[
        person_case(same_person="no", admin_id_type="2", admin_id_number="649999198806060008"),
        person_case(same_person="no"),
    ],
)
says(
    "admin_differ",
    "same_person",
    accepted=[case("12"), case(same_person="yes"), person_case("12")],
    refused=[
        case("12", same_person="yes"),
        case("12", admin_id_number="649999198502140009"),
    ],
)
says(
    "admin_same_as_lead",
    "same_person",
    accepted=[case("32"), case("32", is_legal_rep="no", same_person="yes"), case(is_legal_rep="no")],
    refused=[case("32", is_legal_rep="no")],
)
says(
    "admin_must_be_legal",
    "same_person",
    accepted=[case("21"), case("21", name="示例典当有限公司", same_person="yes"), case(name="示例典当有限公司")],
    refused=[case("21", name="示例典当有限公司")],
)
says(
    "admin_needs_letter",
    "same_person",
    accepted=[case("31", same_person="yes"), case("64"), person_case("31")],
    refused=[case("31"), case("31", same_person="yes", is_legal_rep="no")],
)
says(
    "admin_permit",
    "admin_id_number",
    accepted=[
        case("36", admin_id_number=born("19880606", "369999")),
        case("36", **with_prefix("admin", PASSPORT)),
        case("64", admin_id_number=born("19880606", "119999")),
    ],
    refused=[case("36")],
)
says(
    "admin_two_subjects",
    "admin_id_number",
    accepted=[case("23"), case("64", known=BUSY_PERSON), case("23", same_person="yes", known=BUSY_PERSON)],
    refused=[case("23", known=BUSY_PERSON)],
)
says(
    "admin_told_missing",
    "admin_told",
    accepted=[case(), case(same_person="yes", admin_told=False), case(same_person="", admin_told=False)],
    refused=[case(admin_told=False), case(admin_told=None)],
)

says(
    "phone_taken",
    "lead_phone1",
    accepted=[case(), case(known=TAKEN), case(lead_phone1="", known=LEAD_TAKEN)],
    refused=[case(known=LEAD_TAKEN)],
)
says(
    "phone_taken",
    "admin_phone1",
    accepted=[case(), case(known=LEAD_TAKEN), case(same_person="yes", known=LEAD_TAKEN)],
    refused=[case(known=TAKEN)],
)
says_of_both(
    "phone_local",
    "phone1",
    [{"phone1": "18612345678"}, {"phone1": "19912345678"}, {"phone1": ""}],
    [],
)
for prefix in ("lead", "admin"):
    name = f"{prefix}_phone1"
    says(
        "phone_local",
        name,
        accepted=[
            case("64", **{name: "18612345678"}),
            case("62", **{name: "19912345678"}),
            case("61", **{name: "18612345678"}),
            case("12", **{name: "18612345678"}),
        ],
        refused=[
            case("62", **{name: "18612345678"}),
            case("62", **{name: "18612345678"}, remark="联系人长期出差"),
        ],
    )
    says(
        "phone_local_reason",
        name,
        accepted=[
            case("61", **{name: "18612345678"}, remark="联系人长期出差"),
            case("61", **{name: "19912345678"}),
            case("62", **{name: "18612345678"}),
        ],
        refused=[case("61", **{name: "18612345678"})],
    )
says(
    "phone_local",
    "lead_phone1",
    accepted=[],
    refused=[person_case("12", lead_phone1="13909510001"), person_case("61", lead_phone1="13909510001")],
)
says_of_both(
    "phone_virtual",
    "phone1",
    [{"phone1": "13900000001"}, {"phone1": "16612345678"}, {"phone1": ""}],
    [{"phone1": f"{start}12345678"} for start in ("162", "165", "167", "170", "171")],
)
for name in ("lead_phone1", "admin_phone1"):
    # where the ministry texts nobody, or only the other person
    says("phone_virtual", name, accepted=[case("44", **{name: "16212345678"})], refused=[])
says(
    "phone_virtual",
    "lead_phone1",
    accepted=[case(profile="current-2020", lead_phone1="16212345678")],
    refused=[
        case(profile="current-2020", lead_phone1="16212345678", same_person="yes"),
        person_case(profile="current-2020", lead_phone1="16212345678"),
    ],
)
says_of_both(
    "phone2_same",
    "phone2",
    [{"phone2": "13900000009"}, {"phone2": ""}, {"phone1": "", "phone2": ""}],
    [{"phone1": "13900000009", "phone2": "13900000009"}],
)
says_of_both(
    "emergency_same",
    "emergency",
    [{"emergency": "13900000003"}, {"emergency": ""}, {"emergency": "", "phone1": ""}],
    [{"phone1": "13900000009", "emergency": "13900000009"}],
)
says_of_both(
    "area_code",
    "phone2",
    [{"phone2": "086-0951-5550100"}, {"phone2": "086-0952-5550100"}, {"phone2": "13900000009"}, {"phone2": ""}],
    [{"phone2": "086-010-12345678"}, {"phone2": "086-0535-6700763"}],
)
says_of_both(
    "area_code_city",
    "phone2",
    [{"phone2": "086-0951-5550100"}, {"phone2": "086-010-12345678"}, {"phone2": "13900000009"}, {"phone2": ""}],
    [{"phone2": "086-0952-5550100"}],
)
says(
    "area_code_city",
    "lead_phone2",
    accepted=[case("41", post_region="419001", lead_phone2="086-0371-12345678")],
    refused=[case("41", post_region="410102", lead_phone2="086-0379-12345678")],
)
says(
    "admin_phone_shared",
    "admin_phone1",
    accepted=[case(), case(same_person="yes"), case(admin_phone1="", lead_phone1="")],
    refused=[case(admin_phone1="13900000001")],
)
says(
    "admin_phones_swapped",
    "admin_emergency",
    accepted=[
        case("35"),
        case("64", lead_emergency="13900000002", admin_emergency="13900000001"),
        case("35", lead_emergency="13900000002"),
        case("35", same_person="yes", lead_emergency="13900000001"),
    ],
    refused=[case("35", lead_emergency="13900000002", admin_emergency="13900000001")],
)
says(
    "admin_emergency_shared",
    "admin_emergency",
    accepted=[case(admin_emergency="13900000005"), case(same_person="yes")],
    refused=[case()],
)
says(
    "admin_email_shared",
    "admin_email",
    accepted=[case(), case(same_person="yes"), case(lead_email="", admin_email="")],
    refused=[case(admin_email="lin@example.com")],
)

SITE_NAMES: dict[str, tuple[list[str], list[str]]] = {
    "name_domain": (
        ["示例纸业官网", "示例2.0", ""],
        ["example.com", "示例example.com", "ＥＸＡＭＰＬＥ．ＣＯＭ", "a.cn"],
    ),
    "name_symbol": (
        ["示例·纸业官网", "示例 纸业官网", "𠮷㛃示例", "示例3网", ""],
        ["示例@纸业", "示例纸业！", "示例★网", "示例（网）"],
    ),
    "name_latin": (["示例3", "示Sample", ""], ["Sample Paper", "12345", "abc123"]),
    "name_short": (["示例网", "a示b例c网", "𠮷㛃𠮷", ""], ["示例", "示例abc"]),
    "name_head": (["示例中国风", "示例纸业官网", ""], ["中国示例网", "国家示例网", "人民示例网", "中央示例网"]),
    "name_word": (["示例纸业官网", ""], ["示例反腐网", "示例色情网"]),
}
for key, (right_names, wrong_names) in SITE_NAMES.items():
    says(
        key,
        "site_name",
        accepted=[case(site_name=name) for name in right_names],
        refused=[case(site_name=name) for name in wrong_names],
    )
says("name_head", "site_name", accepted=[case(name="中华示例社", site_name="中华示例社官网")], refused=[])
says("name_word", "site_name", accepted=[case(name="示例市廉政学会", site_name="示例市廉政学会")], refused=[])
says(
    "name_banned",
    "site_name",
    accepted=[
        person_case("64", site_name="样本小记"),
        case("64", site_name="示例技术网"),
        person_case("12", site_name="样本技术小记"),
    ],
    refused=[person_case("64", site_name="样本技术小记"), person_case("44", site_name="样本媒体小记")],
)
says(
    "name_personal",
    "site_name",
    accepted=[
        person_case(site_name="样本小记"),
        case(site_name="示例论坛网"),
        person_case(site_name="样本小论坛", approval_types=["6"]),
        person_case("32", site_name="样本的个人主页"),
    ],
    refused=[
        person_case(site_name="样本工作室"),
        person_case(site_name="样本小论坛"),
        person_case(site_name="样本有限公司"),
        person_case(site_name="样本的个人主页"),
    ],
)
says(
    "name_jiangsu",
    "site_name",
    accepted=[
        person_case("32", site_name="样本的个人博客"),
        person_case("32", site_name="样本的个人主页"),
        person_case("12", site_name="样本小记"),
        case("32"),
        person_case("32", site_name=""),
    ],
    refused=[person_case("32", site_name="样本小记"), person_case("32", site_name="的个人博客")],
)
says(
    "name_person",
    "site_name",
    accepted=[
        person_case(site_name="样本小记"),
        case(site_name="宁夏示例官网"),
        person_case("32", site_name="江苏的个人主页"),
    ],
    refused=[
        person_case(site_name="赵样本小记"),
        person_case(site_name="天津小记"),
        person_case("64", site_name="银川小记"),
    ],
)
says(
    "url_bad",
    "home_url",
    accepted=[case(), case(home_url="http://example.com:8080/a?b#c"), case(home_url="")],
    refused=[
        case(home_url="www.example.com"),
        case(home_url="javascript:alert(1)"),
        case(home_url="ftp://example.com/"),
        case(home_url="https://192.0.2.1/"),
        case(home_url="http://[::1"),
        case(home_url="https://"),
    ],
)
says(
    "url_domain",
    "home_url",
    accepted=[
        case(),
        case(home_url="https://example.com"),
        case(domain="xn--fsq092h.xn--fiqs8s", home_url="https://www.示例.中国/"),
        case(home_url=""),
        case(home_url="not an address"),
    ],
    refused=[
        case(home_url="https://example.cn/"),
        case(home_url="https://notexample.com/"),
        case(home_url="https://example.com.evil.cn/"),
        case(home_url="https://example.com@evil.cn/"),
        case(home_url="https://evil.cn/?example.com"),
    ],
)
says(
    "content_one",
    "content",
    accepted=[case(), case(content=["1", "2"])],
    refused=[case(content=[]), case(content=None)],
)
says(
    "content_approval",
    "content",
    accepted=[
        case(),
        case(content=["5"], needs_approval="yes", approval_types=["1"]),
        case(content=["13"], needs_approval="yes", approval_types=["2"]),
        case("64", content=["21"]),
    ],
    refused=[
        case(content=["5"]),
        case(content=["8", "15"]),
        case(content=["5"], needs_approval="yes", approval_types=["2"]),
        case(content=["5"], needs_approval="no", approval_types=["1"]),
        case("33", content=["21"]),
    ],
)
says(
    "content_personal",
    "content",
    accepted=[person_case(), person_case(content=["6"]), case(), person_case("50", content=["6"])],
    refused=[person_case(content=["9"]), person_case("50", content=["24"])],
)
says(
    "approval_none",
    "approval_types",
    accepted=[case(), case(needs_approval="yes", approval_types=["1"])],
    refused=[case(needs_approval="yes"), case(needs_approval="yes", approval_types=[])],
)
says(
    "approval_missing",
    "approval_number",
    accepted=[
        case(),
        case(needs_approval="yes", approval_types=["1"], approval_number="示例字〔2018〕000号"),
        case(needs_approval="yes", approval_types=["1", "2"], approval_number="示例字〔2018〕000号\n\n 示例字000号\n"),
        case(needs_approval="no", approval_types=["1"]),
    ],
    refused=[
        case(needs_approval="yes", approval_types=["1"]),
        case(needs_approval="yes", approval_types=["1", "2"], approval_number="示例字〔2018〕000号\n "),
        case(needs_approval="yes", approval_types=["1"], approval_number="\n"),
    ],
)
says(
    "one_domain",
    "more_domains",
    accepted=[case(), case(more_domains=["example.cn"]), case("42", more_domains=[])],
    refused=[case("42", more_domains=["example.cn"]), case("64", profile="current-2020", more_domains=["example.cn"])],
)

says(
    "domain_gov",
    "domain",
    accepted=[case(), case(domain="gov-example.cn"), case(domain="")],
    refused=[case(domain="example.gov.cn")],
)


def of_registration(code: str = "51", *, of=case, is_legal_rep: str = "yes", **known) -> Facts:
    return of(code, is_legal_rep=is_legal_rep, known={"registration": Registration(**known)})


says(
    "domain_holder",
    "domain",
    accepted=[
        case(),
        of_registration("62", holder="宁夏示例纸业有限公司"),
        of_registration("64", holder="林示范"),
        of_registration("12", holder="某股东"),
        of_registration("12", of=person_case, holder="赵样本"),
    ],
    refused=[
        of_registration("62", holder="林示范"),
        of_registration("64", holder="陈样例"),
        of_registration("64", holder="林示范", is_legal_rep="no"),
        of_registration("12", of=person_case, holder="林示范"),
    ],
)
says(
    "domain_realname",
    "domain",
    accepted=[case(), of_registration(is_verified=True, verified_on=date(2026, 11, 21))],
    refused=[of_registration(is_verified=False), of_registration(is_verified=True, verified_on=date(2026, 11, 22))],
)
says(
    "domain_expiry",
    "domain",
    accepted=[case(), of_registration(ends_on=date(2027, 2, 23)), of_registration("31", ends_on=date(2027, 12, 31))],
    refused=[
        of_registration(ends_on=date(2027, 2, 22)),
        of_registration(ends_on=date(2020, 1, 1)),
        of_registration("31", ends_on=date(2027, 2, 23)),
    ],
)

# in Hunan everything must match; in Hubei the lead must also be the legal representative
RECORD_FIELDS = (
    *("name", "id_number", "id_address", "post_address", "site_name", "home_url"),
    *("lead_name", "lead_id_number", "lead_phone1", "lead_email"),
    *("admin_name", "admin_id_number", "admin_phone1", "admin_email"),
)
for name in RECORD_FIELDS:
    says(
        "match_record",
        name,
        accepted=[
            case("43"),
            case("43", known={"record": {name: case("43").answers[name]}}),
            case("44", known={"record": {name: "别的"}}),
            case("11", known={"record": {name: "别的"}}),
            case("43", known={"record": {name: ""}}),
        ],
        refused=[case("43", known={"record": {name: "别的"}})],
    )
says(
    "match_record",
    "is_legal_rep",
    accepted=[
        case("42", known={"record": {"is_legal_rep": "yes"}}),
        case("43", known={"record": {"is_legal_rep": "no"}}),
    ],
    refused=[case("42", known={"record": {"is_legal_rep": "no"}})],
)
