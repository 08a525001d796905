"""The pages that exist, who sees each, where a walk begins, and which of our addresses are no pages.

An address that neither a role nor `NO_PAGE` names fails the walk, and so does one that its role does not reach.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.test import RequestFactory
from django.urls import get_resolver, reverse

from icpportal.accounts.models import User
from tests.transfers import states
from tests.walk.world import HALFWAY, STAFF, VISITOR, World, hand_over
from transfers.models import Objection, TypeCheck
from verification.phones import uploads

HEALTH = "for machines: tests/icpportal/operations/test_health.py"
FETCHED = "a part of a page, fetched by its script: "
NO_PAGE = {
    "alive": HEALTH,
    "ready": HEALTH,
    "deep-health": HEALTH,
    "metrics": "for machines, behind a token: tests/icpportal/operations/monitoring/test_metrics.py",
    "favicon": "for machines: tests/icpportal/accounts/test_staff_host.py",
    "robots": "for machines: tests/icpportal/pages/test_public.py",
    "demo-authority": "leads to the simulated ministry, another host: tests/demo/ministry",
    "admin:autocomplete": "answers in JSON; no field asks: tests/icpportal/test_declared_lookups.py",
    "admin:jsi18n": "a script",
    "admin:login": "leads to our sign-in: tests/icpportal/accounts/test_guards.py",
    "admin:password_change": "leads to the account's own page: tests/icpportal/accounts/test_security.py",
    "admin:password_change_done": "Django's, reached by nobody: the page before it is the account's own",
    "admin:view_on_site": "Django's, no row has such an address",
    "admin:miit_uploadfile_content": "asked for with a purpose: tests/icpportal/gateways/miit/test_admin.py",
    "admin:miit_inboxfile_content": "asked for with a purpose: tests/icpportal/gateways/miit/test_admin.py",
    "admin:filings_legacyclaim_paper": "a picture: tests/filings/legacy_import/test_admin.py",
    "admin:desk_export_answer": "a press of a second person: tests/transfers/review/exports/test_exports.py",
    "admin:desk_export_file": "a file: tests/transfers/review/exports/test_exports.py",
    "admin:desk_figures_csv": "a file: tests/transfers/review/figures/test_page.py",
    "data-closed": "once, after an account is closed: tests/transfers/rights/test_closed_page.py",
    "data-export-file": "a file: tests/transfers/rights/test_export.py",
    "claim-paper": "a picture: tests/filings/legacy_import/views/test_claims.py",
    "slot-fragment": f"{FETCHED}tests/transfers/documents/views/test_pages.py",
    "page-draft": f"{FETCHED}tests/transfers/steps/views/test_drafts.py",
    "page-draft-drop": "leads back to its page: tests/transfers/steps/views/test_drafts.py",
    "account_logout": "leads on: tests/icpportal/accounts/test_sign_in.py",
}

EVERYBODY = "visitor newcomer unconfirmed stranger owner reviewer lead auditor operations"
WITH_ACCOUNT = EVERYBODY.removeprefix("visitor ")
CONFIRMED = WITH_ACCOUNT.replace("unconfirmed ", "")
# who sees which page; for the review desk's lists the permissions decide
SEEN_BY = {
    EVERYBODY: "start help privacy rules rules-province demo-messages demo-photo-app terms",
    "visitor": "account_login account_signup account_reset_password account_inactive consent-asked phone-link"
    " account_invitation account_reset_code account_reset_new account_sign_up_code",
    HALFWAY: "mfa_authenticate",
    "visitor newcomer": "by-phone",
    "unconfirmed": "account_confirm",
    WITH_ACCOUNT.replace("lead ", ""): "account_reauthenticate account_step_up",  # the lead has an app
    WITH_ACCOUNT: "account account_change_password account_language message-settings mfa_index notifications"
    " usersessions_list",
    CONFIRMED: "another claim dashboard demo-old-platform import import-find import-reset service-codes verify-type",
    "newcomer owner reviewer lead": "your-data data-close data-consents data-corrections data-export data-looks",
    "owner": "data-consent-withdraw"
    " account_email account_email_code account_mobile account_mobile_code"
    " answer-file mfa_activate_totp another-of backdrop cancel cancel-code"
    " cancel-confirm cancel-consequences check claim-page code-offer deadline-file document documents filing"
    " gates-passed hand-off hand-off-code hand-off-panel import-page import-report notification objection"
    " order order-move order-type people phones phones-lost photo photo-place photo-place-slip"
    " administrator-consent"
    " prove-phone receipt region-options sent service-code service-code-apply service-code-hand-over"
    " service-code-revoke slot statement step taken verify-type-outcome",
    # where the rules require the filing password: until 2020
    "owner of seed-2018": "cancel-password password-forgotten",
    "stranger": "code-offer notification objection-page service-code",
    " ".join(STAFF): "admin:index admin:registers",
    "auditor operations": "admin:app_list",
    "reviewer lead operations": "admin:transfers_order_changelist",
    "reviewer lead": "document admin:desk_call admin:desk_calls admin:desk_objection admin:desk_objections"
    " admin:desk_figures admin:desk_settings admin:desk_reason admin:desk_reasons admin:transfers_order_case"
    " admin:filings_legacyclaim_case admin:transfers_order_accept admin:transfers_order_more"
    " admin:transfers_order_return admin:transfers_order_second admin:verification_backdrop_parcel",
    "lead": "admin:desk_export admin:desk_reason_new mfa_deactivate_totp mfa_generate_recovery_codes mfa_reauthenticate"
    " mfa_view_recovery_codes",
}
# reached by pressing a button; only the walk that presses everything meets them
PRESSED_BY = {
    "owner": "call-slot code-offer-answer duty-done footer-check hand-off-end hand-off-make import-again import-run"
    " notifications-read photo-place-text set_language set_theme verify-type-start",
    "reviewer": "admin:logout admin:transfers_order_next admin:transfers_order_search",
}
OTHER_SESSION = "needs another session: tests/icpportal/accounts/test_sessions.py"
NOT_PRESSED = {"usersessions_end": OTHER_SESSION, "usersessions_end_others": OTHER_SESSION}
FRAGMENTS = ("hand-off-panel", "region-options")  # parts of a page, without a heading of their own


def names() -> set[str]:
    """The names of all our addresses."""
    return set(_names(get_resolver("icpportal.urls").url_patterns))


def _names(patterns: Any, space: str = "") -> Iterator[str]:
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from _names(each.url_patterns, f"{space}{each.namespace}:" if each.namespace else space)
        elif each.name:
            yield space + each.name


# --- who sees what ---


def of(role: str, profile: str = "") -> set[str]:
    """The pages that this role reaches under these rules (without: under any), except for the desk's lists."""
    found: set[str] = set()
    for who, listed in SEEN_BY.items():
        roles, _of, only = who.partition(" of ")
        if role in roles.split() and (not only or profile in ("", only)):
            found |= set(listed.split())
    return found


def pages_by_button(role: str) -> set[str]:
    """The pages that this role reaches only by buttons."""
    return set(PRESSED_BY.get(role, "").split())


def on_the_desk(user: User | None = None) -> set[str]:
    """The desk's lists, rows and forms that Django's permissions open; without a user all of them."""
    request = RequestFactory().get("/admin/")
    found: set[str] = set()
    for model, shown in admin.site._registry.items():
        of_model = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        if user is None:
            found |= {f"{of_model}_{what}" for what in (*_of_rows(shown), "add", "delete")}
            continue
        request.user = user
        if shown.has_view_or_change_permission(request):
            found |= {f"{of_model}_{what}" for what in _of_rows(shown)}
        found |= {f"{of_model}_add"} if shown.has_add_permission(request) else set()
        found |= {f"{of_model}_delete"} if shown.has_delete_permission(request) else set()
    return found - INSTEAD


def _of_rows(shown: Any) -> tuple[str, ...]:
    """The pages of read-only rows; rows that nobody changes here have no history."""
    return ("changelist", "change", "history") if shown.has_history else ("changelist", "change")


# replaced by a case
INSTEAD = {
    f"admin:{model}_{page}"
    for model in (
        *("transfers_order", "transfers_objection", "transfers_returnreason"),
        *("filings_legacyclaim", "verification_backdrop"),
    )
    for page in ("change", "history")
}
INSTEAD |= {"admin:verification_backdropstock_changelist"}  # its one row


# --- where a walk begins ---

ALONE = ("region-options", "demo-photo-app", "terms")
OF_VISITORS = (
    *("account_inactive", "account_reset_password", "account_reset_code", "account_reset_new"),
    "account_sign_up_code",
)
BY_LINK = ("phone-link", "consent-asked", "account_invitation")  # in a text or a mail
OF_ACCOUNTS = (
    *("account_email", "account_mobile", "account_confirm", "mfa_activate_totp", "account_step_up"),
    *("account_reauthenticate", "account_email_code", "account_mobile_code"),
)
PHONES = {VISITOR: uploads.PAPERS, "newcomer": uploads.PHOTO}  # a phone keeps the one page that was handed to it
OF_TRANSFERS = (
    *("order-type", "gates-passed", "taken", "password-forgotten", "people", "documents", "check", "photo"),
    *("photo-place", "photo-place-slip", "phones", "phones-lost", "backdrop"),
)
OF_CANCELLATIONS = ["cancel-consequences", "cancel-code", "cancel-password", "cancel-confirm"]


def where(made: World, role: str, *, typed: bool) -> list[str]:
    """The addresses where this role's walk begins: the first page, and with `typed` those that no page links to."""
    if not typed:
        return ["/admin/", "/"] if role in STAFF else ["/", "/filings/"]
    hand_over(made)
    alone = [reverse(name) for name in ALONE]
    phone = [reverse("by-phone", args=[made.tokens[PHONES[role]]])] if role in PHONES else []
    if role == VISITOR:
        links = [reverse(name, args=[made.tokens[name]]) for name in BY_LINK]
        return ["/", *alone, *phone, *links, invitation_over(), *(reverse(name) for name in OF_VISITORS)]
    if role == HALFWAY:
        return [reverse("mfa_authenticate")]
    account = [reverse(name) for name in OF_ACCOUNTS]
    if role in STAFF:
        return ["/admin/", "/", *alone, *account, *_cases(made), *_of_the_desk(role)]
    if role == "owner":
        return ["/", "/filings/", *alone, *account, *_of_orders(made), *_of_checks(made)]
    theirs = Objection.objects.filter(owner=made.people[role]).values_list("reference", flat=True)
    objections = [reverse("objection-page", args=[reference]) for reference in theirs]
    return ["/", "/filings/", *alone, *account, *phone, *objections]


def invitation_over() -> str:
    """A link of an invitation that has ended."""
    return reverse("account_invitation", args=["over"])


def _cases(made: World) -> Iterator[str]:
    for order in made.orders:
        for page in ("case", "accept", "return", "second"):
            yield reverse(f"admin:transfers_order_{page}", args=[order.pk])


def _of_the_desk(role: str) -> list[str]:
    """The pages of the desk that are no register."""
    return [reverse(name) for name in ("admin:desk_figures",) if name in of(role)]


def _of_orders(made: World) -> Iterator[str]:
    """Every page of an order, whether or not it redirects in the order's state."""
    for order in made.orders:
        if order.kind == states.CANCELLATION:
            listed = OF_CANCELLATIONS
        elif order.kind == states.TRANSFER:
            listed = OF_TRANSFERS
        else:
            continue
        yield from (reverse(name, args=[order.reference]) for name in listed)
    for token, order in ((made.tokens["papers"], made.papers_by_phone), (made.tokens["photo"], made.photo_by_phone)):
        for name in ("hand-off", "hand-off-panel", "hand-off-code"):
            yield reverse(name, args=[order.reference, token])


def _of_checks(made: World) -> Iterator[str]:
    for check in TypeCheck.objects.filter(owner=made.people["owner"]):
        yield reverse("verify-type-outcome", args=[check.reference])
        yield reverse("objection", args=[check.reference])
