"""The columns of a dump: name, the answer each fills, and its parser. Documented in docs/import.md."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from filings.register.certificate_numbers import regular
from filings.register.certificates import CERTIFICATES, NATURES
from filings.register.numbers import FilingNumber
from filings.register.regions import region
from icpportal.fields import domains, emails, phones
from icpportal.fields.text import refuse_hidden, strip_outer

SEPARATOR = ";"
YES, NO = ("1", "yes", "true", "y", "是"), ("0", "no", "false", "n", "否")
# the largest numbers the register can hold: ids of the ministry, codes of access methods
LARGEST_ID, LARGEST_METHOD = 2**63 - 1, 2**15 - 1
# fast path for nearly all values: what matches here parses to itself
PLAIN = re.compile(r"[ -~\u3400-\u4dbf\u4e00-\u9fff（）《》“”、，。；：·—-]*")
# the shape only: old filings may have numbers of ranges no longer issued
MOBILE, LANDLINE = re.compile(r"1[3-9][0-9]{9}"), re.compile(r"086-0[0-9]{2,3}-[0-9]{7,8}")

Cell = str | bool | int | date | list[str]
Reader = Callable[[str], Cell]


def text(longest: int) -> Callable[[str], str]:
    """Returns a reader of texts of at most `longest` characters, none of them invisible."""

    def read(typed: str) -> str:
        if not PLAIN.fullmatch(typed):
            refuse_hidden(typed, _("value"))
        if len(typed) > longest:
            raise ValidationError(_("Shorten it to %(max)s characters"), code="too_long", params={"max": longest})
        return typed

    return read


def number(typed: str) -> str:
    """A document's number; old ones need not have today's shape."""
    found = regular(text(64)(typed))
    if not 2 <= len(found) <= 32 or not found.isascii():
        raise ValidationError(_("Enter the document number, 2 to 32 letters and digits"), code="number_length")
    return found


def mobile(typed: str) -> str:
    """A mainland mobile."""
    return typed if MOBILE.fullmatch(typed) else phones.mobile(typed)


def phone(typed: str) -> str:
    """A mainland mobile or landline."""
    return typed if MOBILE.fullmatch(typed) or LANDLINE.fullmatch(typed) else phones.phone(typed)


def choice(words: dict[str, str]) -> Reader:
    """One of several values, each known by a few names."""

    def read(typed: str) -> str:
        if typed not in words:
            raise ValidationError(_("Use one of the values in docs/import.md"), code="choose")
        return words[typed]

    return read


def yes_no(typed: str) -> bool:
    """Yes or no, in the usual spellings."""
    if typed.lower() not in (*YES, *NO):
        raise ValidationError(_("Enter 1 for yes or 0 for no"), code="yes_no")
    return typed.lower() in YES


@lru_cache(maxsize=4096)
def day(typed: str) -> date:
    """A date as 2012-03-31; a time after it is cut off, slashes are accepted."""
    try:
        return date.fromisoformat(typed[:10].replace("/", "-"))
    except ValueError as problem:
        raise ValidationError(_("Write the date as 2012-03-31"), code="date") from problem


def iso_day(typed: str) -> str:
    """The same, in the form that answers hold."""
    return day(typed).isoformat()


def whole(largest: int) -> Callable[[str], int]:
    """A positive whole number up to this one."""

    def read(typed: str) -> int:
        digits = typed.lstrip("0") if typed.isascii() and typed.isdigit() else ""
        # length first: Python refuses to convert several thousand digits
        if not 0 < len(digits) <= len(str(largest)) or int(digits) > largest:
            raise ValidationError(_("Enter a positive whole number"), code="whole_number")
        return int(digits)

    return read


@lru_cache(maxsize=4096)
def place(typed: str) -> str:
    """A region of the mainland, six digits."""
    if len(typed) != 6 or region(typed) is None:
        raise ValidationError(_("Enter the six-digit region code (GB/T 2260), such as 640106"), code="region")
    return typed


def address(typed: str) -> str:
    """An IP address without a zone (`fe80::1%eth0`), which is meaningful on one machine only."""
    try:
        found = None if "%" in typed else ipaddress.ip_address(typed)
    except ValueError:
        found = None
    if found is None:
        raise ValidationError(_("Enter an IP address, such as 192.0.2.10"), code="ip")
    return str(found)


def several(typed: str) -> list[str]:
    """Several values separated by semicolons."""
    return [strip_outer(one) for one in text(200)(typed).split(SEPARATOR) if strip_outer(one)]


def filing_number(typed: str) -> str:
    """A filing number in its regular form."""
    return str(FilingNumber.parse(typed))


def old_email(typed: str) -> str:
    """The address by which an old account is found, in lower case."""
    return emails.email(typed).lower()


NATURE_WORDS = {word: each.key for each in NATURES.values() for word in (each.key, str(each.code), each.name_zh)}
# a name that several natures share ("组织机构代码证") is resolved by the nature in `rows.py`
id_type = choice({word: word for each in CERTIFICATES.values() for word in (each.key, each.name_zh)})
KINDS = {"": "filing", "filing": "filing", "account": "account", "order": "order"}
KINDS |= {"备案": "filing", "账号": "account", "订单": "order"}


@dataclass(frozen=True)
class Column:
    """One column; a wrong value refuses the row if `strict`, otherwise it is left out and reported."""

    name: str
    zh: str
    page: str
    read: Reader
    strict: bool = False


def _person(prefix: str, zh: str, page: str) -> tuple[Column, ...]:
    return (
        Column(f"{prefix}_name", f"{zh}姓名", page, text(80)),
        Column(f"{prefix}_id_type", f"{zh}证件类型", page, id_type),
        Column(f"{prefix}_id_number", f"{zh}证件号码", page, number),
        Column(f"{prefix}_id_until", f"{zh}证件有效期", page, iso_day),
        Column(f"{prefix}_phone1", f"{zh}手机号码", page, mobile),
        Column(f"{prefix}_phone2", f"{zh}其他联系方式", page, phone),
        Column(f"{prefix}_emergency", f"{zh}应急联系电话", page, phone),
        Column(f"{prefix}_email", f"{zh}电子邮件", page, emails.email),
    )


ACCOUNT, TYPE, SUBJECT, WEBSITE, ADMINISTRATOR, ACCESS, IDS, ROW = (
    "account", "type", "subject", "website", "administrator", "access", "ids", "row",
)  # fmt: skip
COLUMNS: tuple[Column, ...] = (
    Column("kind", "类别", ROW, choice(KINDS), strict=True),
    Column("account_email", "原账号邮箱", ACCOUNT, old_email, strict=True),
    Column("account_password", "原账号密码散列", ACCOUNT, text(300), strict=True),
    Column("account_active", "原账号已激活", ACCOUNT, yes_no, strict=True),
    Column("nature", "主办单位性质", TYPE, choice(NATURE_WORDS), strict=True),
    Column("id_type", "主办单位证件类型", TYPE, id_type, strict=True),
    Column("id_number", "主办单位证件号码", TYPE, number, strict=True),
    Column("name", "主办单位名称", TYPE, text(255), strict=True),
    Column("region", "主办单位所属区域", TYPE, place, strict=True),
    Column("domain", "域名", TYPE, domains.registrable, strict=True),
    Column("subject_number", "主体备案号", ROW, filing_number, strict=True),
    Column("site_number", "网站备案号", ROW, filing_number, strict=True),
    Column("filed_on", "备案日期", ROW, day, strict=True),
    Column("id_address", "主办单位证件住所", SUBJECT, text(255)),
    Column("post_region", "通信地址区域", SUBJECT, place),
    Column("post_address", "通信地址", SUBJECT, text(255)),
    Column("investor", "投资人或主管单位名称", SUBJECT, text(255)),
    Column("remark", "主体备注", SUBJECT, text(1000)),
    Column("is_legal_rep", "负责人是法定代表人", SUBJECT, lambda typed: "yes" if yes_no(typed) else "no"),
    *_person("lead", "主体负责人", SUBJECT),
    Column("site_name", "网站名称", WEBSITE, text(60)),
    Column("home_url", "首页网址", WEBSITE, text(255)),
    Column("content", "服务内容", WEBSITE, several),
    Column("service_kind", "服务类型", WEBSITE, text(20)),
    Column("languages", "网站语种", WEBSITE, several),
    Column("approval_types", "前置审批类型", WEBSITE, several),
    Column("approval_number", "前置审批号", WEBSITE, text(100)),
    Column("site_remark", "网站备注", WEBSITE, text(1000)),
    *_person("admin", "网站负责人", ADMINISTRATOR),
    Column("ip", "网站IP", ACCESS, address),
    Column("method", "接入方式", ACCESS, whole(LARGEST_METHOD)),
    Column("provider", "接入商", ACCESS, text(120)),
    Column("ztid", "主体ID", IDS, whole(LARGEST_ID)),
    Column("wzid", "网站ID", IDS, whole(LARGEST_ID)),
    Column("jrid", "接入ID", IDS, whole(LARGEST_ID)),
)
NAMES = {word: each.name for each in COLUMNS for word in (each.name, each.zh)}
