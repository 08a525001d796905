"""The demo's old platform: accounts to import, one for each refusal, and a record to claim."""

import csv
import tempfile
from pathlib import Path

from demo.old_platform.views import hash_password
from filings.legacy_import.dump.loader import load

PASSWORD = "demo-Old-2012"  # noqa: S105 -- the demo's, printed at its start
HASH = hash_password(PASSWORD)
HEAD = (
    "kind", "account_email", "account_password", "account_active", "nature", "id_type", "id_number", "name", "region",
    "domain", "subject_number", "site_number", "filed_on", "id_address", "post_region", "post_address", "investor",
    "lead_name", "lead_id_number", "lead_phone1", "lead_email", "site_name", "home_url", "content", "languages", "jrid",
)  # fmt: skip
TEA = ("enterprise", "1", "91649999000000027F", "宁夏示例茶叶有限公司", "640106")
TEA_DETAILS = (
    "宁夏回族自治区银川市金凤区示例路7号",
    "640106",
    "示例路7号1号楼101室",
    "王范例",
    "王范例",
    "649999197901010006",
    "13900000031",
    "tea@example.com",
)
ZHAO = ("individual", "2", "119999199009090002", "赵样本", "120101")
OLD, NEW = "2012-03-31", "2015-08-08"
NOBODY = ("",) * 21


ROWS: tuple[tuple[str, ...], ...] = (
    ("filing", "old@example.com", HASH, "1", *TEA, "old-sample.cn", "宁ICP备00000027号", "宁ICP备00000027号-1", OLD,
     *TEA_DETAILS, "示例茶叶官网", "http://www.old-sample.cn/", "8", "1", "64000027"),
    ("filing", "old@example.com", HASH, "1", *TEA, "old-shop-sample.cn", "宁ICP备00000027号", "宁ICP备00000027号-2", NEW,
     *TEA_DETAILS, "示例茶叶商城", "http://www.old-shop-sample.cn/", "8", "1", ""),  # no Jrid
    ("filing", "", "", "", *ZHAO, "claim-sample.cn", "津ICP备00000028号", "津ICP备00000028号-1", "2009-05-05",
     *("",) * 8, "样本旧站", "http://www.claim-sample.cn/", "", "", ""),
    ("account", "old-empty@example.com", HASH, "1", *NOBODY, ""),
    ("account", "old-inactive@example.com", HASH, "0", *NOBODY, ""),
    ("order", "old-order@example.com", HASH, "1", *NOBODY, ""),
)  # fmt: skip


def fill() -> None:
    """Loads the invented dump; what was loaded or imported before stays unchanged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old-platform.csv"
        with path.open("w", encoding="gb18030", newline="") as file:
            csv.writer(file).writerows([HEAD, *ROWS])
        load(path, say=lambda finding: None)


def lines() -> list[str]:
    """The lines that a visitor needs for the import."""
    return [
        f"old@example.com  password {PASSWORD}  宁夏示例茶叶有限公司: old-sample.cn, old-shop-sample.cn",
        "to be claimed with papers: 赵样本 119999199009090002 claim-sample.cn",
    ]
