"""A website in the register that its owner can cancel, and the owner's steps to do so."""

import time
from typing import Any

from django.test import Client
from django.urls import reverse

from filings.models import Access, Website
from icpportal.approvals import actions as approvals
from icpportal.approvals.models import ENDING
from icpportal.approvals.queries import open_request
from icpportal.outbox.models import Message
from tests.filings.filed import on_file
from tests.transfers import states
from tests.transfers.builders import administrator_answers, sign_in, subject_answers, type_answers
from transfers.models import CauseCancellation, Order

JRID = 900001
LEAD, ADMINISTRATOR = "13900000001", "13900000002"
_counter = iter(range(1, 10**6))


def make_website(owner: Any, *, domain: str = "example.com", jrid: int | None = JRID, others: int = 1) -> Website:
    """One approved access of the owner's, with an id of the authority and `others` further providers."""
    type_ = type_answers(domain=domain)
    pages = {"type": type_, "subject": subject_answers(), "administrator": administrator_answers()}
    _subject, website = on_file(owner, report=f"T7Q4-M2K{next(_counter)}.1", pages=pages, domain=domain)
    Access.objects.filter(website=website).update(ministry_id=jrid, ip="192.0.2.10")
    for number in range(others):
        Access.objects.create(website=website, own=False, provider=f"10000{number + 2}", ministry_id=910000 + number)
    return website


def prove_again(client: Client, user: Any) -> Client:
    """Signed in, in English, identity just proved again."""
    client.cookies["django_language"] = "en"
    return prove(client, user)


def prove(client: Client, user: Any) -> Client:
    sign_in(client, user)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def url(order: Order, page: str = "") -> str:
    return reverse(f"cancel-{page or 'consequences'}", args=[order.reference])


def begin(client: Client, website: Website, **ticks: str) -> Any:
    return client.post(reverse("cancel", args=[website.pk]), ticks or {"understood": "on"})


def order_of(website: Website) -> Order:
    return Order.objects.filter(website=website, kind=states.CANCELLATION).latest("created_at")


def newest_code() -> str:
    letter = Message.objects.filter(template="code_cancel").order_by("-created_at").first()
    assert letter is not None
    return letter.payload["context"]["code"]


def send_code(client: Client, order: Order, to: str = "administrator") -> Any:
    return client.post(url(order, "code"), {"to": to, "send": "1"})


def enter_code(client: Client, order: Order, code: str = "") -> Any:
    return client.post(url(order, "code"), {"code": code or newest_code()})


def enter_password(client: Client, order: Order, password: str = "Abc12345") -> Any:
    return client.post(url(order, "password"), {"filing_password": password})


def to_last_look(client: Client, website: Website) -> Order:
    """All steps before the red button."""
    begin(client, website)
    order = order_of(website)
    send_code(client, order)
    enter_code(client, order)
    enter_password(client, order)
    return order


def press(client: Client, order: Order) -> Any:
    return client.post(url(order, "confirm"))


def reload(order: Order) -> Order:
    return Order.objects.get(pk=order.pk)


def templates_of(order: Order) -> list[str]:
    found = Message.objects.filter(reference=order.reference).exclude(template="").values_list("template", flat=True)
    return sorted(set(found))


def approve(request: CauseCancellation, *, actor: Any) -> bool:
    """A second person allows a cancellation for cause; False if somebody was faster."""
    return _answer(approvals.allow, request, actor)


def decline(request: CauseCancellation, *, actor: Any) -> bool:
    return _answer(approvals.decline, request, actor)


def _answer(answer: Any, request: CauseCancellation, actor: Any) -> bool:
    asked = open_request(ENDING, request.pk)
    try:
        if asked:
            answer(asked, actor=actor)
    except approvals.RequestRefused:
        return False
    return asked is not None


def press_answer(client: Client, request: CauseCancellation, move: str, **typed: str) -> Any:
    """Presses a button of its page, with the form as it is."""
    asked = open_request(ENDING, request.pk)
    known = {"move": move, "request": str(asked.pk) if asked else ""}
    page = reverse("admin:transfers_causecancellation_change", args=[request.pk])
    return client.post(page, {**known, **typed}, follow=True)
