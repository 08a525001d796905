"""Parses untrusted XML: no entity is resolved, nothing is fetched, comments and instructions are dropped."""

from lxml import etree


def tree(text: str, *, huge: bool = False) -> etree._Element:
    """The root of a document without declaration; raises `etree.XMLSyntaxError` or `ValueError` when it is not XML.

    The caller must have refused document types. `huge` lifts lxml's limits on depth and length.
    """
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=huge,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    return etree.fromstring(text.encode(), parser)
