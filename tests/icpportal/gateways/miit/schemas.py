"""Where the ministry's schemas are, for tests that hold documents against them; the project itself ships none."""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from lxml import etree

PROJECT = Path(__file__).resolve().parents[4]
BESIDE = PROJECT.parent / "shared" / "miit" / "xsd"
UPLOAD, DOWNLOAD = "UploadData", "DownloadData"


def schema_dir() -> str:
    """The directory of `MIIT_XSD_DIR`, or the one beside the project; "" when there is none."""
    given = os.environ.get("MIIT_XSD_DIR", "")
    if given:
        return given
    return str(BESIDE) if BESIDE.is_dir() else ""


@lru_cache
def _schema(root: str) -> etree.XMLSchema | None:
    for file in sorted(Path(schema_dir() or "/nonexistent").glob("*.xsd")):
        tree = etree.parse(str(file))
        if tree.xpath("/*/*[local-name()='element'][@name=$name]", name=root):
            return etree.XMLSchema(tree)
    return None


def against_schema(xml: bytes, root: str = UPLOAD) -> list[str]:
    """What the ministry's schema says against the document, which lxml reads as it is; nothing without schemas."""
    schema = _schema(root)
    document = etree.fromstring(xml)
    if schema is None or schema.validate(document):
        return []
    return [str(error) for error in schema.error_log]


def published_codes() -> dict[str, Any]:
    """The published tables beside the schemas; empty where this machine has none, as in a checkout alone."""
    file = Path(schema_dir() or "/nonexistent").parent / "codes.json"
    return json.loads(file.read_text("utf-8")) if file.exists() else {"return_codes": {}, "tables": {}}
