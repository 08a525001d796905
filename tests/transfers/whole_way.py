"""A whole transfer and a whole cancellation as people make them, from the first page to the authority's answer."""

from typing import Any

from django.test import Client
from django.urls import reverse

from demo.ministry.api.client import SimulatorClient
from icpportal.codes.models import Allowance
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.outbox.delivery import deliver
from tests.transfers import cancels, states
from tests.transfers.builders import (
    administrator_answers,
    make_ready_document,
    make_reviewer,
    sign_in,
    subject_answers,
    website_answers,
)
from tests.transfers.desk import fill_papers, prove_phones
from tests.transfers.outside import as_sent, typed_type
from transfers.authority.results import pull
from transfers.models import Order, TypeCheck
from transfers.review import actions as review

DOMAIN, PASSWORD = "example.com", "Abc12345"


def ask_type(client: Client, owner: Any, **changes: str) -> TypeCheck:
    """Step 1; returns what the system decided."""
    sign_in(client, owner).post(reverse("verify-type"), typed_type(**changes))
    return TypeCheck.objects.filter(owner=owner).latest("created_at")


def begin(client: Client, check: TypeCheck) -> Order:
    """The button of the outcome page."""
    client.post(reverse("verify-type-start", args=[check.reference]))
    return Order.objects.get(owner=check.owner, domain=check.answers["domain"], state=states.DRAFT)


def type_code(client: Client, order: Order, code: str) -> Any:
    """Step 2 with a typed service code."""
    sent = {"product_type": "ecs", "how": "code", "service_code": code}
    return client.post(reverse("step", args=[order.reference, "service_code"]), sent)


def pick_server(client: Client, order: Order, instance: str = "i-example0001") -> Any:
    """Step 2 with one's own server."""
    sent = {"product_type": "ecs", "how": "instance", "instance": instance}
    return client.post(reverse("step", args=[order.reference, "service_code"]), sent)


def to_the_authority(client: Client, order: Order) -> Order:
    """Steps 3 to 7 and our review: password, people, website, papers, submit, accept, photo, accept, report."""
    pages = {
        "filing_password": {"filing_password": PASSWORD},
        "subject": as_sent(subject_answers()),
        "website": as_sent(website_answers(order.domain)),
        "administrator": as_sent(administrator_answers()),
    }
    for step, sent in pages.items():
        answer = client.post(reverse("step", args=[order.reference, step]), sent)
        assert answer.status_code == 302, (step, answer.context["form"].errors)
    order = reload(order)
    fill_papers(order)
    prove_phones(order)
    client.post(reverse("check", args=[order.reference]), {"declared": "on"})
    assert reload(order).state == states.SUBMITTED
    review.accept(reload(order), make_reviewer())
    make_ready_document(order, "photo")
    client.post(reverse("photo", args=[order.reference]), {"photo_way": "backdrop", "photo_confirm": "on"})
    assert reload(order).state == states.PHOTO_REVIEW
    review.accept_photo(reload(order), make_reviewer())
    round_trip()
    return reload(order)


def to_the_end(client: Client, ministry: SimulatorClient, order: Order, decision: str = "grant") -> Order:
    """Everything after step 2, and the authority's decision."""
    order = to_the_authority(client, order)
    decide(ministry, order, decision)
    return reload(order)


def cancel(client: Client, order: Order) -> Order:
    """The five pages of a cancellation and the last press; reported."""
    assert order.website is not None
    Allowance.objects.filter(name="code_resend").delete()  # a code was sent less than a minute ago
    ending = cancels.to_last_look(cancels.prove_again(client, order.owner), order.website)
    cancels.press(client, ending)
    round_trip()
    return reload(ending)


def round_trip() -> None:
    """Sends what is queued, and fetches the answers."""
    deliver()
    MinistryAuthority().send()
    pull()


def decide(ministry: SimulatorClient, order: Order, decision: str, **how: str) -> None:
    """A person at the authority decides."""
    waiting = [row for row in ministry.reports(stage="waiting") if row["domain"] == order.domain]
    ministry.decide(waiting[0]["key"], decision, **how)
    pull()


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)
