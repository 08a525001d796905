"""Reads results of requests (BAJG, GJSHS) and what was struck off the record (ZXSJ)."""

from lxml import etree

from icpportal.gateways.miit.documents.types import NO_STRUCK_ID, Result, Verdict
from icpportal.gateways.miit.documents.v30.unknown_elements import strangers
from icpportal.gateways.miit.documents.xml_reader import moment, number, part, parts, text
from icpportal.gateways.miit.types import Level, StruckRecord

DECIDED = {"0": False, "1": True}  # Shjg


def of(block: etree._Element, remarks: list[str]) -> list[Result]:
    """Everything in a BAJG: processing codes first, then decisions, each in the order of the file."""
    remarks += strangers(block, "BAJG")
    found = [_result(row, remarks) for row in parts(block, "Jg_xx")]
    for inner in parts(block, "GJSHS"):
        found += decisions(inner, remarks)
    return found + [_decision(row, remarks) for row in parts(block, "Gjsh")]


def decisions(block: etree._Element, remarks: list[str]) -> list[Result]:
    """The human decisions of a GJSHS, wherever it is."""
    remarks += strangers(block, "GJSHS")
    return [_decision(row, remarks) for row in parts(block, "Gjsh")]


def _result(row: etree._Element, remarks: list[str]) -> Result:
    remarks += strangers(row, "Jg_xx")
    for inner in parts(row, "Jgxx"):
        remarks += strangers(inner, "Jgxx")
    verdicts = tuple(Verdict(text(inner, "Jgdm"), text(inner, "Dmms")) for inner in parts(row, "Jgxx"))
    if not all(verdict.code for verdict in verdicts) or not verdicts:
        remarks.append("Jg_xx without Jgdm")
    return Result(
        operation=number(row, "Czlx"),
        handle=text(row, "Bs"),
        verdicts=verdicts,
        note=text(row, "Bz"),
    )


def _decision(row: etree._Element, remarks: list[str]) -> Result:
    remarks += strangers(row, "Gjsh")
    approved = DECIDED.get(text(row, "Shjg"))
    if approved is None:
        remarks.append("Gjsh without a Shjg of 0 or 1")
    at = moment(text(row, "Shsj"))
    if at is None and part(row, "Shsj") is not None:
        remarks.append("Shsj is no time")
    return Result(
        operation=number(row, "Czlx"),
        handle=text(row, "Jlid"),
        approved=approved,
        opinion=text(row, "Shyj"),
        at=at,
    )


def read_struck(block: etree._Element, remarks: list[str]) -> list[StruckRecord]:
    """The entries of a ZXSJ; its schema has subjects and sites, its text accesses too."""
    remarks += strangers(block, "ZXSJ")
    found = []
    for row in parts(block, "Zxxx"):
        remarks += strangers(row, "Zxxx")
        level, identity = text(row, "Zxlb"), number(row, "Jlid")
        if level in set(Level) and identity is not None:
            found.append(StruckRecord(Level(level), identity))
        else:
            remarks.append(NO_STRUCK_ID)
    return found
