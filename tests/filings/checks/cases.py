"""The sample cast as answers of an order, and `case`, which changes some of them."""

from datetime import UTC, datetime

from filings.checks import Facts, read
from filings.provinces import province
from filings.register.regions import cities, counties

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)

TYPE = {
    "nature": "enterprise",
    "id_type": "1",
    "id_number": "91649999000000019L",
    "name": "宁夏示例纸业有限公司",
    "region": "640106",
    "domain": "example.com",
}
SUBJECT = {
    "id_address": "宁夏回族自治区银川市金凤区示例路1号",
    "post_region": "640106",
    "post_address": "示例路1号2号楼301室",
    "investor": "林示范",
    "is_legal_rep": "yes",
    "lead_name": "林示范",
    "lead_id_type": "2",
    "lead_id_number": "649999198502140009",
    "lead_id_until": "2035-02-14",
    "lead_phone1": "13900000001",
    "lead_phone2": "086-0951-5550100",
    "lead_emergency": "13900000003",
    "lead_email": "lin@example.com",
}
WEBSITE = {
    "site_name": "示例纸业官网",
    "home_url": "https://www.example.com/",
    "content": ["8"],
    "needs_approval": "no",
    "languages": ["1"],
}
ADMINISTRATOR = {
    "same_person": "no",
    "admin_name": "陈样例",
    "admin_id_type": "2",
    "admin_id_number": "649999198806060008",
    "admin_id_until": "2038-06-06",
    "admin_phone1": "13900000002",
    "admin_phone2": "086-0951-5550100",
    "admin_emergency": "13900000003",
    "admin_email": "chen@example.com",
    "admin_told": True,
}
PERSON_TYPE = {
    "nature": "individual",
    "id_type": "2",
    "id_number": "119999199009090002",
    "name": "赵样本",
    "region": "120101",
    "domain": "example.com",
}
PERSON_SUBJECT = {
    "id_address": "天津市和平区示例道1号",
    "post_region": "120101",
    "post_address": "示例道1号",
    "investor": "赵样本",
    "lead_phone1": "13900000004",
    "lead_emergency": "13900000003",
    "lead_email": "zhao@example.com",
    "lead_id_until": "",
}
PERSON_WEBSITE = {**WEBSITE, "site_name": "样本小记", "content": ["24"]}
PERSON_ADMINISTRATOR = {"same_person": "yes"}

PAGES = {"type": TYPE, "subject": SUBJECT, "website": WEBSITE, "administrator": ADMINISTRATOR}
PERSON_PAGES = {
    "type": PERSON_TYPE,
    "subject": PERSON_SUBJECT,
    "website": PERSON_WEBSITE,
    "administrator": PERSON_ADMINISTRATOR,
}
PAGE_OF_PREFIX = {"lead": "subject", "admin": "administrator"}


def case(code: str = "64", *, pages=PAGES, profile: str = "seed-2018", known=None, **changes) -> Facts:
    """The organisation's facts under a province's rules; each change is a field of some page, or of `known`."""
    answers = {page: dict(values) for page, values in pages.items()}
    for name, value in changes.items():
        answers[page_of(name)][name] = value
    return read(
        province=province(code, profile),
        **{f"{page}_answers": values for page, values in answers.items()},
        now=NOW,
        **(known or {}),
    )


def person_case(code: str = "12", **changes) -> Facts:
    """The individual's facts."""
    return case(code, pages=PERSON_PAGES, **changes)


def page_of(field: str) -> str:
    """The page a field is on."""
    if field in TYPE:
        return "type"
    if field in WEBSITE or field.startswith("approval_") or field == "more_domains":
        return "website"
    return "administrator" if field.startswith("admin_") or field == "same_person" else "subject"


def first_county(code: str) -> str:
    return counties(cities(code)[0].code)[0].code
