"""Streams the copy as a ZIP: data.json, data.html and the documents, one folder for each order."""

import json
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import IO, cast

from icpportal.accounts.models import User
from icpportal.time_format import to_beijing
from transfers.rights.export_files import Parts
from transfers.rights.exports.contents import of_account
from transfers.rights.exports.page import page_of
from transfers.rights.exports.papers import Paper
from transfers.rights.exports.records import as_json

DATA, PAGE = "data.json", "data.html"


def write(user: User, papers: list[Paper], target: Parts, *, went_on: Callable[[int], None], now: datetime) -> None:
    """Writes documents first, because the data say of each whether it was still there; calls `went_on` for each."""
    with zipfile.ZipFile(cast(IO[bytes], target), "w") as archive:
        for number, paper in enumerate(papers, 1):
            if paper.path and (content := paper.content()) is not None:
                archive.writestr(_entry(paper.path, now, zipfile.ZIP_STORED), content)
            went_on(number)
        data = of_account(user, papers, now)
        plain = json.dumps(as_json(data), ensure_ascii=False, indent=1)
        archive.writestr(_entry(DATA, now), plain)
        archive.writestr(_entry(PAGE, now), page_of(data))


def _entry(name: str, now: datetime, method: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    found = zipfile.ZipInfo(name, to_beijing(now).timetuple()[:6])
    found.compress_type = method
    found.external_attr = 0o600 << 16
    return found
