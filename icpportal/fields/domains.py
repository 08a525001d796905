"""Domain names: the registrable name in one canonical form, whatever was pasted."""

import ipaddress
import re
import unicodedata
from functools import cache

import idna
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from publicsuffixlist import PublicSuffixList

LONGEST = 128
SCHEME = re.compile(r"^(?:https?:)?//")
PORT = re.compile(r":[0-9]{1,5}$")
ASCII_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# a host already in its stored form: no scheme, no port, nothing to normalise
PLAIN = re.compile(r"(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?!xn--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
DOTS = str.maketrans({"\u3002": "."})
NO_LABEL = (idna.IDNAError, OverflowError)  # the latter for a Punycode number beyond any character


@cache
def suffixes() -> PublicSuffixList:
    """The suffixes of registries, from the list that comes with the library: fetches and writes nothing."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)


def _host(typed: str) -> str:
    folded = unicodedata.normalize("NFKC", typed).translate(DOTS).strip().lower()
    host = re.split(r"[/?#]", SCHEME.sub("", folded), maxsplit=1)[0]
    return host if _is_address(host) else PORT.sub("", host)


def _is_address(host: str) -> bool:
    bare = host.strip("[]")
    if bare and all(part.isdigit() for part in bare.split(".")) and "." in bare:
        return True
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        return False
    return True


def _ascii_label(label: str) -> str:
    if label.isascii() and not label.startswith("xn--"):
        return label if ASCII_LABEL.fullmatch(label) else ""
    try:
        return idna.encode(label, uts46=True, std3_rules=True).decode("ascii")
    except NO_LABEL:
        return ""


def _bad() -> ValidationError:
    return ValidationError(_("Enter a full domain name, such as example.com"), code="domain_bad")


def canonical(typed: str) -> str:
    """The typed host in lower case and ASCII, without scheme, path, port and outer dots."""
    if len(typed) <= LONGEST and PLAIN.fullmatch(typed):
        return typed
    host = _host(typed)
    if _is_address(host):
        raise ValidationError(_("Enter a domain name, not an IP address"), code="domain_ip")
    labels = [_ascii_label(label) for label in host.rstrip(".").split(".")]
    name = ".".join(labels)
    if len(labels) < 2 or not all(labels) or len(name) > LONGEST:
        raise _bad()
    return name


def registrable(typed: str) -> str:
    """The domain that is filed: one label and its public suffix, as "example.com" or "xn--fsq.xn--fiqs8s".

    `www.` is accepted; any other prefix is refused with the main domain's name.
    """
    name = canonical(typed)
    if not suffixes().publicsuffix(name):
        raise ValidationError(_("This suffix is not approved and cannot be filed"), code="domain_suffix")
    main = suffixes().privatesuffix(name)
    if main is None:
        raise _bad()
    if name not in (main, f"www.{main}"):
        raise ValidationError(
            _("File the main domain %(domain)s: remove the prefix"),
            code="domain_sub",
            params={"domain": display_domain(main)},
        )
    return main


def display_domain(domain: str) -> str:
    """The domain as people write it: "示例.中国" for its ASCII form."""
    return ".".join(_unicode_label(label) for label in domain.split("."))


def _unicode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except NO_LABEL:
        return label


def is_gov_domain(domain: str) -> bool:
    """Whether it is under gov.cn, which is filed by telephone and not here."""
    return domain == "gov.cn" or domain.endswith(".gov.cn")


def host_belongs(host: str, domain: str) -> bool:
    """Whether the host is the domain itself or below it."""
    return host == domain or host.endswith(f".{domain}")


def searched_domain(words: str) -> str:
    """A domain in its stored form: 示例.cn is found by its own characters, a pasted address by its domain."""
    try:
        return canonical(words).removeprefix("www.")
    except ValidationError:
        return unicodedata.normalize("NFKC", words).lower()
