"""Work at the review desk beside orders: an objection, and a call."""

from demo.seed.accounts import ACCOUNTS
from icpportal.accounts.models import User
from transfers.calls import actions as calls
from transfers.models import Order
from transfers.orders import actions

OBJECTS = "该网站由我公司运营，未授权他人办理接入备案，请核实"
UNCLEAR = "手机号与原备案不一致，请核实"


def object_to(order: Order) -> None:
    """Another account objects to the order."""
    if other := _account("newcomer"):
        actions.object_to(owner=other, domain=order.domain, subject_key="", words=OBJECTS)


def ask_for_call(order: Order) -> None:
    """Requests a call to the website administrator."""
    if reviewer := _account("reviewer"):
        calls.ask(order, reviewer, role="administrator", about=UNCLEAR, part="administrator.admin_phone1")


def _account(key: str) -> User | None:
    email = next(account.email for account in ACCOUNTS if account.key == key)
    return User.objects.filter(email=email).first()
