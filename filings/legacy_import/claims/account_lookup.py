"""Finds a forgotten old account (找回备案账号) by a domain on its filing and a text to the mobile on it.

Only the holder of that mobile learns whether the domain is on the old platform: a code is always made, with the same
work, and sent only where there is somebody to send it to. Every wrong entry gets the same answer.
"""

from filings.legacy_import.dump.columns import MOBILE
from filings.models import LegacyAccount, LegacyRecord
from icpportal.accounts.models import User
from icpportal.codes import actions as codes
from icpportal.codes import limits
from icpportal.codes.refusals import NotSent
from icpportal.codes.shares import Requester
from icpportal.fields.domains import display_domain
from icpportal.outbox.wake import DELIVER_CODES, wake_worker
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.crypto import Unreadable

PURPOSE = "find_account"
PEOPLE = (("subject", "lead_phone1"), ("administrator", "admin_phone1"))


def send(owner: User, domain: str, *, client: str = "") -> None:
    """Texts a code to the mobile on this domain's filing, if there is one; does not reveal whether there is."""
    mobile = _filed_mobile(_record(domain))
    nobody = f"nobody:{domain}"
    # a small share of the mobile's hourly limit, so that lookups cannot use up its owner's other codes
    heard = limits.consume("import_find_mobile", mobile or nobody).ok and bool(mobile)
    try:
        codes.issue(
            purpose=PURPOSE,
            holder=_holder(owner, domain),
            to=codes.Destination(mobile if heard else nobody, "sms", owner.language),
            requester=Requester(client, str(owner.pk)),
            context={"domain": display_domain(domain)},
            silent=not heard,
        )
        if not heard:
            wake_worker(DELIVER_CODES)  # wakes the worker as a real text does: the same response time
    except NotSent:  # only a filed mobile can be over its limit: saying so would reveal it
        return


def enter(owner: User, domain: str, typed: str) -> LegacyAccount | None:
    """Returns the old account to the person who typed the code sent about this domain; a code works once."""
    verdict = codes.enter(purpose=PURPOSE, holder=_holder(owner, domain), typed=typed)
    record = _record(domain) if verdict.state == "right" else None
    return record.account if record is not None else None


def _holder(owner: User, domain: str) -> str:
    return f"{owner.pk}:{blind_index('find account', domain)[:32]}"


def _record(domain: str) -> LegacyRecord | None:
    return LegacyRecord.objects.filter(domain=domain, account__isnull=False).select_related("account").first()


def _filed_mobile(record: LegacyRecord | None) -> str:
    """The lead's mobile, else the administrator's; "" when the filing has none."""
    try:
        pages = record.details if record is not None else {}
    except Unreadable:
        return ""
    found = (str(pages.get(page, {}).get(name, "")) for page, name in PEOPLE)
    return next((mobile for mobile in found if MOBILE.fullmatch(mobile)), "")
