"""Suffixes that the ministry has not approved: a filing under one stays, but cannot be filed again once deleted.

Source: docs/sources.md#suffixes-that-cannot-be-filed-again
"""

NEVER_AGAIN = ("org", "cc", "tv", "name")


def unapproved_suffix(domain: str) -> str:
    """Returns the suffix, such as `.org`; "" for a domain that can be filed again."""
    suffix = domain.rpartition(".")[2]
    return f".{suffix}" if suffix in NEVER_AGAIN else ""
