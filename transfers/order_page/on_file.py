"""The website that an approved order brought, with all that the order's page shows of it, in one query."""

from django.db.models import OuterRef, Subquery

from filings import queries
from filings.models import Website
from icpportal.database.row_reads import read_once
from transfers.models import Order

ADDRESS = Subquery(queries.live_accesses().filter(website=OuterRef("pk")).exclude(ip=None).values("ip")[:1])
FILED = Website.objects.select_related("subject__lead", "administrator", "footer_check").annotate(our_address=ADDRESS)


def website_of(order: Order) -> Website | None:
    """The order's website; `our_address` is that of the server in its access with us."""
    if order.website_id is None:
        return None
    return read_once(order, "website on file", FILED.filter(pk=order.website_id).first)


def address_of(order: Order) -> str:
    """The address of the access as in the register; "" where it has none."""
    website = website_of(order)
    return getattr(website, "our_address", None) or ""


def record_of(order: Order, website: Website) -> dict[str, str]:
    """The owner's filing as the register has it now; another row holds it once this website has ended."""
    if website.ended_at is not None or website.domain != order.domain or website.owner_id != order.owner_id:
        subject_key = website.subject.subject_key
        return queries.record_of(subject_key=subject_key, domain=order.domain, owner=order.owner)
    if website.subject.owner_id != order.owner_id:
        return {}
    return {**queries.subject_values(website.subject), **queries.website_values(website)}
