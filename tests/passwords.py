"""Hashes the passwords of invented people with the real algorithm at its lowest cost.

Run as a program, it is `manage.py` for a portal started by tests, where each hash took half a second too.
"""

import sys
from pathlib import Path


def at_least_cost() -> None:
    """Installs this for the rest of the process."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    import manage

    at_least_cost()
    manage.main()
