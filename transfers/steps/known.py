"""Values that pages of an order need not ask for: from the account, the register, earlier orders or this one."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from filings.queries import administrator_of, person_page, subject_page, subjects_of
from icpportal.fields.domains import display_domain
from icpportal.fields.form_types import FieldValue, KnownValue
from icpportal.fields.phones import is_mobile
from icpportal.fields.types import Json, Words
from icpportal.privacy.crypto import Unreadable
from transfers.models import Order
from transfers.orders import queries
from transfers.orders.kinds import kind_of

ACCOUNT = _("From your account")
START_PAGE = _("From your answers on the start page")
REGISTER = _("From your filing: check it")
EARLIER = _("From your earlier order: check it")
THIS_ORDER = _("From this order")
START = "start"  # key in the answers of an order: the answers of the start page
SAME_PERSON = {True: "yes", False: "no"}
NEVER_AGAIN = ("admin_told", "remark", "site_remark", "post_same")  # true of one order only
Found = Mapping[str, KnownValue]


def of_subject(order: Order) -> Found:
    """Known values of the subject's page."""
    owner, region = order.owner, order.answer("type").get("region")
    mobile = owner.mobile if owner.mobile_confirmed_at else ""
    return {
        **_known_values({"lead_phone1": mobile, "lead_email": owner.email}, ACCOUNT),
        **_known_values({"post_region": region}, THIS_ORDER),
        **_earlier(order, "subject"),
        **_of_register(order),
    }


def of_website(order: Order) -> Found:
    """Known values of the website's page; other sites of the subject tell only the languages."""
    return {
        **_known_values({"home_url": f"https://www.{display_domain(order.domain)}/"}, THIS_ORDER),
        **_earlier(order, "website"),
    }


def of_administrator(order: Order) -> Found:
    """Known values of the administrator's page."""
    second = str(order.answer("subject").get("lead_phone2") or "")
    landline = "" if is_mobile(second) else second
    return {
        **_known_values({"admin_phone2": landline}, THIS_ORDER),
        **_earlier(order, "administrator"),
        **_administrator_of_register(order),
        **_known_values({"same_person": order.answer(START).get("administrator")}, START_PAGE),
    }


def _known_values(values: Mapping[str, FieldValue | Json], source: Words) -> dict[str, KnownValue]:
    """The values that are not empty."""
    return {
        name: KnownValue(_as_value(value), source)
        for name, value in values.items()
        if value not in (None, "", [], False)
    }


def _as_value(value: FieldValue | Json) -> FieldValue:
    if isinstance(value, str | int):
        return value
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def _earlier(order: Order, page: str) -> dict[str, KnownValue]:
    """The answers to this page in an earlier order of the subject; about the website, of the same domain."""
    before = queries.earlier_of(order)
    if before is None or (page == "website" and before.domain != order.domain):
        return {}
    try:
        answers = before.answer(page)
    except Unreadable:  # its key is gone: it is asked again
        return {}
    return _known_values({name: value for name, value in answers.items() if name not in NEVER_AGAIN}, EARLIER)


def _of_register(order: Order) -> dict[str, KnownValue]:
    """What is on file here about a subject of this account (继续接入)."""
    if not kind_of(order).subject_known:
        return {}
    subject = subjects_of(order.owner).filter(subject_key=order.subject_key).first()
    return _known_values(subject_page(subject), REGISTER) if subject else {}


def _administrator_of_register(order: Order) -> dict[str, KnownValue]:
    """The administrator of the subject's newest website here, and whether that is its lead."""
    if not kind_of(order).subject_known:
        return {}
    found = administrator_of(order.owner, order.subject_key)
    if found is None:
        return {}
    lead = order.answer("subject").get("lead_id_number")
    same = found.id_number == lead
    values = {"same_person": SAME_PERSON[same], **({} if same else person_page(found, "admin"))}
    return _known_values(values, REGISTER)
