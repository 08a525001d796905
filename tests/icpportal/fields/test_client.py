"""The client's address is the one our own proxies saw, never the one the client claimed."""

import pytest
from django.test import RequestFactory

from icpportal.fields.client import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "remote", "found"),
    [
        (0, "", "198.51.100.7", "198.51.100.7"),
        (0, "203.0.113.9", "198.51.100.7", "198.51.100.7"),  # no proxy of ours: the header is forged
        (1, "203.0.113.9", "10.0.0.1", "203.0.113.9"),
        (1, "1.2.3.4, 203.0.113.9", "10.0.0.1", "203.0.113.9"),  # 1.2.3.4 is the client's claim
        (2, "1.2.3.4, 203.0.113.9, 10.0.0.2", "10.0.0.1", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1", "10.0.0.1"),  # shorter than our own chain: did not pass through it
        (1, "", "10.0.0.1", "10.0.0.1"),
        (1, "nonsense", "10.0.0.1", ""),
        (1, "2001:DB8:0:0::7", "10.0.0.1", "2001:db8::7"),
        (1, "[2001:db8::7]", "10.0.0.1", "2001:db8::7"),
        (0, "", "::ffff:198.51.100.7", "198.51.100.7"),
        (0, "", "", ""),
    ],
)
def test_the_address_is_counted_from_our_own_proxies(settings, proxies, forwarded, remote, found):
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, **headers)

    assert client_address(request) == found
