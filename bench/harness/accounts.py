"""`python -m bench.harness.accounts [NUMBER]`: creates confirmed accounts in the portal of this environment.

Applicant n is applicantN@bench.example.com; the password of all is PASSWORD.
"""

import importlib
import sys

import django
from django.contrib.auth.hashers import make_password

PASSWORD = "Quay-2026-lamp"
NUMBER = 100


def address(number: int) -> str:
    """The address of applicant n."""
    return f"applicant{number}@bench.example.com"


def main(number: int) -> None:
    """Creates the accounts, with one hash for all, and the demo's server list for everybody."""
    django.setup()
    actions = importlib.import_module("icpportal.accounts.actions")  # models need the settings first
    hashed = make_password(PASSWORD)
    for each in range(number):
        user = actions.open_account(email=address(each), mobile=f"139{each + 77_000_000:08d}", password=None)
        user.password, user.language = hashed, "en"
        user.save(update_fields=["password", "language"])
    importlib.import_module("demo.seed.free_filings").servers()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER)
