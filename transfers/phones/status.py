"""The cards of the phone verification, one for each person: whose phone, the number on file, what is known."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.fields.types import Words
from icpportal.privacy.masks import mask_mobile, mask_name
from transfers.models import Order, PhoneCheck
from transfers.notifications.texted_mobiles import BACK_OF_PERMIT, enters_back, person_of, phones_of
from transfers.orders.people import ROLES

WRONG_ALLOWED = 5


NOT_TOLD = _(
    "We are not told the number on the filing. You entered %(typed)s: "
    "if the filing has another number, the code goes to that one."
)
NOT_YET_TOLD = _(
    "The ministry has not told us the number on the filing yet. You entered %(typed)s: "
    "if the filing has another number, the code goes to that one."
)
DIFFERS = _("This is the number on the filing; you entered %(typed)s. The code goes to the number on the filing.")


@dataclass(frozen=True, slots=True)
class CodeStatus:
    """What is known about a code: when, its icon, and a remark."""

    words: Words
    at: datetime | None = None
    icon: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class PhoneCard:
    """One person of the phone verification."""

    check: PhoneCheck
    role: Words
    name: str
    mobile: str  # the number on file, masked; "" when unknown
    typed: str
    differs: bool
    left: int  # attempts left
    number_note: Words  # what is special about the document number to enter

    @property
    def number(self) -> Words:
        """The number that got the text, as far as we know."""
        return self.mobile or _("the number on the filing")

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.check.is_done

    @property
    def done(self) -> str:
        """The same, as the page marks it."""
        return "yes" if self.is_done else "no"

    def known(self, *, is_open: bool) -> CodeStatus:
        """What is known about this person's code."""
        check = self.check
        if check.confirmed_at:
            return CodeStatus(_("Confirmed"), check.confirmed_at, "check")
        if check.stated_at:
            return CodeStatus(_("You told us that you entered the code"), check.stated_at, "check")
        if not is_open:
            return CodeStatus(_("No confirmation has reached us"))
        if not check.sent_at:
            return CodeStatus(_("Waiting for the text message"))
        left = ngettext("%(n)s attempt left", "%(n)s attempts left", self.left) % {"n": self.left}
        return CodeStatus(_("Text sent"), check.sent_at, more=f" · {left}" if check.wrong else "")

    def warnings(self, *, is_told: bool) -> list[str]:
        """Which number to enter, and when the typed one may not be texted; `is_told` if we may still learn it."""
        unknown = NOT_YET_TOLD if is_told else NOT_TOLD
        warning = DIFFERS if self.differs else "" if self.mobile else unknown
        warnings = [str(warning) % {"typed": self.typed}] if warning else []
        return [*warnings, *([str(self.number_note).strip()] if self.number_note and not self.is_done else [])]


def cards(order: Order) -> list[PhoneCard]:
    """One card a person."""
    found = []
    for check in phones_of(order):
        person = person_of(order, check.role)
        typed = mask_mobile(person.mobile)
        found.append(
            PhoneCard(
                check=check,
                role=ROLES[check.role],
                name=mask_name(person.name),
                mobile=check.mobile_masked,
                typed=typed,
                differs=bool(check.mobile_masked) and check.mobile_masked != typed,
                left=max(WRONG_ALLOWED - check.wrong, 0),
                number_note=BACK_OF_PERMIT if enters_back(order, person) else "",
            )
        )
    return found
