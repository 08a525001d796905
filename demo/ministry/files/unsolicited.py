"""Files that the authority sends unasked: code tables, records, cancellations, notices, anything."""

from collections.abc import Callable, Iterable
from typing import Unpack

from lxml import etree

from demo.ministry import clock, registry
from demo.ministry.api.rows import FileGiven
from demo.ministry.code_texts import REASONS
from demo.ministry.files import download_queue, writer
from demo.ministry.files.writer import node
from demo.ministry.models import Access, Download, Filing

# tables of JCDM: the name of a row, the names of its values beside Id and Sfyx, rows of (Id, those two)
TABLES: dict[str, tuple[str, tuple[str, str], tuple[tuple[int, str, int | str], ...]]] = {
    "Zjlx_dms": ("Zjlx_xx", ("Mc", "Dwflid"), ((1, "营业执照", 4), (2, "居民身份证", 5), (7, "护照", 5))),
    "Wzjrfs_dms": (
        "Wzjrfs_xx",
        ("Mc", "Ysid"),
        ((1, "专线", 1), (2, "主机托管", 2), (3, "虚拟主机", 4), (4, "其他方式", 8), (5, "云接入", 16)),
    ),
    "Zxly_dms": ("Zxly_xx", ("Nr", "Bz"), tuple((id_, words, "虚构的代码") for id_, words in REASONS.items())),
}


def push(kind: str, **given: Unpack[FileGiven]) -> Download:
    """Puts a file into the queue; `xml` replaces its content."""
    moment = clock.now()
    if "xml" in given:
        return download_queue.put(kind[:20], str(given["xml"]).encode("gbk", "xmlcharrefreplace"), moment=moment)
    if kind == "BASJ":
        return download_queue.put_record(Filing.objects.get(number=given["number"]), moment=moment)
    return download_queue.put(kind, WRITERS[kind](**given), moment=moment)


def tables(**_nothing: Unpack[FileGiven]) -> bytes:
    """JCDM: a few tables, among them the reasons of a cancellation, which no public text lists."""
    parts = [
        node(table, [_code(row, id_, zip(names, values, strict=True)) for id_, *values in rows])
        for table, (row, names, rows) in TABLES.items()
    ]
    return writer.as_bytes(node("JCDM", node("Jcdm_xx", parts)))


def _code(row: str, id_: int, named: Iterable[tuple[str, int | str]]) -> etree._Element:
    return node(row, ("Id", id_), *named, ("Sfyx", 1))


def struck_file(access_id: int, level: int = writer.STRUCK_ACCESS) -> bytes:
    """ZXSJ: the access has ended."""
    if level == writer.STRUCK_ACCESS:
        Access.objects.filter(access_id=access_id, ended_at__isnull=True).update(ended_at=clock.now())
    return writer.struck_document(level, int(access_id))


def notice(number: str = "", words: str = "请在规定时间内整改") -> bytes:
    """XGTZ: something on record must be corrected."""
    row = node("Tzxx", ("Tzlb", 1), ("Baxh", number or "示例ICP备00000000号-1"), ("Tznr", words))
    return writer.as_bytes(node("ICP", node("XGTZ", row)))


def unfiled_file(domain: str = "unfiled-sample.cn", address: str = "192.0.2.99") -> bytes:
    """WBAWZLB: a site on our addresses without a filing."""
    row = node("Wbawzxx", ("Ym", domain), ("Ip", writer.number_of(address)))
    return writer.as_bytes(node("ICP", node("WBAWZLB", row)))


def blacklist(domain: str = "blocked-sample.cn") -> bytes:
    """HMDLB: a blacklisted domain."""
    registry.block("domain", domain)
    row = node("Wzhmdxx", ("Wzmc", "示例"), ("Ym", domain), ("Czlx", 0))
    return writer.as_bytes(node("ICP", node("HMDLB", node("Wzhmdxxs", row))))


WRITERS: dict[str, Callable[..., bytes]] = {
    "JCDM": tables,
    "ZXSJ": struck_file,
    "XGTZ": notice,
    "WBAWZLB": unfiled_file,
    "HMDLB": blacklist,
}
KINDS = ("BASJ", *WRITERS)  # those that it can write itself
