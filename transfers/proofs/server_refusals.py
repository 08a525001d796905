"""Why a server cannot serve a filed website, and what to do about it: a row for each rule of the inventory."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from icpportal.fields.types import Words


@dataclass(frozen=True, slots=True)
class ServerRefusal:
    """What its owner reads about one rule that the server breaks."""

    verify: Words  # when an order is verified with it
    apply: Words  # when service codes of it are applied for; it keeps those it has


_CALL_ABOUT_PLACE = _("We do not know where this server is: call us")
_CALL_ABOUT_PRODUCT = _("We do not know the product of this server: call us")
# by the rules of `icpportal/gateways/inventory/eligibility.py`
SERVER_REFUSALS = {
    "instance_region": ServerRefusal(
        verify=_("The server must be in mainland China: choose another server"),
        apply=_("The server is not in mainland China, so it needs no filing and has no service codes"),
    ),
    "instance_payg": ServerRefusal(
        verify=_("Pay-as-you-go does not qualify: switch to subscription, then try again"),
        apply=_("Pay-as-you-go does not qualify: switch to subscription, then apply"),
    ),
    "instance_expired": ServerRefusal(
        verify=_("The server has expired: renew it, then verify"),
        apply=_("The server has expired: renew it, then apply"),
    ),
    "instance_term": ServerRefusal(
        verify=_("The subscription is under 3 months: extend it, then verify"),
        apply=_("The subscription is under 3 months: extend it, then apply"),
    ),
    "instance_no_ip": ServerRefusal(
        verify=_("The server has no public IP: add bandwidth, then verify"),
        apply=_("The server has no public IP: add bandwidth, then apply"),
    ),
    "instance_ipv6": ServerRefusal(
        verify=_("The authority accepts only IPv4, and the server has only IPv6: add an IPv4 address, then verify"),
        apply=_("The authority accepts only IPv4, and the server has only IPv6: add an IPv4 address, then apply"),
    ),
    "instance_place": ServerRefusal(verify=_CALL_ABOUT_PLACE, apply=_CALL_ABOUT_PLACE),
    "instance_product": ServerRefusal(verify=_CALL_ABOUT_PRODUCT, apply=_CALL_ABOUT_PRODUCT),
}
