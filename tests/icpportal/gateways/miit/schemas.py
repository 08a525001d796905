"""The ministry's schemas and tables, for tests that validate documents; the project itself contains none.

A test that needs them is skipped without them: `make test` counts it, and fails when it runs STRICT.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.run import SCHEMAS

UPLOAD, DOWNLOAD = "UploadData", "DownloadData"
FOLDER = Path(SCHEMAS)
MISSING = "needs the ministry's schemas: set MIIT_XSD_DIR to their folder"
needed = pytest.mark.skipif(not SCHEMAS, reason=MISSING)


@lru_cache
def schema(root: str) -> etree.XMLSchema:
    """The schema with the document element `root`."""
    for path in sorted(FOLDER.glob("*.xsd")):
        tree = etree.parse(path)
        if tree.xpath("/*/*[local-name()='element'][@name=$name]", name=root):
            return etree.XMLSchema(tree)
    raise LookupError(root)


def against_schema(xml: bytes, root: str = UPLOAD) -> list[str]:
    """The schema errors of a document, which lxml reads unchanged; skips without schemas."""
    if not SCHEMAS:
        pytest.skip(MISSING)
    judge = schema(root)
    return [] if judge.validate(etree.fromstring(xml)) else [str(error) for error in judge.error_log]


def published_codes() -> dict[str, Any]:
    """The published tables beside the schemas; skips where this machine has none, as with only a checkout."""
    file = FOLDER.parent / "codes.json"
    if not SCHEMAS or not file.exists():
        pytest.skip(MISSING)
    return json.loads(file.read_text("utf-8"))


def listed_codes() -> dict[str, dict[str, dict[str, str]]]:
    """Every code of the interface by group: the ministry's list, kept by the tests."""
    file = Path(__file__).parents[3] / "fixtures" / "miit_codes.json"
    return json.loads(file.read_text("utf-8"))["return_codes"]
