"""Validates uploads against the operator's copy of the ministry's schemas (`settings.MIIT_XSD_DIR`).

The ministry's files have Chinese names that differ between copies: the right one declares UploadData.
"""

import threading
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from lxml import etree

from icpportal.gateways.miit.documents.types import MalformedDocument, NotEncodable
from icpportal.gateways.miit.documents.xml_reader import own

ROOT = "UploadData"
DECLARED = etree.XPath("/xs:schema/xs:element[@name=$name]", namespaces={"xs": "http://www.w3.org/2001/XMLSchema"})
MALFORMED = "5001"
Stamp = tuple[tuple[str, int, int], ...]

_compiled: dict[str, tuple[Stamp, etree.XMLSchema]] = {}
_lock = threading.Lock()  # a schema keeps the errors of its last document


def validate(xml: bytes) -> None:
    """Does nothing without the directory; raises `NotEncodable` with the first error, or `ImproperlyConfigured`."""
    if not settings.MIIT_XSD_DIR:
        return
    try:
        root = own(xml)
    except MalformedDocument as error:
        raise NotEncodable(str(error), code=MALFORMED) from error
    with _lock:
        schema = _schema(settings.MIIT_XSD_DIR)
        if schema.validate(root):
            return
        first = schema.error_log[0]
        path, rule = first.path or "", first.type_name
    # never the message: it quotes the document
    raise NotEncodable(f"{path}: {rule}", field=path.removeprefix(f"/{ROOT}/ICP/"), code=MALFORMED)


def check() -> None:
    """Compiles the schemas now; raises `ImproperlyConfigured` when that is not possible."""
    if settings.MIIT_XSD_DIR:
        with _lock:
            _schema(settings.MIIT_XSD_DIR)


def _schema(directory: str) -> etree.XMLSchema:
    """Compiled once a process, and again when a file in the directory has changed."""
    files = sorted(Path(directory).glob("*.xsd"))
    try:
        stamp = tuple((file.name, (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files)
        known = _compiled.get(directory)
        if known and known[0] == stamp:
            return known[1]
        schema = _compile(files)
    except (OSError, etree.LxmlError) as error:
        raise ImproperlyConfigured(f"MIIT_XSD_DIR: {directory} does not compile: {type(error).__name__}") from error
    if schema is None:
        raise ImproperlyConfigured(f"MIIT_XSD_DIR: no schema in {directory} declares {ROOT}")
    _compiled[directory] = (stamp, schema)
    return schema


def _compile(files: list[Path]) -> etree.XMLSchema | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for file in files:
        tree = etree.parse(str(file), parser)
        if DECLARED(tree, name=ROOT):
            return etree.XMLSchema(tree)
    return None
