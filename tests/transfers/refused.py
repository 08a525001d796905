"""Every refusal that a page of ours puts into words, caused once: the action, and the sentence shown."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filings.actions import end_access
from filings.models import Access, Person, Website
from icpportal.accounts.models import User
from icpportal.gateways.miit import fake
from icpportal.gateways.miit.types import PasswordAnswer
from tests.transfers import cancels, states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, sign_in, type_answers
from tests.transfers.desk import agree, photo_file
from tests.transfers.onfile import make_filed
from tests.transfers.outside import on_file, server
from tests.transfers.photo.views.test_backdrop import TYPED as ADDRESS
from transfers.cancellation import cause as for_cause
from transfers.models import CauseCancellation, Order
from verification.backdrops import actions as backdrops
from verification.models import Backdrop, ServiceCode
from verification.phones import uploads
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers


@dataclass
class World:
    """What a case may use: a client in one language, the provider's settings, servers and the ministry."""

    client: Client
    settings: Any
    servers: Any
    ministry: Any

    def post(self, name: str, *args: Any, **sent: Any) -> Any:
        return self.client.post(reverse(name, args=args), sent, follow=True)

    def get(self, name: str, *args: Any, **asked: Any) -> Any:
        return self.client.get(reverse(name, args=args), asked, follow=True)


CASES: dict[str, tuple[Callable[[World], Any], str]] = {}


def case(name: str, words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers how a refusal is caused, under the item of the issue it belongs to."""

    def register(act: Callable[..., Any]) -> Callable[..., Any]:
        assert name not in CASES
        CASES[name] = (act, words)
        return act

    return register


# --- 1. transfer another ----------------------------------------------------------------------


@case(
    "another: nothing is on file",
    "Nothing is on file in this account yet, so there is no subject whose details could be reused.",
)
def _nothing(world: World) -> Any:
    sign_in(world.client, make_user())
    return world.get("another")


IN_THE_WAY = {
    "draft": (states.TRANSFER, states.DRAFT, "Order %(ref)s is open: finish or abandon it first"),
    "with us": (
        states.TRANSFER,
        states.SUBMITTED,
        "Order %(ref)s is with our reviewers: wait for the answer, or withdraw it first",
    ),
    "photo with us": (
        states.TRANSFER,
        states.PHOTO_REVIEW,
        "Order %(ref)s is with our reviewers and cannot be withdrawn now: wait for the answer",
    ),
    "with the authority": (
        states.TRANSFER,
        states.AUTHORITY_REVIEW,
        "Order %(ref)s is with the authority and cannot be withdrawn: wait for the result",
    ),
    "cancelling begun": (
        states.CANCELLATION,
        states.DRAFT,
        "Order %(ref)s cancels a transfer and was not submitted yet: finish it, or keep the transfer",
    ),
    "cancelling cools": (
        states.CANCELLATION,
        states.COOLING_OFF,
        "Order %(ref)s cancels a transfer and can still be stopped: stop it, or wait for the result",
    ),
    "cancelling sent": (
        states.CANCELLATION,
        states.AUTHORITY_REVIEW,
        "Order %(ref)s cancels a transfer: wait for the result, then start again",
    ),
}


def _in_the_way(kind: str, state: str) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        first = make_filed(make_user(), with_papers=False)
        website = first.website if kind == states.CANCELLATION else None
        answers = {"type": type_answers(domain="first-example.com" if website else "open-example.com")}
        domain = "first-example.com" if website else "open-example.com"
        open_one = make_order(first.owner, kind=kind, state=state, answers=answers, domain=domain, website=website)
        Order.objects.filter(pk=open_one.pk).update(subject_key=first.subject_key, reference="WAYS-0000")
        sign_in(world.client, first.owner)
        return world.get("another-of", first.website.subject_id)

    return act


for _name, (_kind, _state, _words) in IN_THE_WAY.items():
    CASES[f"another: an order in the way, {_name}"] = (_in_the_way(_kind, _state), _words)


@case("another: the agreement is not ticked", "Tick the box for this person's consent, or leave the box above empty")
def _unticked(world: World) -> Any:
    on_file(world.ministry, "further-example.com")
    first = make_filed(make_user())
    sign_in(world.client, first.owner)
    page = reverse("another-of", args=[first.website.subject_id])
    outcome = world.client.post(page, {"domain": "further-example.com"})
    return world.client.post(f"{outcome['Location']}start/", {"again_lead_id": "on"})


# --- 2. cancel a transfer -----------------------------------------------------------------------


def site(world: World, *, others: int = 1) -> Website:
    """A website of a person who has just proved their identity."""
    owner = make_user(mobile=f"1391111{User.objects.count():04d}")
    website = cancels.make_website(owner, others=others)
    language = world.client.cookies["django_language"].value
    cancels.prove_again(world.client, owner)
    world.client.cookies["django_language"] = language
    return website


def begin(world: World) -> Order:
    website = site(world)
    cancels.begin(world.client, website)
    return cancels.order_of(website)


def with_code(world: World) -> Order:
    order = begin(world)
    cancels.send_code(world.client, order)
    cancels.enter_code(world.client, order)
    return order


@case("cancel: the access has ended", "There is nothing to cancel: this access has ended")
def _ended(world: World) -> Any:
    order = begin(world)
    end_access(order.website)
    return world.get("cancel-code", order.reference)


@case(
    "cancel: a contact was just changed",
    "The mobile number, address or password was just changed: you can cancel from %(time)s",
)
def _paused(world: World) -> Any:
    website = site(world)
    User.objects.filter(pk=website.owner_id).update(contact_changed_at=timezone.now())
    return world.get("cancel", website.pk)


@case("cancel: the last access", "We are the only known provider: transfer to another provider first")
def _last(world: World) -> Any:
    world.settings.CANCEL_REFUSE_LAST_ACCESS = True
    return world.get("cancel", site(world, others=0).pk)


@case("cancel: no mobile on file", "There is no mobile number on file to send a code to: call us")
def _no_mobile(world: World) -> Any:
    website = site(world)
    for person in Person.objects.all():
        person.mobile = ""
        person.save()
    return world.get("cancel", website.pk)


@case("cancel: no number on file", "We do not have the filing number of this website: call us")
def _no_number(world: World) -> Any:
    website = site(world)
    Website.objects.filter(pk=website.pk).update(site_number="")
    return world.get("cancel", website.pk)


@case("cancel: another order is open", "Order %(ref)s is open: finish it, then cancel")
def _blocked(world: World) -> Any:
    website = site(world)
    make_order(website.owner, state=states.SUBMITTED, domain=website.domain, reference="WAYS-0000")
    return world.get("cancel", website.pk)


@case("cancel: not understood", "Tick the box to show that you understand, then continue")
def _not_understood(world: World) -> Any:
    return world.post("cancel", site(world).pk)


@case("cancel: last access not known", "Tick the box to confirm, then continue")
def _not_known(world: World) -> Any:
    return world.post("cancel", site(world, others=0).pk, understood="on")


@case("cancel: a code too soon", "You can resend in %(n)s seconds")
def _too_soon(world: World) -> Any:
    world.settings.CODE_RESEND_SECONDS = 60
    order = begin(world)
    cancels.send_code(world.client, order)
    return cancels.send_code(world.client, order)


@case("cancel: too many codes", "Too many attempts. Try again after %(time)s")
def _too_many(world: World) -> Any:
    world.settings.CODE_RESEND_SECONDS = 0
    world.settings.LIMITS = {**world.settings.LIMITS, "code_destination_day": (0, 86400)}
    return cancels.send_code(world.client, begin(world))


@case("cancel: no six digits", "Enter the 6-digit code")
def _short(world: World) -> Any:
    return cancels.enter_code(world.client, begin(world), "12345")


@case("cancel: a wrong code", "The code is wrong. %(n)s attempts left")
def _wrong_code(world: World) -> Any:
    order = begin(world)
    cancels.send_code(world.client, order)
    return cancels.enter_code(world.client, order, "000000" if cancels.newest_code() != "000000" else "111111")


@case("cancel: no attempts left", "No attempts left: send a new code")
def _spent(world: World) -> Any:
    order = begin(world)
    cancels.send_code(world.client, order)
    wrong = "000000" if cancels.newest_code() != "000000" else "111111"
    return [cancels.enter_code(world.client, order, wrong) for _ in range(6)][-1]


@case("cancel: no code was sent, or it has expired", "The code has expired: send a new one")
def _expired(world: World) -> Any:
    return cancels.enter_code(world.client, begin(world), "123456")


@case("cancel: the proof is too old at the last press", "The code has expired: send a new one")
def _too_old(world: World) -> Any:
    order = with_code(world)
    cancels.enter_password(world.client, order)
    row = cancels.reload(order)
    row.answers["proof"]["until"] = timezone.now().isoformat()
    row.save()
    return world.post("cancel-confirm", order.reference)


@case("cancel: claimed elsewhere", "Another account has an open order for this domain or document: call us")
def _claimed(world: World) -> Any:
    order = with_code(world)
    cancels.enter_password(world.client, order)
    Order.objects.filter(pk=order.pk).update(claimed=False)
    make_order(state=states.SUBMITTED, domain=order.domain)
    return world.post("cancel-confirm", order.reference)


def _password(answer: PasswordAnswer, tries: int = 1) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        order = with_code(world)
        world.ministry.password_answer = fake.FakeAuthority.password_answer = answer
        return [cancels.enter_password(world.client, order, f"Wrong{n}") for n in range(tries)][-1]

    return act


case("cancel: a wrong password", "The filing password is wrong. %(n)s attempts left")(_password(PasswordAnswer.WRONG))
case("cancel: the last try", "One attempt left. If unsure, retrieve the password first")(
    _password(PasswordAnswer.WRONG, 4)
)
case("cancel: no attempt left", "The filing password is wrong. Checking is paused until %(time)s")(
    _password(PasswordAnswer.WRONG, 5)
)
case("cancel: paused", "Paused until %(time)s. Wait, or retrieve the password")(_password(PasswordAnswer.WRONG, 6))
case(
    "cancel: locked at the ministry",
    "The ministry has paused checks of this number. Wait, or retrieve the password",
)(_password(PasswordAnswer.LOCKED))
case("cancel: the number is not known", "This number is not known: check the province and the digits")(
    _password(PasswordAnswer.UNKNOWN_NUMBER)
)
case(
    "cancel: the ministry cannot tell",
    "The ministry's system did not respond. This attempt was not counted. Try again later",
)(_password(PasswordAnswer.CANNOT_TELL))


def desk(world: World, user: Any, name: str, **sent: Any) -> Any:
    cancels.prove(world.client, user)
    return world.post(f"admin:transfers_causecancellation_{name}", **sent)


def approving(world: World, row: CauseCancellation, lead: Any) -> Any:
    return cancels.press_answer(cancels.prove(world.client, lead), row, "allow_request")


def request_for_cause(world: World, by: Any = None) -> CauseCancellation:
    return for_cause.request_cancellation(site(world), cause="shell_site", words="x", actor=by or make_reviewer())


@case("for cause: who asked decides", "A second person must decide: not the one who made the request")
def _same_person(world: World) -> Any:
    lead = make_lead_reviewer()
    return approving(world, request_for_cause(world, lead), lead)


@case("for cause: the owner's other order is open", "The owner has another open order: finish it first")
def _owner_busy(world: World) -> Any:
    row = request_for_cause(world)
    make_order(row.website.owner, state=states.SUBMITTED, domain=row.website.domain)
    return approving(world, row, make_lead_reviewer())


@case("for cause: somebody else's order is open", "Another order is open for this domain or subject")
def _others_busy(world: World) -> Any:
    row = request_for_cause(world)
    make_order(state=states.SUBMITTED, domain=row.website.domain)
    return approving(world, row, make_lead_reviewer())


@case("for cause: no such website", "No website with this domain has both an access with us and an account")
def _no_site(world: World) -> Any:
    return desk(world, make_reviewer(), "add", domain="nobody-example.com", cause="shell_site", words="x")


@case("for cause: asked before", "A request for this website is already pending")
def _asked_before(world: World) -> Any:
    row = request_for_cause(world)
    return desk(world, make_reviewer(), "add", domain=row.website.domain, cause="shell_site", words="x")


@case("cancel: the authority refused", "The transfer stays as it is")
def _refused(world: World) -> Any:
    order = begin(world)
    Order.objects.filter(pk=order.pk).update(state=states.REFUSED, due_at=None)
    return world.get("order", order.reference)


@case(
    "cancel: no id of the access yet",
    "The authority has not given us its number for this access yet. We submit your request as "
    "soon as it does. You do not need to do anything",
)
def _waits(world: World) -> Any:
    order = with_code(world)
    cancels.enter_password(world.client, order)
    Access.objects.filter(own=True).update(ministry_id=None)
    return world.post("cancel-confirm", order.reference)


# --- 4. service codes ---------------------------------------------------------------------------

SOON = date.today() + timedelta(days=50)
SERVERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "not in the mainland": (
        {"mainland": False},
        "The server is not in mainland China, so it needs no filing and has no service codes",
        "The server must be in mainland China: choose another server",
    ),
    "pay-as-you-go": (
        {"billing": "payg", "ends_on": None},
        "Pay-as-you-go does not qualify: switch to subscription, then apply",
        "Pay-as-you-go does not qualify: switch to subscription, then try again",
    ),
    "expired": (
        {"ends_on": date.today()},
        "The server has expired: renew it, then apply",
        "The server has expired: renew it, then verify",
    ),
    "a short term": (
        {"ends_on": SOON},
        "The subscription is under 3 months: extend it, then apply",
        "The subscription is under 3 months: extend it, then verify",
    ),
    "no address": (
        {"public_ip": ""},
        "The server has no public IP: add bandwidth, then apply",
        "The server has no public IP: add bandwidth, then verify",
    ),
    "no code left": (
        {"codes_max": 0},
        "All %(max)s service codes of this server are used. Renewing gives no more: choose another server",
        "All service codes of this server are used: choose another server",
    ),
}


def owner_of(world: World, **changes: Any) -> User:
    user = make_user()
    world.servers[user.email] = [server(f"i-{user.pk}", **changes)]
    sign_in(world.client, user)
    return user


def code_of(user: User, slot: int = 1, **columns: Any) -> ServiceCode:
    return ServiceCode.objects.create(
        instance_id=f"i-{user.pk}", slot=slot, product="ecs", account=user.email, **columns
    )


def _applying(changes: dict[str, Any]) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        user = owner_of(world, **changes)
        return world.post("service-code-apply", instance=f"i-{user.pk}", slot=1)

    return act


def _picking(changes: dict[str, Any]) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        user = owner_of(world, **changes)
        order = make_order(user, steps=())
        sent = {"product_type": "ecs", "how": "instance", "instance": f"i-{user.pk}"}
        return world.post("step", order.reference, "service_code", **sent)

    return act


for _name, (_changes, _apply, _pick) in SERVERS.items():
    case(f"service code: applying, {_name}", _apply)(_applying(_changes))
    case(f"service code: picking, {_name}", _pick)(_picking(_changes))


@case("service code: the list is down", "The server list is unavailable: try again later")
def _down(world: World) -> Any:
    owner_of(world)
    world.settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"
    return world.get("service-codes")


@case(
    "service code: the slot went elsewhere", "A service code of this server was just used for an order. These are left"
)
def _changed(world: World) -> Any:
    user = owner_of(world)
    code_of(user, silent=True, state="bound", holder="OTHER")
    return world.post("service-code-apply", instance=f"i-{user.pk}", slot=1)


NOT_REVOKED: dict[str, tuple[dict[str, Any], str]] = {
    "used": (
        {"state": "used", "holder": "A", "used_for": "example.com"},
        "This service code is used by a website and cannot be revoked",
    ),
    "in an order": (
        {"state": "bound", "holder": "A"},
        "This service code is used in an order: abandon the order first, or keep the code",
    ),
    "handed over": (
        {"kept_by": "chen@example.com"},
        "This service code was handed over: only the other account can revoke it",
    ),
}


def _revoking(columns: dict[str, Any]) -> Callable[[World], Any]:
    return lambda world: world.post("service-code-revoke", code_of(owner_of(world), **columns).reference)


for _name, (_columns, _words) in NOT_REVOKED.items():
    case(f"service code: revoking one that is {_name}", _words)(_revoking(_columns))


def _handing(target: str = "", **columns: Any) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        user = owner_of(world)
        sent = {"target_account": target or user.email, "send": "1"}
        return world.post("service-code-hand-over", code_of(user, **columns).reference, **sent)

    return act


case("service code: handing it to oneself", "Enter another account's email")(_handing())
case("service code: handing it to nobody", "No such account: check the email")(_handing("nobody@example.com"))
case("service code: handing over one that is used", "Only a free code can be handed over")(
    _handing("chen@example.com", state="used", holder="A", used_for="example.com")
)


@case("service code: offered already", "This service code is offered to another account: take it back first")
def _offered(world: World) -> Any:
    user = owner_of(world)
    code = code_of(user)
    handovers.offer(code, user, make_user())
    return world.get("service-code-hand-over", code.reference)


@case("service code: accepting too late", "This service code is no longer free: it was used or revoked")
def _too_late(world: World) -> Any:
    user, taker = owner_of(world), make_user()
    code = code_of(user)
    offered = handovers.offer(code, user, taker)
    service_codes.bind(code.pk, "OTHER")
    sign_in(world.client, taker)
    return world.post("code-offer-answer", offered.reference, "accept")


@case("service code: accepting what was taken back", "Taken back. The code stays with the account that offered it")
def _taken_back(world: World) -> Any:
    user, taker = owner_of(world), make_user()
    offered = handovers.offer(code_of(user), user, taker)
    handovers.take_back(offered)
    sign_in(world.client, taker)
    return world.post("code-offer-answer", offered.reference, "accept")


TYPED: dict[str, tuple[dict[str, Any], str]] = {
    "used": (
        {"state": "used", "holder": "A", "used_for": "x.com"},
        "This code already belongs to another site: use another",
    ),
    "in an order": (
        {"state": "bound", "holder": "WAYS-0000"},
        "This code is in order %(ref)s: use another, or abandon that order",
    ),
    "handed over": ({"kept_by": "chen@example.com"}, "This code was handed to another account: use another"),
    "of another product": (
        {"product": "swas"},
        "The code was issued for another product of this server: use another",
    ),
    "revoked": (
        {"state": "revoked"},
        "This service code cannot be used: check it, or ask the server's owner for another one",
    ),
}


def typing(world: World, user: User, code: str) -> Any:
    order = make_order(user, steps=())
    sent = {"product_type": "ecs", "how": "code", "service_code": code}
    return world.post("step", order.reference, "service_code", **sent)


def _typing(columns: dict[str, Any]) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        user = owner_of(world)
        columns_ = {"instance_id": f"i-{user.pk}", "slot": 1, "product": "ecs", "account": user.email, **columns}
        return typing(world, user, str(ServiceCode.objects.create(**columns_).pk))

    return act


for _name, (_columns, _words) in TYPED.items():
    case(f"service code: typing one that is {_name}", _words)(_typing(_columns))


@case("service code: typing what is none", "A service code has 32 characters: paste the whole code and try again")
def _no_code(world: World) -> Any:
    return typing(world, owner_of(world), "123")


@case(
    "service code: the list is down while verifying",
    "The other system is busy. This attempt was not counted. Try again later",
)
def _busy(world: World) -> Any:
    user = owner_of(world)
    code = code_of(user)
    world.settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"
    return typing(world, user, str(code.pk))


# --- 5. withdraw, abandon, mend, resubmit, expire -------------------------------------------------


def moving(world: World, order: Order, move: str) -> Any:
    sign_in(world.client, order.owner)
    return world.post("order-move", order.reference, move, reason="other", words="")


@case("moves: the order has moved on", "The order has changed. This is its current state")
def _moved(world: World) -> Any:
    return moving(world, make_order(state=states.HANDING_OVER), "withdraw")


@case(
    "moves: another order is open",
    "You already have an open order for this domain or document. Finish or abandon it first",
)
def _taken(world: World) -> Any:
    order = make_order(state=states.WITHDRAWN)
    make_order(order.owner, domain=order.domain)
    return moving(world, order, "start_again")


@case("moves: the type has changed", "The filing type may have changed since: verify it once more")
def _type_changed(world: World) -> Any:
    order = make_order(state=states.EXPIRED, answers={"type": type_answers(domain="first-example.com")})
    make_filed(order.owner, with_papers=False)
    return moving(world, order, "start_again")


@case("moves: withdrawing without a reason", "Choose the %(label)s")
def _no_reason(world: World) -> Any:
    order = make_order(state=states.SUBMITTED)
    sign_in(world.client, order.owner)
    return world.post("order-move", order.reference, "withdraw")


@case(
    "moves: a lapsed order with something that has run out",
    "The phones were not verified. Something has expired since: change it, then resubmit",
)
def _run_out(world: World) -> Any:
    order = make_order(state=states.LAPSED, password_kept=False, password_digest="")
    sign_in(world.client, order.owner)
    return world.get("order", order.reference)


@case("moves: confirmed more than 30 days ago", "This was verified more than 30 days ago: verify it again")
def _stale(world: World) -> Any:
    order = make_order(code_confirmed_at=timezone.now() - timedelta(days=30))
    sign_in(world.client, order.owner)
    return world.get("step", order.reference, "subject")


# --- 6. pictures by phone and backdrops -------------------------------------------------------------


def scan_link(world: World) -> tuple[Order, str]:
    order = make_order(province="44", answers={"documents": {"way": "phone"}})
    token = uploads.make(holder=order.reference, purpose=uploads.PAPERS)
    return order, token


@case("by phone: the time is over", "The QR code has expired: refresh the page and scan again")
def _over(world: World) -> Any:
    _order, token = scan_link(world)
    uploads.PhoneUpload.objects.update(expires_at=timezone.now())
    return world.get("by-phone", token)


@case(
    "by phone: ended at the computer",
    "The QR code works for 10 minutes. Create a new one on the computer. Pictures you have sent are kept.",
)
def _ended_there(world: World) -> Any:
    order, token = scan_link(world)
    uploads.end(holder=order.reference)
    return world.get("by-phone", token)


@case("by phone: another phone has it", "This code is in use on another phone")
def _elsewhere(world: World) -> Any:
    _order, token = scan_link(world)
    uploads.open_by(token)
    return world.get("by-phone", token)


@case("by phone: the person has not agreed", "Tick the box to give consent, so that you can upload documents")
def _not_agreed(world: World) -> Any:
    _order, token = scan_link(world)
    world.get("by-phone", token)
    return world.client.post(f"{reverse('by-phone', args=[token])}?slot=lead_id&side=1", {"file": photo_file()})


@case("by phone: the file is too big", "Larger than %(max)s MB: make it smaller or take it again")
def _too_big(world: World) -> Any:
    order, token = scan_link(world)
    agree(order, "subject_id")
    world.get("by-phone", token)
    big = SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff" + b"\0" * (8 << 20), content_type="image/jpeg")
    return world.client.post(f"{reverse('by-phone', args=[token])}?slot=subject_id&side=1", {"file": big})


def _addressed(**changes: Any) -> Callable[[World], Any]:
    def act(world: World) -> Any:
        order = make_order()
        sign_in(world.client, order.owner)
        return world.post("backdrop", order.reference, **{**ADDRESS, **changes})

    return act


case("backdrop: abroad", "We post to mainland China only: enter an address there, in Chinese")(
    _addressed(ship_address="1 Example Road, Singapore")
)
case("backdrop: no door number", "Add the door number so that the parcel can be delivered")(
    _addressed(ship_address="示例路")
)
case("backdrop: no agreement", "Tick the box to agree, so that we can post it")(_addressed(ship_consent=""))


def parcel(world: World, **sent: Any) -> Any:
    order = make_order()
    sign_in(world.client, order.owner)
    world.post("backdrop", order.reference, **ADDRESS)
    backdrops.stock()
    sign_in(world.client, make_reviewer())
    made = Backdrop.objects.get(holder=order.reference)
    return world.post("admin:verification_backdrop_parcel", made.pk, move="post", courier="SF", tracking="1", **sent)


@case("backdrop: none in stock", "None is in stock: count them in first")
def _no_stock(world: World) -> Any:
    return parcel(world)


@case("backdrop: changed while it was packed", "The details have changed. Check them again, including the address")
def _repacked(world: World) -> Any:
    return parcel(world, seen="99")
