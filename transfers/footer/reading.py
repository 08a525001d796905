"""Finds the filing number on a home page, and the link to the ministry's site that belongs to it."""

import codecs
import re
import unicodedata
from urllib.parse import urlsplit

from lxml import etree, html

from filings.provinces import MINISTRY_SITE
from icpportal.gateways.web_pages.base import WebPage
from transfers.footer.outcomes import ELSEWHERE, FOUND, NO_LINK, NO_NUMBER, NO_PAGE, OLD_LINK, SHORT_NUMBER, UNLINKED

MINISTRY = urlsplit(MINISTRY_SITE).hostname
# the ministry's former sites, which no longer open
EARLIER = (
    "www.miitbeian.gov.cn",
    "miitbeian.gov.cn",
    "www.miibeian.gov.cn",
    "miibeian.gov.cn",
    "www.beian.miit.gov.cn",
)
UNSEEN = " or ".join(f"ancestor::{name}" for name in ("script", "style", "template", "noscript", "head"))
TEXTS, LINKS = etree.XPath(f".//text()[not({UNSEEN})]"), etree.XPath(f".//a[not({UNSEEN})]")
DASHES = re.compile(r"[\u2010-\u2015\u2212]")
SUFFIX = re.compile(r"-\d+$")


def outcome_of(page: WebPage, *, number: str, domain: str) -> str:
    """What the page lacks, or that nothing is missing: a key of `footer/outcomes.py`."""
    host = urlsplit(page.url).hostname or ""
    if host != domain and not host.endswith(f".{domain}"):
        return ELSEWHERE
    tree = _tree(page)
    return NO_PAGE if tree is None else _result_of(tree, _plain(number))


def _result_of(tree: html.HtmlElement, number: str) -> str:
    words = _text_of(tree)
    if not _holds(words, number):
        return SHORT_NUMBER if SUFFIX.sub("", number) in words else NO_NUMBER
    links = [(_host(link.get("href")), _text_of(link)) for link in LINKS(tree)]
    with_number = {host for host, text in links if _holds(text, number)}
    if MINISTRY in with_number:
        return FOUND
    if with_number & set(EARLIER):
        return OLD_LINK
    return UNLINKED if MINISTRY in {host for host, _text in links} else NO_LINK


def _text_of(element: html.HtmlElement) -> str:
    """What is read of it, without spaces; the tree stays as it is, because lxml refuses to move control characters."""
    return _plain("".join(TEXTS(element)))


def _holds(words: str, number: str) -> bool:
    """Whether the page contains the whole number: -1 is not -12."""
    return re.search(rf"{re.escape(number)}(?!\d)", words) is not None


def _plain(text: str) -> str:
    """Removes spaces and variants, because people type numbers in several ways."""
    folded = DASHES.sub("-", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+", "", folded).upper()


def _host(href: str | None) -> str:
    try:
        return (urlsplit((href or "").strip()).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _tree(page: WebPage) -> html.HtmlElement | None:
    """The parsed page; fetches nothing and follows no entity: HTML has none."""
    try:
        codecs.lookup(page.charset)
        charset: str | None = page.charset
    except (LookupError, ValueError):
        charset = None  # then the page itself names it
    try:
        return html.document_fromstring(page.body, parser=html.HTMLParser(encoding=charset, no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, LookupError, ValueError):
        return None
