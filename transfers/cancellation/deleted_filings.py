"""Whether the filing went off record with its access: then its number is valid no longer."""

from filings.authority_records import STRUCK_OFF
from filings.models import Access
from icpportal.gateways.miit.codes.processing_codes import filing_is_gone
from transfers.models import Order


def is_deleted(order: Order, codes: str) -> bool:
    """Whether these codes of the authority say so, or it struck the website of the order off of its own accord."""
    if filing_is_gone(codes):
        return True
    website = order.website
    is_over = website is not None and website.ended_at is not None
    return is_over and Access.objects.filter(website=website, own=True, ended_because=STRUCK_OFF).exists()
