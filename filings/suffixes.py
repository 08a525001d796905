"""Suffixes that the ministry has not approved: what is on file under one stays, and never comes back once it is gone.

Source: the provider's page on ending an access (取消接入), 2019-07-29 (dossier §10).
"""

NEVER_AGAIN = ("org", "cc", "tv", "name")


def never_again(domain: str) -> str:
    """`.org` for example.org, "" for what can be filed again."""
    suffix = domain.rpartition(".")[2]
    return f".{suffix}" if suffix in NEVER_AGAIN else ""
