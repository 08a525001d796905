"""Normal forms of values, so that an order's stored keys and what is typed match however it is written.

Personal values and subjects' names are stored and looked up as keyed digests; domains and filing numbers are public and
stay as they are. Each function returns the keys of one value, none for text that cannot be such a value.
"""

import re
import unicodedata
from functools import cache

from django.core.exceptions import ValidationError

from filings.provinces import PROVINCES
from filings.register import regions
from filings.register.certificate_numbers import regular
from icpportal.fields.domains import display_domain, suffixes
from icpportal.fields.filing_numbers import PLAIN, bare, spelling, subject_number
from icpportal.fields.language_marks import has_han
from icpportal.fields.phones import MOBILE, phone
from icpportal.privacy.blind_index import blind_index
from transfers.models.order import ALPHABET

DIGEST = 32  # hex digits: 128 bits
SHORTEST_NAME, LONGEST_NAME = 2, 8  # lengths of stored beginnings of a company's own name
SHORTEST_WHOLE, LONGEST_WHOLE = 4, 10  # lengths of stored beginnings of its whole name
SHORTEST_DOMAIN, LONGEST_DOMAIN = 3, 128
REFERENCE = re.compile(rf"[{ALPHABET}]{{8}}")
DOCUMENT = re.compile(r"[0-9A-Z()部队]{4,40}")
PHONE = re.compile(r"[0-9]{7,15}")
PHONE_MARKS = re.compile(r"[\s()+./\u2010-\u2015\u2212-]+")
# a filing number without its province, its words or its final 号
SHORT_NUMBER = re.compile(
    r"(?P<character>[^\x00-\x7f备证号])?(?:ICP)?-?[备证]?-?(?:[AB][12]-)?(?P<digits>[0-9]{4,10})-?号?(?:-(?P<site>[0-9]{1,5}))?"
)
LONG_NUMBER = re.compile(r"[0-9]{11,}[0-9a-z]*")  # a phone or a document, never a domain
WORD = re.compile(r"(?:^|-)(?=[^-])")  # the beginning of a word in a domain
ADDRESS = re.compile(r"(?:[a-z]+://)?(?:www\.)?(?P<host>[^/?#:@\s]+)(?:[/?#:]\S*)?")
# endings that companies drop from the name of a place: 宁夏回族自治区, 银川市
KINDS_OF_PLACE = re.compile(r"(?:省|市|地区|盟|特别行政区|(?:壮族|回族|维吾尔)?自治区)$")


def _digest(sort: str, value: str) -> str:
    return blind_index(f"search {sort}", value)[:DIGEST]


def reference(text: str) -> str:
    """`T7Q4-M2KX`, typed with or without its hyphen; "" if it is no reference."""
    letters = bare(text).replace("-", "")
    return f"{letters[:4]}-{letters[4:]}" if REFERENCE.fullmatch(letters) else ""


def phones(text: str) -> list[str]:
    """The keys of a mobile, or of a landline with its area code."""
    if MOBILE.fullmatch(text):  # as every order stores it: read already
        return [_digest("phone", text)]
    try:
        digits = phone(text).replace("-", "")
    except ValidationError:  # imported numbers may be of an old format
        digits = PHONE_MARKS.sub("", unicodedata.normalize("NFKC", text))
    return [_digest("phone", digits)] if PHONE.fullmatch(digits) else []


def documents(text: str) -> list[str]:
    """The keys of a document number, of a person or a company."""
    number = regular(text)
    return [_digest("document", number)] if DOCUMENT.fullmatch(number) else []


# --- names ---


def _letters(text: str) -> str:
    """A name without spaces, brackets and dots, in one width and case."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def persons(text: str) -> list[str]:
    """The key of a person's whole name: a part of it finds nobody."""
    name = _letters(text)
    return [_digest("person", name)] if len(name) >= SHORTEST_NAME and not name.isdigit() else []


@cache
def _places() -> frozenset[str]:
    """Provinces, cities and counties, and the short names of provinces and cities."""
    cities = [city for each in regions.provinces() for city in regions.cities(each.code)]
    full = {row.name for row in (*regions.provinces(), *cities)}
    counties = {row.name for city in cities for row in regions.counties(city.code)}
    towns = {name for name in counties if name.endswith("市")}  # cities within another city
    short = {KINDS_OF_PLACE.sub("", name) for name in full | towns}
    found = full | counties | short | {each.short_zh for each in PROVINCES.values()}
    return frozenset(name for name in found if len(name) > 1)


def _own_name(name: str) -> str:
    """`示例纸业有限公司` of `宁夏银川市示例纸业有限公司`."""
    while True:
        place = next((name[:size] for size in range(11, 1, -1) if name[:size] in _places()), "")
        if not place or len(name) - len(place) < SHORTEST_NAME:
            return name
        name = name[len(place) :]


def _beginning(sort: str, name: str, shortest: int, longest: int) -> list[str]:
    return [_digest(sort, name[:longest])] if len(name) >= shortest and not name.isdigit() else []


def companies(text: str) -> list[str]:
    """Keys of every beginning of a company's name that finds it, with and without its place."""
    whole = _letters(text)
    own = _own_name(whole)
    return [
        *(_digest("company", whole[:size]) for size in range(SHORTEST_WHOLE, min(len(whole), LONGEST_WHOLE) + 1)),
        *(_digest("own name", own[:size]) for size in range(SHORTEST_NAME, min(len(own), LONGEST_NAME) + 1)),
    ]


def typed_company(text: str) -> list[str]:
    """The key of a typed beginning, its place included."""
    return _beginning("company", _letters(text), SHORTEST_WHOLE, LONGEST_WHOLE)


def typed_own_name(text: str) -> list[str]:
    """The key of a typed beginning, whatever place comes before it."""
    return _beginning("own name", _own_name(_letters(text)), SHORTEST_NAME, LONGEST_NAME)


# --- public values ---


def numbers(text: str) -> list[str]:
    """A filing number in every form that finds it: with and without province and words, subject's and site's."""
    found = spelling(text)
    if found is None:
        return []
    site = [] if found.site is None else [str(found), f"{found.digits}-{found.site}"]
    return [subject_number(text), found.digits, *site]


def typed_number(text: str) -> list[str]:
    """The one form that was typed; a number that is not written in full is matched by its digits."""
    found = spelling(text)
    if found is not None:
        return [str(found)]
    short = SHORT_NUMBER.fullmatch(bare(text))
    if short is None:
        return []
    site = f"-{int(short['site'])}" if short["site"] else ""
    plain = spelling(f"{short['character']}{PLAIN}{short['digits']}号{site}") if short["character"] else None
    return [str(plain) if plain else f"{short['digits']}{site}"]


def domains(domain: str) -> list[str]:
    """A domain from each of its words on, and as stored: `paper-shop.cn` and `shop.cn`."""
    shown = display_domain(domain)
    words = [shown[word.end() :] for word in WORD.finditer(shown.partition(".")[0])]
    return list(dict.fromkeys([domain, *words]))


def typed_domain(text: str) -> str:
    """The beginning of a domain or of a word in one, also taken from a URL; "" if the text is none."""
    folded = unicodedata.normalize("NFKC", text).replace("\u3002", ".").strip().lower()
    match = ADDRESS.fullmatch(folded)
    host = match["host"].strip(".-") if match else ""
    host = suffixes().privatesuffix(host) or host
    shortest = SHORTEST_NAME if has_han(host) else SHORTEST_DOMAIN
    return host if shortest <= len(host) <= LONGEST_DOMAIN and not LONG_NUMBER.fullmatch(host) else ""
