"""The simulated authority's records, and the servers of the invented provider."""

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.conf import settings

from demo.fake_data import credit_code
from demo.ministry.api.client import SimulatorClient
from demo.ministry.api.rows import FilingGiven, PersonRow, ProvinceRow
from demo.servers.inventory import save
from filings.provinces import PROVINCES, province
from filings.provinces.choices import SUBJECT_LEAD
from icpportal.gateways.inventory.types import Billing, Instance


@dataclass(frozen=True)
class FreeFiling:
    """A filing at another provider that no order has begun to transfer."""

    province: str
    region: str
    number: str
    id_type: str
    id_number: str
    name: str
    domain: str
    site_name: str
    password: str
    lead: tuple[str, str, str]  # name, document, mobile on the filing
    administrator: tuple[str, str, str]

    def line(self) -> str:
        return f"{self.number}-1  {self.domain:22} {self.id_number}  {self.name}  filing password {self.password}"


FREE = (
    FreeFiling(
        "64", "640106", "宁ICP备00000000号", "1", credit_code("64", "000000019"), "宁夏示例纸业有限公司", "example.com",
        "示例纸业官网", "Abc12345",
        ("林示范", "649999198502140009", "13900000001"), ("陈样例", "649999198806060008", "13900000002"),
    ),
    FreeFiling(
        "12", "120101", "津ICP备00000001号", "2", "119999199009090002", "赵样本", "zhao-sample.cn",
        "样本随笔小站", "Tj000001",
        ("赵样本", "119999199009090002", "13900000004"), ("赵样本", "119999199009090002", "13900000004"),
    ),
    FreeFiling(
        "44", "440304", "粤ICP备00000002号", "1", credit_code("44", "000000130"), "深圳示例灯具有限公司", "lamp-sample.cn",
        "示例灯具官网", "Gd000002",
        ("周范本", "449999197903030001", "13900000021"), ("吴试写", "449999198207070004", "13900000022"),
    ),
    FreeFiling(
        "31", "310101", "沪ICP备00000003号", "1", credit_code("31", "000000049"), "上海示例钟表有限公司", "clock-sample.cn",
        "示例钟表官网", "Sh000003",
        ("钱示例", "319999198501010003", "13900000031"), ("孙样本", "319999198802020002", "13900000032"),
    ),
)  # fmt: skip


def ministry() -> SimulatorClient:
    """A client of the simulated ministry, which is a process of its own."""
    return SimulatorClient(settings.SIMULATOR_URL)


def fill(dice: random.Random) -> None:  # noqa: ARG001 -- one signature for all parts of the demo
    """Sets the provinces by the rules of the current profile, the free filings, the servers."""
    ministry().set_provinces([_province(code) for code in PROVINCES])
    ministry().add_filings([_on_file(free) for free in FREE])
    servers()


def _province(code: str) -> ProvinceRow:
    rules = province(code)
    people = rules.phones.people if rules.phones else ()
    return {
        "code": code,
        "asks_phones": rules.phones is not None,
        "people": "lead_and_administrator" if SUBJECT_LEAD in people else "administrator",
        "hours": rules.phones.hours if rules.phones else 48,
        "compares_password": rules.asks_password,
    }


def _on_file(free: FreeFiling) -> FilingGiven:
    return {
        "number": free.number,
        "province": free.province,
        "id_type_code": int(free.id_type),
        "id_number": free.id_number,
        "name": free.name,
        "password": free.password,
        "lead": person(*free.lead),
        "administrator": person(*free.administrator),
        "sites": [{"domain": free.domain, "name": free.site_name}],
    }


def person(name: str, id_number: str, mobile: str) -> PersonRow:
    """A person as the authority has them on record."""
    return {"name": name, "id_number": id_number, "mobile": mobile}


def servers() -> None:
    """The server list for everybody: two servers that qualify, and one for each rule that can fail."""
    today = date.today()
    day, year = timedelta(days=1), timedelta(days=365)

    usual = Instance(
        id="",
        name="",
        product="ecs",
        region="银川示例机房",
        mainland=True,
        billing=Billing.SUBSCRIPTION,
        started_on=today - year,
        ends_on=today + year,
        public_ip="192.0.2.10",
    )

    def server(key: str, name: str) -> Instance:
        return replace(usual, id=f"i-{key}-*", name=name)

    save(
        {},
        everyone=[
            replace(server("example", "示例服务器"), codes_max=5),
            replace(server("sites", "建站服务器"), codes_max=5),
            replace(server("short", "短期服务器"), started_on=today - 10 * day, ends_on=today + 40 * day),
            replace(server("noip", "内网服务器"), public_ip=""),
            replace(server("payg", "按量服务器"), billing=Billing.PAYG, ends_on=None),
            replace(server("abroad", "香港服务器"), mainland=False, region="香港示例机房"),
            replace(server("over", "到期服务器"), ends_on=today - 3 * day),
        ],
    )
