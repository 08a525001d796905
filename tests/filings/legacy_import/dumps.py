"""Dumps of the old platform for tests: rows with the sample cast, written as files; accounts with known passwords."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

from filings.legacy_import.dump.loader import Totals, load
from filings.legacy_import.dump.rows import Finding, email_index
from filings.models import LegacyAccount

EMAIL, PASSWORD = "old@example.com", "old-Secret-1"
HASH = "md5$ab$" + hashlib.md5(f"ab{PASSWORD}".encode()).hexdigest()
ORGANISATION = {
    "nature": "enterprise",
    "id_type": "1",
    "id_number": "91649999000000019L",
    "name": "宁夏示例纸业有限公司",
    "region": "640106",
    "subject_number": "宁ICP备00000000号",
    "id_address": "宁夏回族自治区银川市金凤区示例路1号",
    "post_region": "640106",
    "post_address": "示例路1号2号楼301室",
    "lead_name": "林示范",
    "lead_id_type": "2",
    "lead_id_number": "649999198502140009",
    "lead_phone1": "13900000001",
    "lead_email": "lin@example.com",
}
WEBSITE = {
    "domain": "example.com",
    "site_number": "宁ICP备00000000号-1",
    "site_name": "示例纸业官网",
    "home_url": "https://www.example.com/",
    "content": "8",
    "languages": "1",
    "admin_name": "陈样例",
    "admin_id_number": "649999198806060008",
    "admin_phone1": "13900000002",
    "admin_email": "chen@example.com",
    "ip": "192.0.2.10",
    "jrid": "64000001",
}
PERSON = {
    "nature": "individual",
    "id_type": "2",
    "id_number": "119999199009090002",
    "name": "赵样本",
    "region": "120101",
    "subject_number": "津ICP备00000000号",
    "domain": "example.cn",
    "site_number": "津ICP备00000000号-1",
    "site_name": "样本小记",
    "lead_phone1": "13900000004",
}


def filing(**changes: Any) -> dict[str, Any]:
    """A filing of the sample organisation under the sample account."""
    return {
        "account_email": EMAIL,
        "account_password": HASH,
        "filed_on": "2012-03-31",
        **ORGANISATION,
        **WEBSITE,
        **changes,
    }


def several(number: int, **changes: Any) -> list[dict[str, Any]]:
    """A number of filings of the sample organisation."""
    return [
        filing(
            domain=f"site{n}.com", site_number=f"宁ICP备00000000号-{n}", home_url=f"https://www.site{n}.com/", **changes
        )
        for n in range(1, number + 1)
    ]


def personal(**changes: Any) -> dict[str, Any]:
    """A filing of the sample person, from before accounts existed."""
    return {"filed_on": "2009-05-05", **PERSON, **changes}


def write_csv(path: Path, rows: list[dict[str, Any]], *, encoding: str = "utf-8") -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def load_rows(path: Path, *rows: dict[str, Any], dry_run: bool = False) -> tuple[Totals, list[Finding]]:
    """Loads these rows; returns the totals and the findings."""
    findings: list[Finding] = []
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    return load(path, say=findings.append, dry_run=dry_run), findings


def account(email: str = EMAIL) -> LegacyAccount:
    return LegacyAccount.objects.get(email_index=email_index(email))
