"""`python -m bench.harness.accounts [NUMBER]`: confirmed accounts in the portal of this environment, to sign in with.

Applicant n is applicantN@bench.example.com; everybody's password is PASSWORD.
"""

import importlib
import sys

import django
from django.contrib.auth.hashers import make_password

PASSWORD = "Quay-2026-lamp"
NUMBER = 100


def address(number: int) -> str:
    """Of applicant n."""
    return f"applicant{number}@bench.example.com"


def main(number: int) -> None:
    """The accounts, with one hash for all, and the list of servers that the demo has for everybody."""
    django.setup()
    actions = importlib.import_module("icpportal.accounts.actions")  # models want the settings first
    hashed = make_password(PASSWORD)
    for each in range(number):
        user = actions.open_account(email=address(each), mobile=f"139{each + 77_000_000:08d}", password=None)
        user.password, user.language = hashed, "en"
        user.save(update_fields=["password", "language"])
    importlib.import_module("demo.seed.free_filings").servers()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER)
