"""The fast path of reading values gives exactly the result of the slow one."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from filings.legacy_import.dump import columns
from icpportal.fields import domains
from tests.filings.legacy_import.dumps import WEBSITE

WORDS = some.text(string.ascii_lowercase + string.digits + "-_+.", max_size=12)
FINE = ("a-b", "x1", "old", "xn--fiq", "9", "a" * 63, "a" * 64, "-", "com", "cn", "a_b", "a.b", "..")
LABELS = some.sampled_from(FINE) | WORDS
HOSTS = some.lists(LABELS, min_size=1, max_size=5).map(".".join)


@settings(max_examples=300)
@given(HOSTS)
def test_a_plain_host_is_read_like_on_the_slow_path(host):
    if domains.PLAIN.fullmatch(host) and len(host) <= domains.LONGEST:
        assert (domains._host(host), domains._is_address(host)) == (host, False)
        assert [domains._ascii_label(label) for label in host.split(".")] == host.split(".")


@pytest.mark.parametrize("typed", ["京B2-20060259-1", "京ICP证030173号-1", "京ICP备12345号", "川B2-20060259-1"])
def test_a_dump_may_name_a_filing_by_its_licence(typed):
    assert columns.filing_number(typed) == typed


def test_an_ordinary_dump_takes_the_fast_path():
    assert domains.PLAIN.fullmatch(WEBSITE["domain"])


@pytest.mark.parametrize(
    "typed", ["1.2.3.4", "a.1", "xn--a.cn", "a.xn--fiq", "A.com", "a..com", "-a.com", "a_b.cn", "com"]
)
def test_unusual_values_take_the_slow_path(typed):
    assert not domains.PLAIN.fullmatch(typed)
