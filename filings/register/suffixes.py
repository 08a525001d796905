"""Suffixes that the ministry has not approved: what is on file under one stays, and never comes back once it is gone.

Source: docs/sources.md#suffixes-that-cannot-be-filed-again
"""

NEVER_AGAIN = ("org", "cc", "tv", "name")


def unapproved_suffix(domain: str) -> str:
    """`.org` for example.org, "" for what can be filed again."""
    suffix = domain.rpartition(".")[2]
    return f".{suffix}" if suffix in NEVER_AGAIN else ""
