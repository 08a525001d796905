"""Service codes go to the accounts that had them: codes named an address, which may be somebody else's today.

Who offered a code, or picked its server for an order, had the address then. Without such a trace it is the account that
has the address, if that is older than the code. What is nobody's keeps the mark `left:` and waits for
`manage.py addresses give`. Can run twice.
"""

import logging
from typing import Any

from django.db import migrations

logger = logging.getLogger(__name__)
LEFT = "left:"


def bind_codes(apps: Any, _schema: Any) -> None:
    codes = apps.get_model("verification", "ServiceCode").objects
    keepers = codes.exclude(kept_by="")
    for code in keepers:
        _bind_keeper(apps, code)
    for account in set(codes.order_by().values_list("account", flat=True).distinct()):
        if not account.startswith(LEFT):
            _bind_account(apps, account)


def _bind_keeper(apps: Any, code: Any) -> None:
    """The account that accepted the code last, as the hand-over names it."""
    accepted = apps.get_model("verification", "CodeHandover").objects.filter(code=code, state="accepted")
    last = accepted.order_by("-ended_at", "-pk").select_related("taker").first()
    if last is not None and code.kept_by != last.taker.customer_name:
        type(code).objects.filter(pk=code.pk).update(kept_by=last.taker.customer_name)


def _bind_account(apps: Any, account: str) -> None:
    users = apps.get_model("accounts", "User").objects
    codes = apps.get_model("verification", "ServiceCode").objects.filter(account=account)
    traces = _traces(apps, codes)
    today = users.filter(customer_name=account).first()
    owner = users.get(pk=traces.pop()) if len(traces) == 1 else None
    if owner is not None and owner.customer_name != account:
        apps.get_model("accounts", "FormerAddress").objects.get_or_create(email=account, defaults={"user": owner})
        codes.update(account=owner.customer_name)
    elif owner is None:
        since = today.date_joined if today is not None else None
        lost = codes if since is None else codes.filter(issued_at__lt=since)
        number = lost.update(account=f"{LEFT}{account}"[:254])
        if number:
            logger.warning("service codes of an address that no known account had", extra={"number": number})


def _traces(apps: Any, codes: Any) -> set[Any]:
    """The accounts that offered one of these codes as their own, or picked its server for an order."""
    handovers = apps.get_model("verification", "CodeHandover").objects.filter(code__in=codes)
    taken = {(each.code_id, each.taker_id) for each in handovers if each.state == "accepted"}
    offered = {each.giver_id for each in handovers if (each.code_id, each.giver_id) not in taken}
    held = list(codes.filter(silent=True).exclude(holder="").values_list("holder", flat=True))
    orders = apps.get_model("transfers", "Order").objects.filter(reference__in=held)
    return offered | set(orders.values_list("owner_id", flat=True))


class Migration(migrations.Migration):
    dependencies = [
        ("icpportal", "0001_initial"),
        ("transfers", "0010_review_drafts"),
        ("verification", "0006_photo_places"),
        ("accounts", "0005_names_of_accounts"),
    ]

    operations = [migrations.RunPython(bind_codes, migrations.RunPython.noop)]
