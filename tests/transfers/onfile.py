"""A subject on file here: an approved order with its papers, and what the register took from it."""

from typing import Any

from django.test import Client
from django.urls import reverse

from filings.models import Subject
from filings.queries import subject_with
from icpportal.gateways.miit.types import Answer, AnswerKind
from tests.transfers import states
from tests.transfers.builders import make_order, sign_in, type_answers
from tests.transfers.desk import fill_papers
from transfers.authority import results as authority
from transfers.models import Order

FIRST, FURTHER = "first-example.com", "further-example.com"


def make_filed(
    owner: Any, *, domain: str = FIRST, with_papers: bool = True, kind: dict[str, Any] | None = None, **pages: Any
) -> Order:
    """An approved order of the sample organisation (or of `kind`), as in the register and the papers."""
    answers = {"type": type_answers(domain=domain, **(kind or {})), **pages}
    order = make_order(owner, state=states.AUTHORITY_REVIEW, domain=domain, answers=answers)
    if with_papers:
        fill_papers(order)
    authority.take_answer(
        Answer(
            id=f"a-{order.reference}",
            kind=AnswerKind.GRANTED,
            report_key=order.report_key,
            at=order.entered_at,
            subject_number=order.subject_number,
            site_number=order.site_number,
        )
    )
    order.refresh_from_db()
    return order


def subject_of(order: Order) -> Subject:
    found = subject_with(order.subject_key)
    assert found is not None
    return found


def page_of(order: Order) -> str:
    """The page to add another website of the order's subject."""
    return reverse("another-of", args=[subject_of(order).pk])


def ask(client: Client, order: Order, domain: str = FURTHER) -> Any:
    """Enters the domain of another website of this order's subject."""
    return sign_in(client, order.owner).post(page_of(order), {"domain": domain})


def begin(client: Client, order: Order, domain: str = FURTHER, **boxes: str) -> Order:
    """Verifies the type and begins the order, with these boxes ticked."""
    outcome = ask(client, order, domain)
    client.post(f"{outcome['Location']}start/", boxes)
    return Order.objects.get(owner=order.owner, domain=domain)


def papers(order: Order) -> dict[tuple[str, int], str]:
    """Slot and side → the order with which its picture came in."""
    rows = order.papers.filter(retired_at__isnull=True).select_related("document")
    return {(row.slot, row.side): row.document.holder for row in rows}
