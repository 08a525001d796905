"""A few filings to begin with, so that a simulator started by itself has something on record."""

from django.db import transaction

from demo.ministry.models import Behaviour, Blocked, Download, FailedPassword, Fault, Filing, Province, Upload
from demo.ministry.registry import FilingOnFile, Person, SiteOnFile, add_filings, block, set_province

ADMINISTRATOR = Person("钱样例", "13900000092", "119999198801010092")


def company(place: int, site: SiteOnFile, *, name: str = "北京示例贸易有限公司") -> FilingOnFile:
    """An invented organisation of Beijing with one site."""
    return FilingOnFile(
        number=f"京ICP备0000009{place}号",
        province="11",
        id_type_code=1,
        id_number=f"9111999900000009{place}L",
        password=f"Bj00009{place}",
        lead=Person("孙示范", "13900000091", "119999198502020091"),
        administrator=ADMINISTRATOR,
        sites=(site,),
        name=name,
        address="北京市示例路9号",
    )


FILINGS = (
    company(0, SiteOnFile("elsewhere-sample.cn", "示例贸易官网")),
    company(1, SiteOnFile("blocked-sample.cn", "示例黑名单网站")),
    company(2, SiteOnFile("single-sample.cn", "示例单接入网站", providers=(), ours=True)),
    company(3, SiteOnFile("shared-sample.cn", "示例双接入网站", ours=True)),
    company(4, SiteOnFile("rare-sample.cn", "𠮷野示例网站"), name="北京𠮷野示例有限公司"),
)


def fill() -> None:
    """Puts the examples on record if nothing is on record yet."""
    if Filing.objects.exists():
        return
    if not Province.objects.exists():
        set_province("11", asks_phones=False)
        set_province("12", asks_phones=True)
    add_filings(list(FILINGS))
    block(Blocked.DOMAIN, "blocked-sample.cn")


@transaction.atomic
def reset(*, world: bool = False) -> None:
    """Deletes reports, resets switches and clock; with `world` the filings on record too, back to the examples.

    Numbers restart at 1, so run `manage.py miit resync` on the portal.
    """
    for model in (Download, Upload, FailedPassword, Fault, Behaviour):
        model.objects.all().delete()
    if world:
        for on_file in (Filing, Province, Blocked):
            on_file.objects.all().delete()
        fill()
