"""What is read the short way says exactly what the long way would."""

import ipaddress
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from filings.legacy import columns
from filings.numbers import FilingNumber
from icpportal.entry import domains, emails
from tests.filings.legacy.dumps import ORGANISATION, WEBSITE

WORDS = some.text(string.ascii_lowercase + string.digits + "-_+.", max_size=12)
FINE = ("a-b", "x1", "old", "xn--fiq", "9", "a" * 63, "a" * 64, "-", "com", "cn", "a_b", "a.b", "..")
LABELS = some.sampled_from(FINE) | WORDS
HOSTS = some.lists(LABELS, min_size=1, max_size=5).map(".".join)


@settings(max_examples=300)
@given(HOSTS)
def test_a_plain_host_is_what_the_long_way_makes_of_it(host):
    if domains.PLAIN.fullmatch(host) and len(host) <= domains.LONGEST:
        assert (domains._host(host), domains._is_address(host)) == (host, False)
        assert [domains._ascii_label(label) for label in host.split(".")] == host.split(".")


@settings(max_examples=300)
@given(LABELS, HOSTS)
def test_a_plain_address_is_what_the_long_way_makes_of_it(name, host):
    if columns.PLAIN_EMAIL.fullmatch(f"{name}@{host}"):
        assert emails.email(f"{name}@{host}") == f"{name}@{host}"


@given(some.lists(some.integers(0, 300) | some.sampled_from(["01", "00", ""]), min_size=3, max_size=5))
def test_a_plain_ip_address_is_what_the_long_way_makes_of_it(parts):
    typed = ".".join(map(str, parts))
    if columns.PLAIN_ADDRESS.fullmatch(typed):
        assert str(ipaddress.ip_address(typed)) == typed


@pytest.mark.parametrize(
    "typed",
    ["宁ICP备00000000号", "宁ICP备00000000号-1", "京ICP备2012345678号-99999", "川ICP备00000000号"],
)
def test_a_plain_filing_number_is_what_the_long_way_makes_of_it(typed):
    plain = columns.PLAIN_FILING.fullmatch(typed)
    if plain and plain[1] in columns.CHARACTERS:
        assert str(FilingNumber.parse(typed)) == typed


@pytest.mark.parametrize("typed", ["京B2-20060259-1", "京ICP证030173号-1", "京ICP备12345号", "川B2-20060259-1"])
def test_a_dump_may_name_a_filing_by_its_licence(typed):
    """B20"""
    assert columns.filing_number(typed) == typed


def test_an_ordinary_dump_goes_the_short_way():
    assert columns.PLAIN_EMAIL.fullmatch(ORGANISATION["lead_email"])
    assert columns.PLAIN_ADDRESS.fullmatch(WEBSITE["ip"])
    assert columns.PLAIN_FILING.fullmatch(WEBSITE["site_number"])
    assert domains.PLAIN.fullmatch(WEBSITE["domain"])


@pytest.mark.parametrize(
    "typed", ["1.2.3.4", "a.1", "xn--a.cn", "a.xn--fiq", "A.com", "a..com", "-a.com", "a_b.cn", "com"]
)
def test_what_is_out_of_the_ordinary_goes_the_long_way(typed):
    assert not domains.PLAIN.fullmatch(typed)
