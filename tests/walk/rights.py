"""Who may do what at the desk: requests each address below /admin/ and each action as each role.

docs/rights.md holds the answers, a row each. The content of pages is not checked, so that all requests take seconds.
"""

import os
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from http import HTTPStatus
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.messages import get_messages
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from filings.models import LegacyClaim, LegacyClaimPaper
from icpportal.gateways.miit.models import InboxFile, UploadFile
from tests.transfers import states
from tests.transfers.builders import make_order
from tests.transfers.cancels import prove
from tests.walk import world
from transfers.models import Call, ListExport, Objection, Order, ReturnReason
from transfers.review.cases.buttons import ACTIONS
from verification.models import Backdrop, Document

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "rights.md"
STAFF = tuple(world.STAFF)
STRANGERS = (world.VISITOR, "newcomer", "owner")
READS, LEADS_ON, POSTS, NOT_THERE, NEVER = "reads", "leads on", "posts", "not there", "–"
REFUSED = (403, 405)
CASE, CLAIM_CASE = "transfers_order_case", "filings_legacyclaim_case"
ANSWERS = ("allow_request", "decline_request", "withdraw_request")
BUTTONS = {  # of pages that have several, besides a case
    "accounts_user_change": (*ANSWERS, "invite_again", "reset_second_factor"),
    "desk_call": ("show", "attempt", "return", "drop"),
    "desk_objection": ("show", "call", "preview", "close"),
    "desk_reason": ("save", "try", "ask", *ANSWERS),
    CLAIM_CASE: ("accept", "decline", *ANSWERS),
    "transfers_causecancellation_change": ANSWERS,
}
OF_A_CASE = (CASE, "transfers_order_return", "transfers_order_accept", "transfers_order_second", "transfers_order_more")
OWN, OWN_CLAIM = " of one's own order", " of one's own claim"
OF_ONES_OWN = {
    "You cannot review an order of your own",
    "You cannot decide your own claim: leave it to another reviewer",
}
# look-ups that no list declares
FORGED = ("pk__gt=0", "pk__regex=^a", "owner__password__startswith=a", "actor__email__startswith=a", "_to_field=email")
NOT_OFFERED = "No action selected."  # Django's answer to an action that a list does not offer
NOT_DJANGOS = {"transfers_order_changelist"}  # uses only its own query parameters


class Desk:
    """The portal as one role sees it; nothing it does is kept."""

    def __init__(self, made: world.World, role: str) -> None:
        self.client = Client()
        if role != world.VISITOR:
            prove(self.client, made.people[role])
        self.client.cookies["django_language"] = "en"
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, url: str, **typed: Any) -> HttpResponse:
        """The answer; its changes are rolled back."""
        self.client.cookies = SimpleCookie(self.cookies)
        taken_back = transaction.atomic()
        taken_back._from_testcase = True  # so that durable blocks may run inside it, as in any test
        with taken_back:
            answer: HttpResponse = getattr(self.client, method)(url, typed)
            transaction.set_rollback(True)
        return answer

    def may(self, url: str, **typed: Any) -> str:
        """Whether this role may read the page, and whether its press is accepted."""
        if typed:
            return _verdict(self.ask("post", url, **typed), POSTS)
        opened, sent = self.ask("get", url), self.ask("post", url)
        if opened.status_code == sent.status_code == HTTPStatus.FOUND:
            return LEADS_ON
        both = [_verdict(opened, LEADS_ON if opened.status_code == HTTPStatus.FOUND else READS), _verdict(sent, POSTS)]
        return ", ".join(dict.fromkeys(each for each in both if each != NEVER)) or NEVER


def _verdict(answer: HttpResponse, done: str) -> str:
    if answer.status_code == 404:
        return NOT_THERE
    if answer.status_code in REFUSED:
        return NEVER
    messages = [str(each) for each in get_messages(answer.wsgi_request)]  # type: ignore[attr-defined]
    return NEVER if {*OF_ONES_OWN, NOT_OFFERED} & set(messages) else done


# --- what can be asked ---


def addresses() -> Iterator[tuple[str, str]]:
    """Each address below /admin/ by its name, and its route."""
    for resolver in get_resolver("icpportal.urls").url_patterns:
        if getattr(resolver, "namespace", "") == "admin":
            yield from _of(resolver.url_patterns)


def _of(patterns: Any) -> Iterator[tuple[str, str]]:
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from _of(each.url_patterns)
        elif each.name:
            yield each.name, str(each.pattern)


def questions(made: world.World, role: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The document's rows for one role: the question, its address, and the form data (without: both methods)."""
    filled = partial(_arguments_of, order=world.of(made, states.SUBMITTED), rows=cache(_first))
    theirs = {state: world.of(made, state) for state in (states.SUBMITTED, states.PHOTO_REVIEW)}
    ours = {state: _own_order(made, role, state) for state in theirs}
    for name, route in addresses():
        yield name, reverse(f"admin:{name}", kwargs=filled(name, route)), {}
        for move in BUTTONS.get(name, ()):
            yield f"{name}: {move}", reverse(f"admin:{name}", kwargs=filled(name, route)), {"move": move}
        if name == CLAIM_CASE:
            own_claim = reverse(f"admin:{name}", args=[_own_claim(made, role).pk])
            yield name + OWN_CLAIM, own_claim, {}
            for move in BUTTONS[name]:
                yield f"{name}: {move}{OWN_CLAIM}", own_claim, {"move": move}
        if name in OF_A_CASE:
            yield name + OWN, reverse(f"admin:{name}", args=[ours[states.SUBMITTED].pk]), {}
    for name in ACTIONS:
        state = states.PHOTO_REVIEW if name.endswith("_photo") else states.SUBMITTED
        for order, whose in ((theirs[state], ""), (ours[state], OWN)):
            yield f"{CASE}: {name}{whose}", reverse(f"admin:{CASE}", args=[order.pk]), _press(order, name)
    for model, shown in admin.site._registry.items():
        opts = model._meta
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        for name in shown.actions or ():
            typed = {"action": name, "index": 0, "reason": "asked", "_selected_action": [_first(model)]}
            yield f"{opts.app_label}_{opts.model_name}: {name}", url, typed


def _press(order: Order, name: str) -> dict[str, Any]:
    return {"move": name, "seen": order.version, "words": "asked"}


def _own_order(made: world.World, role: str, state: str) -> Order:
    owner = made.people.get(role, made.people["owner"])
    domain = f"{role}-{state.replace('_', '-')}.cn"
    return Order.objects.filter(domain=domain).first() or make_order(owner=owner, state=state, domain=domain)


def _own_claim(made: world.World, role: str) -> LegacyClaim:
    """A submitted claim of the role's own, on the same old record as the claim used in the addresses."""
    owner, theirs = made.people.get(role, made.people["owner"]), _sent_claim()
    claim, _is_new = LegacyClaim.objects.get_or_create(
        owner=owner, record=theirs.record, defaults={"state": theirs.state}
    )
    return claim


def _sent_claim() -> LegacyClaim:
    """The world's, not one of the role's own."""
    return LegacyClaim.objects.filter(record__domain="sent-claim.cn").earliest("created_at")


def _first(model: Any) -> Any:
    found = model._base_manager.order_by("pk").values_list("pk", flat=True).first()
    return "0" if found is None else found


def _arguments_of(name: str, route: str, *, order: Order, rows: Callable[[Any], Any]) -> dict[str, Any]:
    """The arguments of an address; a new address with arguments must be added here."""
    if "<path:object_id>" in route and not route.startswith("r/"):
        model = next(
            each for each in admin.site._registry if name.startswith(f"{each._meta.app_label}_{each._meta.model_name}_")
        )
        return {"object_id": rows(model)}
    if "<" not in route:
        return {}
    if name in OF_A_CASE:
        return {"pk": order.pk}
    filled: dict[str, Any] = {
        "desk_call": lambda: {"pk": _first(Call)},
        "desk_reason": lambda: {"key": ReturnReason.objects.earliest("pk").key},
        "desk_objection": lambda: {"pk": _first(Objection)},
        "app_list": lambda: {"app_label": "transfers"},
        "view_on_site": lambda: {"content_type_id": 1, "object_id": 1},
        "desk_figures_csv": lambda: {"key": "people"},
        "desk_export_answer": lambda: {"pk": _first(ListExport)},
        "desk_export_file": lambda: {"pk": _first(ListExport)},
        "miit_uploadfile_content": lambda: {"pk": _first(UploadFile)},
        "miit_inboxfile_content": lambda: {"pk": _first(InboxFile)},
        "verification_backdrop_parcel": lambda: {"pk": _first(Backdrop)},
        CLAIM_CASE: lambda: {"pk": _sent_claim().pk},
        "filings_legacyclaim_paper": _paper,
    }
    return filled[name]()


def _paper() -> dict[str, Any]:
    claim = _sent_claim()
    picture = Document.objects.filter(state="ready").earliest("pk")
    paper, _is_new = LegacyClaimPaper.objects.get_or_create(claim=claim, defaults={"document": picture})
    return {"pk": claim.pk, "document": paper.document.reference}


# --- the document ---


def documented_rights() -> dict[str, dict[str, str]]:
    """The document's answers, by row and role."""
    rows = re.findall(r"^\| `([^|]+)` \|(.+)\|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    return {name: dict(zip(STAFF, (cell.strip() for cell in cells.split("|")), strict=True)) for name, cells in rows}


def write(found: dict[str, dict[str, str]]) -> None:
    """Replaces the document's rows with these."""
    lines = DOCUMENT.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("| `")]
    at = next(number for number, line in enumerate(kept) if line.startswith("|---")) + 1
    rows = [f"| `{name}` | {' | '.join(cells[role] for role in STAFF)} |" for name, cells in sorted(found.items())]
    DOCUMENT.write_text("\n".join([*kept[:at], *rows, *kept[at:]]) + "\n", "utf-8")


WRITES = os.environ.get("RIGHTS", "") == "write"
