"""Whose servers and service codes are whose: they belong to the account, whatever its address is today.

The provider's server list knows customers by their address. An account that changes its address keeps the servers
listed under the one it left; who gets that address later has neither these servers nor the codes, until operations
say that the provider, too, has given the address to somebody else (`manage.py addresses`).
"""

from django.db.models import Q

from icpportal.accounts.models import FormerAddress, User


def addresses(user: User) -> list[str]:
    """By which the provider's list is asked for this account; none while its only address was another account's."""
    left = FormerAddress.objects.filter(Q(user=user) | Q(email=user.email)).order_by("-left_at")
    whose = dict(left.values_list("email", "user_id"))
    own = [email for email, owner in whose.items() if owner == user.pk and email != user.email]
    return own if whose.get(user.email, user.pk) != user.pk else [user.email, *own]


def emails(customers: set[str]) -> dict[str, str]:
    """Today's address of each of these accounts."""
    return dict(User.objects.filter(customer_name__in=customers).values_list("customer_name", "email"))


def leave(user: User, address: str) -> None:
    """The account changes its address; the first that leaves one keeps what is listed under it."""
    FormerAddress.objects.get_or_create(email=address.lower(), defaults={"user": user})
