"""The answers of the demo's orders: invented people at a place in each province."""

from demo import fake_data
from filings.register.blind_keys import subject_key

PLACES = {
    "12": ("120101", "天津", "天津市和平区"),
    "64": ("640106", "宁夏", "宁夏回族自治区银川市金凤区"),
    "44": ("440304", "深圳", "广东省深圳市福田区"),
    "31": ("310101", "上海", "上海市黄浦区"),
}
SITE_NAME = "示例品牌官网"
Answers = dict[str, dict[str, str | bool | list[str]]]  # by step


def answers_of(
    region: str,
    name: str,
    code: str,
    domain: str,
    address: str,
    leader: fake_data.FakePerson,
    admin: fake_data.FakePerson,
) -> Answers:
    """What the applicant entered on each page."""
    return {
        "type": {
            "region": region, "nature": "enterprise", "id_type": "1", "id_number": code, "name": name, "domain": domain,
            "subject_key": subject_key("1", code),
        },
        "service_code": {"product_type": "ecs", "how": "instance", "instance": "i-example-demo0001", "service_code": ""},
        "server": {"ip": "192.0.2.10", "name": "示例服务器", "product": "ecs", "place": "64"},
        "filing_password": {"filing_number": ""},
        "subject": {
            "id_address": f"{address}示例路1号", "post_region": region, "post_address": "示例路1号2号楼301室",
            "no_door_number": False, "investor": leader.name, "remark": "", "is_legal_rep": "yes",
            **_person("lead", leader),
        },
        "website": {
            "site_name": SITE_NAME, "home_url": f"https://www.{domain}/", "content": ["8"], "service_kind": "1",
            "languages": ["1"], "needs_approval": "no", "approval_types": [], "approval_number": "", "site_remark": "",
        },
        "administrator": {"same_person": "no", "admin_told": True, **_person("admin", admin)},
    }  # fmt: skip


def _person(prefix: str, who: fake_data.FakePerson) -> dict[str, str]:
    return {
        f"{prefix}_name": who.name,
        f"{prefix}_id_type": "2",
        f"{prefix}_id_number": who.id_number,
        f"{prefix}_id_until": "2036-06-06",
        f"{prefix}_phone1": who.mobile,
        f"{prefix}_phone2": f"138{who.mobile[3:]}",
        f"{prefix}_emergency": "13900000003",
        f"{prefix}_email": who.email,
    }
