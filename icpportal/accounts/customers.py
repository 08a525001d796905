"""Which servers and service codes belong to an account, whatever its address is today.

The provider's server list knows customers by address. An account that changes its address keeps the servers listed
under the old one; whoever gets that address later has neither those servers nor the codes, until operations say that
the provider, too, has given the address to somebody else (`manage.py addresses`).
"""

from django.db.models import CharField, Q, UUIDField

from icpportal.accounts.models import FormerAddress, User
from icpportal.database.prepared import CompiledQuery

LEFT = CompiledQuery(
    lambda user, email: FormerAddress.objects.filter(Q(user=user) | Q(email=email)).order_by("-left_at"),
    user=UUIDField(),
    email=CharField(),
)


def addresses(user: User) -> list[str]:
    """The addresses under which the provider lists this account; empty if its only one was another account's."""
    whose = {row.email: row.user_id for row in LEFT.all(user=user.pk, email=user.email)}
    own = [email for email, owner in whose.items() if owner == user.pk and email != user.email]
    return own if whose.get(user.email, user.pk) != user.pk else [user.email, *own]


def emails(customers: set[str]) -> dict[str, str]:
    """The present address of each of these accounts."""
    return dict(User.objects.filter(customer_name__in=customers).values_list("customer_name", "email"))


def account_of_customer(customer: str) -> User | None:
    """The open account of this customer; None when it was closed, or never had one."""
    return User.objects.filter(customer_name=customer, is_active=True).first()


def leave(user: User, address: str) -> None:
    """The account gives up its address; the first account to leave it keeps what is listed under it."""
    FormerAddress.objects.get_or_create(email=address.lower(), defaults={"user": user})
