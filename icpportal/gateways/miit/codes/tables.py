"""The authority's code tables: those it sent (JCDM), otherwise our seeds (V3.0 §9).

A table has the name of its rows on the wire, without the suffix: `Wzjrfs`, `Dwxz`, `Zjlx`, … A sent table replaces its
seed completely; a code in neither is not known to be wrong.
"""

from collections.abc import Iterable

from icpportal.gateways.miit.documents.types import CodeRow
from icpportal.gateways.miit.models import TableRow

PLACES, METHODS, NATURES, CERTIFICATES = "Wzfb", "Wzjrfs", "Dwxz", "Zjlx"
FORMATS, PURPOSES, CONTENTS, LANGUAGES = "Fjwjgs", "Fjytlx", "Wzfwlx", "Yylb"
REASONS = "Zxly"  # no seed: no public text knows the values


def _number_words(words: str, start: int = 1) -> dict[int, str]:
    return dict(enumerate(words.split(), start))


SEEDS: dict[str, dict[int, str]] = {
    PLACES: _number_words(
        "安徽 北京 重庆 福建 广东 甘肃 广西 贵州 河南 湖北 河北 海南 香港 黑龙江 湖南 吉林 江苏 江西 "
        "辽宁 澳门 内蒙古 宁夏 青海 四川 山东 上海 陕西 山西 天津 台湾 新疆 西藏 云南 浙江"
    ),
    METHODS: _number_words("专线 主机托管 虚拟主机 其他方式 云接入"),
    NATURES: _number_words("国防机构 政府机关 事业单位 企业 个人 社会团体")
    | _number_words(
        "民办非企业单位 基金会 律师执业机构 外国在华文化中心 群众性团体组织 司法鉴定机构 宗教团体 "
        "境外机构 医疗机构 公证机构 集体经济 仲裁机构",
        9,
    ),
    FORMATS: _number_words("JPG PNG"),
    PURPOSES: _number_words("真实性核验单 主办单位有效证件 主体负责人证件 网站负责人证件 网站负责人核验照片"),
    LANGUAGES: _number_words(
        "中文简体 中文繁体 维吾尔语 哈萨克语 柯尔克孜语 蒙古语 藏语 壮语 朝鲜语 彝文 苗语 英语 "
        "日语 法语 俄罗斯语 西班牙语 阿拉伯语"
    ),
}


def name(table: str, code: int) -> str:
    """The authority's name for this code; "" when no table has it."""
    found = TableRow.objects.filter(table=table, code=code).values_list("name", flat=True).first()
    if found is not None or was_sent(table):
        return found or ""
    return SEEDS.get(table, {}).get(code, "")


def valid(table: str, code: int) -> bool:
    """Whether a report may use this code; yes if the table is neither sent nor a seed."""
    return not unknown([(table, code)])


def unknown(numbers: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of these (table, code) that no report may use, in one query; see `valid`."""
    asked = set(numbers)
    rows = TableRow.objects.filter(table__in={table for table, _code in asked}).values_list("table", "code", "valid")
    sent = {(table, code): is_valid for table, code, is_valid in rows}
    tables_sent = {table for table, _code in sent}
    return {
        (table, code)
        for table, code in asked
        if not (sent.get((table, code), False) if table in tables_sent else code in SEEDS.get(table, {code: ""}))
    }


def number(table: str, name: str) -> int | None:
    """The only valid code with this name; None when there is none, or several."""
    found = list(TableRow.objects.filter(table=table, name=name, valid=True).values_list("code", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def was_sent(table: str) -> bool:
    """Whether the authority has sent this table."""
    return TableRow.objects.filter(table=table).exists()


def load(rows: Iterable[CodeRow]) -> int:
    """Takes the rows of a file; returns how many. Other rows stay: a file may contain changes only."""
    latest = {(row.table, row.code): row for row in rows}
    TableRow.objects.bulk_create(
        [TableRow(**{field: getattr(row, field) for field in COLUMNS}) for row in latest.values()],
        batch_size=200,
        update_conflicts=True,
        unique_fields=["table", "code"],
        update_fields=["name", "under", "valid", "note"],
    )
    return len(latest)


COLUMNS = ("table", "code", "name", "under", "valid", "note")
