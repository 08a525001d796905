"""Writes downloads from their expected values: independent of the reader, for round-trip tests."""

from xml.sax.saxutils import escape

from icpportal.gateways.miit.documents.types import CodeRow, Download, Result
from icpportal.gateways.miit.types import AddressRange, FiledAccess, FiledContact, FiledRecord, FiledSite, StruckRecord

Pair = tuple[str, object]
TABLES = {"Dwxz": ("Dwxz_dms", "Dwxz_xx", "Mc", ""), "Zjlx": ("Zjlx_dms", "Zjlx_xx", "Mc", "Dwflid")}


def element(name: str, *inside: object) -> str:
    """An element, left out when empty."""
    content = "".join(str(part) for part in inside if part is not None)
    return f"<{name}>{content}</{name}>" if content else ""


def leaf(name: str, value: object) -> str:
    return element(name, escape(str(value))) if value not in (None, "") else ""


def many(name: str, values: tuple[int, ...]) -> str:
    return "".join(leaf(name, value) for value in values)


def numeric(dotted: str) -> int:
    one, two, three, four = (int(part) for part in dotted.split("."))
    return ((one * 256 + two) * 256 + three) * 256 + four


def ip(row: AddressRange) -> str:
    return element("Ip_xx", leaf("Ipid", 1), leaf("Qsip", numeric(row.first)), leaf("Zzip", numeric(row.last)))


def access(row: FiledAccess) -> str:
    return element(
        "Jr_xx",
        leaf("IspJrid", row.own_id),
        leaf("Jrid", row.access_id),
        leaf("Ispid", row.provider),
        element("Wzfb", many("Fbdd", row.places)),
        element("Wzjrfs", many("Jrfs", row.methods)),
        *(ip(addresses) for addresses in row.addresses),
    )


def contact(name: str, row: FiledContact) -> str:
    return element(
        name,
        leaf("Fzr_xm", row.name),
        leaf("Fzr_dhhm", row.phone),
        leaf("Fzr_sjhm", row.mobile),
        leaf("Fzr_dzyj", row.email),
        leaf("Fzr_zjlx", row.id_type),
        leaf("Fzr_zjhm", row.id_number),
    )


def site(row: FiledSite) -> str:
    return element(
        "Wz_xx",
        leaf("Wzid", row.site_id),
        leaf("Wzmc", ";".join(row.names)),
        element("Fwnr", many("Fwnr_id", row.content)),
        element("Yylb", many("Yylb_id", row.languages)),
        *(element("Ym_xx", leaf("Ymid", 1), leaf("Ym", domain)) for domain in row.domains),
        *(access(inner) for inner in row.accesses),
        contact("Wz_Fzr", row.administrator),
        leaf("Syurl", row.home_url),
        leaf("Baxh", row.site_number),
    )


def record(row: FiledRecord) -> str:
    subject = element(
        "Zt_xx",
        leaf("Ztid", row.subject_id),
        leaf("Dwmc", row.name),
        leaf("Dwxz", row.nature),
        element("Txdz", leaf("Shiid", row.region), leaf("Xxdz", row.address)),
        element("Zj", leaf("Zjlx", row.id_type), leaf("Zjhm", row.id_number), leaf("Zjzs", row.id_address)),
        contact("Fzr", row.lead),
        leaf("Baxh", row.subject_number),
    )
    return element("Baxx", subject, *(site(inner) for inner in row.sites))


def result(row: Result) -> str:
    verdicts = (element("Jgxx", leaf("Jgdm", one.code), leaf("Dmms", one.words)) for one in row.verdicts)
    return element("Jg_xx", *verdicts, leaf("Czlx", row.operation), leaf("Bs", row.handle), leaf("Bz", row.note))


def decision(row: Result) -> str:
    return element(
        "Gjsh",
        leaf("Shsj", row.at and f"{row.at:%Y-%m-%d %H:%M:%S}"),
        leaf("Shyj", row.opinion),
        leaf("Shjg", int(bool(row.approved))),
        leaf("Czlx", row.operation),
        leaf("Jlid", row.handle),
    )


def struck(row: StruckRecord) -> str:
    return element("Zxxx", leaf("Zxlb", row.level.value), leaf("Jlid", row.id))


def code(row: CodeRow) -> str:
    container, name, words, under = TABLES[row.table]
    inner = leaf("Id", row.code) + leaf(words, row.name) + leaf("Sfyx", int(row.valid)) + leaf("Bz", row.note)
    return element(container, element(name, inner, leaf(under, row.under) if under else ""))


def download(file: Download, encoding: str = "GBK") -> bytes:
    """The file; GBK also stands for GB18030, which is never declared."""
    results = [row for row in file.results if row.approved is None]
    decisions = [row for row in file.results if row.approved is not None]
    bajg = element("BAJG", *map(result, results), element("GJSHS", *map(decision, decisions)))
    icp = element(
        "ICP",
        bajg,
        element("BASJ", *map(record, file.records)),
        element("ZXSJ", *map(struck, file.struck)),
    )
    jcdm = element("JCDM", element("Jcdm_xx", *map(code, file.codes)))
    head = f'<?xml version="1.0" encoding="{encoding}"?>\n<DownloadData version="{file.version}">'
    return f"{head}{icp}{jcdm}</DownloadData>".encode("gb18030" if encoding == "GBK" else encoding)
