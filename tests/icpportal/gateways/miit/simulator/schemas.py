"""The ministry's own schemas, where somebody has put them; no copy of them is kept here."""

import os
from pathlib import Path

import pytest
from lxml import etree

FOLDER = Path(os.environ.get("MIIT_XSD_DIR") or "/work/shared/miit/xsd")
needed = pytest.mark.skipif(not FOLDER.is_dir(), reason="the ministry's schemas are not here (MIIT_XSD_DIR)")


def schema(root: str) -> etree.XMLSchema:
    """The schema whose document element is `root`."""
    for path in sorted(FOLDER.glob("*.xsd")):
        found = etree.parse(path)
        if found.find(f"{{http://www.w3.org/2001/XMLSchema}}element[@name='{root}']") is not None:
            return etree.XMLSchema(found)
    raise LookupError(root)
