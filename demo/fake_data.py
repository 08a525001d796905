"""People and organisations that do not exist: nobody is from county 9999, and sequence 000 is never issued.

Imports no model: the rehearsal, which acts from outside the portal, uses it too.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.cn import ric, uscc

from filings.provinces import PROVINCES

SURNAMES = "林陈赵周吴徐孙朱马胡郭何高罗郑梁谢宋唐许"
GIVEN = ("示范", "样例", "样本", "例文", "范本", "试写", "拟名", "假设", "虚构", "示意")
TRADES = ("纸业", "茶叶", "园艺", "印刷", "工具", "灯具", "陶瓷", "书画", "衣架", "文具")
ORG_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class FakePerson:
    """One person with an ID card and a mobile."""

    name: str
    id_number: str
    mobile: str
    email: str


def id_number(province: str, born: date) -> str:
    """An ID card number of county 9999 and sequence 000."""
    stem = f"{province}9999{born:%Y%m%d}000"
    return stem + ric.calc_check_digit(f"{stem}0")  # it ignores the last character


def credit_code(province: str, digits: str) -> str:
    """A credit code of county 9999 with these nine characters for the organisation."""
    stem = f"91{province}9999{digits}"
    return stem + uscc.calc_check_digit(stem)


def person(dice: random.Random, province: str) -> FakePerson:
    """An adult of the province."""
    born = date(1965, 1, 1) + timedelta(days=dice.randrange(12_000))
    mobile = f"139{dice.randrange(10**8):08d}"
    name = dice.choice(SURNAMES) + dice.choice(GIVEN)
    return FakePerson(name, id_number(province, born), mobile, f"p{mobile[3:]}@example.com")


def two_people(dice: random.Random, province: str) -> tuple[FakePerson, FakePerson]:
    """A subject lead and an administrator: some provinces refuse one person as both, and a document tells who is who.

    Two born on one day would have the same number.
    """
    first = second = person(dice, province)
    while second.id_number == first.id_number:
        second = person(dice, province)
    return first, second


def organisation(dice: random.Random, province: str, place: str) -> tuple[str, str]:
    """Name and credit code of a company of the province."""
    digits = "".join(dice.choice(ORG_ALPHABET) for _ in range(9))
    return f"{place}示例{dice.choice(TRADES)}有限公司", credit_code(province, digits)


def filing_number(dice: random.Random, province: str) -> str:
    """A subject's filing number of the province."""
    return f"{PROVINCES[province].abbreviation}ICP备{dice.randrange(10**8):08d}号"
