"""The demo's accounts: one for each role, all with the same invented password."""

from dataclasses import dataclass

from django.db.models import Q

from icpportal.accounts import roles
from icpportal.accounts.actions import open_account
from icpportal.accounts.models import User

PASSWORD = "demo-Beian-2026"  # noqa: S105 -- the demo's, printed at its start


@dataclass(frozen=True)
class DemoAccount:
    """An account and its purpose."""

    key: str
    email: str
    mobile: str
    name: str
    held_roles: tuple[str, ...]
    words: str


ACCOUNTS = (
    DemoAccount(
        "applicant", "lin@example.com", "13900000001", "", (roles.APPLICANT,), "applicant with orders in every state"
    ),
    DemoAccount("newcomer", "zhao@example.com", "13900000004", "", (roles.APPLICANT,), "applicant who has nothing yet"),
    DemoAccount("reviewer", "reviewer@example.com", "13900000005", "审核员一", (roles.REVIEWER,), "reviewer: /admin/"),
    DemoAccount(
        "colleague", "reviewer2@example.com", "13900000010", "审核员二", (roles.REVIEWER,), "reviewer, a colleague"
    ),
    DemoAccount(
        "lead", "lead@example.com", "13900000006", "审核主管", (roles.LEAD_REVIEWER,), "lead reviewer: /admin/"
    ),
    DemoAccount(
        "lead2",
        "lead2@example.com",
        "13900000011",
        "审核主管二",
        (roles.LEAD_REVIEWER,),
        "lead reviewer, the second one",
    ),
    DemoAccount("auditor", "auditor@example.com", "13900000007", "审计员", (roles.AUDITOR,), "auditor: /admin/"),
    DemoAccount("operations", "ops@example.com", "13900000008", "运维一", (roles.OPERATIONS,), "operations: /admin/"),
    DemoAccount(
        "second", "ops2@example.com", "13900000009", "运维二", (roles.OPERATIONS,), "operations, the second person"
    ),
)


def open_accounts() -> dict[str, User]:
    """Opens the accounts, by key; existing ones stay unchanged."""
    return {account.key: _open(account) for account in ACCOUNTS}


def _open(account: DemoAccount) -> User:
    known = _known(account)
    if known is not None:
        return known
    return open_account(
        email=account.email,
        password=PASSWORD,
        mobile=account.mobile,
        name=account.name,
        held_roles=account.held_roles,
    )


def _known(account: DemoAccount) -> User | None:
    """The account from an earlier start, also if who tries the demo has changed its address or its mobile."""
    of_address = Q(email=account.email) | Q(former_addresses__email=account.email)
    return User.objects.filter(of_address).first() or User.objects.with_mobile(account.mobile).first()
