"""Reads the ministry's code tables (JCDM): rows of code and name, whatever their elements are called."""

from collections.abc import Iterable
from typing import NamedTuple

from lxml import etree

from icpportal.gateways.miit.documents.types import CodeRow
from icpportal.gateways.miit.documents.v30.unknown_elements import strangers
from icpportal.gateways.miit.documents.xml_reader import local, number, parts, text


class Table(NamedTuple):
    """The element names of a table, of its names and of its parents."""

    name: str
    names: tuple[str, ...] = ("Mc",)
    under: str = ""


# container element → its table (docs/sources.md#code-tables)
TABLES = {
    "Dwfl_dms": Table("Dwfl"),
    "Dwxz_dms": Table("Dwxz"),
    "Qy_dms": Table("Qy", under="Lx"),
    "Yjfk_Wtfls": Table("Yjfk_Wtfl", names=("Fl1", "Fl2")),
    "Gj_dms": Table("Gj", under="Ysid"),
    "Hyfl_dms": Table("Hyfl", under="Bm"),
    "Xzjb_dms": Table("Xzjb"),
    "Zjlx_dms": Table("Zjlx", under="Dwflid"),
    "Wzjylx_dms": Table("Wzjylx", under="Ysid"),
    "Wzfwlx_dms": Table("Wzfwlx", under="Ysid"),
    "Wzjrfs_dms": Table("Wzjrfs", under="Ysid"),
    "Zxly_dms": Table("Zxly", names=("Nr",)),
    "Wbacl_dms": Table("Wbacl", names=("Ztmc",)),
    "Hsyj_dms": Table("Hsyj"),
    "Ymlx_dms": Table("Ymlx"),
    "Fjwjgs_dms": Table("Fjwjgs"),
    "Fjytlx_dms": Table("Fjytlx", under="Ssdxlx"),
    "Yylb_dms": Table("Yylb"),
}
UNITS = Table("Bbdw", names=("Dwmc",), under="Dwfl")
NAME, UNDER, NOTE, TABLE = 255, 40, 500, 40  # what the columns hold


def rows(block: etree._Element, remarks: list[str]) -> list[CodeRow]:
    """Every row with a number and a name, of every table; others are remarked on and skipped."""
    found = []
    for child in block:
        name = local(child)
        if name == "Bbdwlb":
            remarks += strangers(child, "Bbdwlb")
            found += _rows(parts(child, "Bbdw"), UNITS, "Bbdw", remarks)
        elif name == "Jcdm_xx":
            for container in child:
                found += _rows(container, _table(container, remarks), "table", remarks)
        else:
            remarks.append(f"unknown JCDM/{name[:TABLE]}")
    return found


def _table(container: etree._Element, remarks: list[str]) -> Table:
    """A table added after V3.0 is read like most others."""
    name = local(container)
    if name not in TABLES:
        remarks.append(f"unknown table {name[:TABLE]}")
    return TABLES.get(name) or Table(name.removesuffix("_dms")[:TABLE])


def _rows(elements: Iterable[etree._Element], table: Table, block: str, remarks: list[str]) -> list[CodeRow]:
    found = []
    for row in elements:
        remarks += strangers(row, block)
        code = number(row, "Id")
        name = "/".join(filter(None, (text(row, part) for part in table.names)))
        if code is None or not name:
            remarks.append(f"row of {table.name} without number or name")
            continue
        found.append(
            CodeRow(
                table=table.name,
                code=code,
                name=name[:NAME],
                under=text(row, table.under)[:UNDER] if table.under else "",
                valid=text(row, "Sfyx") != "0",
                note=text(row, "Bz")[:NOTE],
            )
        )
    return found
