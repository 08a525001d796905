"""Random references: names of rows in addresses, logs and commands that nobody can guess."""

import secrets


def random_reference(size: int) -> str:
    """`size` random bytes as letters, digits, `_` and `-`; never with `-` first, where commands read an option."""
    while (reference := secrets.token_urlsafe(size)).startswith("-"):
        pass
    return reference
