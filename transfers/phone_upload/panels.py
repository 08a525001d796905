"""The panel that offers a phone on the pages that want pictures."""

from dataclasses import dataclass
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from icpportal.fields.components import Panel
from transfers.models import Order
from transfers.phone_upload.queries import purpose_of
from transfers.proofs import papers as known
from verification.models import PhoneUpload
from verification.phones import uploads


@dataclass(frozen=True, slots=True)
class PhoneOffer(Panel):
    """The link for a phone as a step draws it, and the code that is valid now."""

    template: ClassVar[str] = "transfers/documents/phone_upload_offer.html"
    link: PhoneUpload | None

    @property
    def is_connected(self) -> bool:
        return self.link is not None and self.link.is_connected

    @property
    def state_words(self) -> str | Promise:
        """The state of the code."""
        return _("1 phone connected") if self.is_connected else _("QR code waiting to be scanned")

    @property
    def end_label(self) -> str | Promise:
        """The label of the button that ends it."""
        return _("Disconnect the phone") if self.is_connected else _("Cancel the QR code")


def offers(order: Order) -> list[PhoneOffer]:
    """The offer of a phone, where this step may get its pictures from one."""
    purpose = purpose_of(order)
    if not purpose:
        return []
    has_link = known.may_have(order, known.HAS_LINK)
    return [PhoneOffer(uploads.current_link(holder=order.reference, purpose=purpose) if has_link else None)]
