"""Actions of accounts: sign up, prove an address or mobile, change them, set a new password.

Every proof is a `Pending` row with codes bound to it; see `icpportal.codes`. An unknown address and a taken one go
through the same pages with the same work: only the reader of that mailbox learns which it was.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urljoin

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from icpportal.accounts import roles
from icpportal.accounts.customers import leave
from icpportal.accounts.models import Pending, User
from icpportal.accounts.sessions import end_sessions
from icpportal.alarms import portions
from icpportal.codes import actions as codes
from icpportal.codes.models import Channel
from icpportal.codes.shares import Requester
from icpportal.fields.types import JsonObject, Words

Kind = Pending.Kind
PURPOSES = {
    Kind.SIGN_UP: "sign_up",
    Kind.FIRST_MOBILE: "sign_up",
    Kind.MOBILE: "mobile",
    Kind.EMAIL: "email",
    Kind.RESET: "reset",
    Kind.STEP_UP: "step_up",
}
CHANNELS = {Kind.FIRST_MOBILE: Channel.SMS, Kind.MOBILE: Channel.SMS}  # all others: email unless given


EMAIL, MOBILE, PASSWORD = _("email address"), _("mobile"), _("password")  # what was changed, for notices


class AddressInUse(Exception):
    """The address or mobile just proved belongs to another account."""


def open_account(
    *,
    email: str,
    password: str | None,
    mobile: str = "",
    language: str = settings.LANGUAGE_CODE,
    name: str = "",
    confirmed: bool = True,
    held_roles: Iterable[str] = (roles.APPLICANT,),
    now: datetime | None = None,
) -> User:
    """Creates an account without codes (demo, tests, staff); `confirmed` marks address and mobile as proved."""
    at = now or timezone.now()
    user = User(
        email=email,
        mobile=mobile,
        mobile_confirmed_at=at if mobile and confirmed else None,
        language=language,
        name=name,
    )
    user.set_password(password)
    with transaction.atomic():
        roles.save_with(user, *held_roles)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=confirmed)
    return user


def begin(
    kind: str,
    *,
    destination: str,
    language: str,
    user: User | None = None,
    channel: str = "",
    facts: JsonObject | None = None,
    now: datetime | None = None,
) -> Pending:
    """Records what is to be proved, replacing an earlier one of the same account and kind. Sends nothing yet."""
    if user is not None:
        Pending.objects.filter(user=user, kind=kind).delete()
    return Pending.objects.create(
        kind=kind,
        user=user,
        destination=destination,
        channel=channel or CHANNELS.get(Kind(kind), Channel.EMAIL),
        language=language,
        facts=facts or {},
        created_at=now or timezone.now(),
    )


def ask(
    kind: str,
    *,
    destination: str,
    language: str,
    client: str,
    user: User | None = None,
    facts: JsonObject | None = None,
    now: datetime | None = None,
) -> Pending:
    """`begin` and `send` in one transaction: when no code may be sent now, the earlier proof stays."""
    with transaction.atomic():
        pending = begin(kind, destination=destination, language=language, user=user, facts=facts, now=now)
        send(pending, client=client, now=now)
    return pending


def send(pending: Pending, *, client: str, now: datetime | None = None) -> None:
    """Queues a code for what is to be proved; raises `codes.refusals.NotSent`."""
    codes.issue(
        purpose=PURPOSES[Kind(pending.kind)],
        holder=pending.holder,
        to=codes.Destination(
            pending.destination, "sms" if pending.channel == Channel.SMS else "email", pending.language
        ),
        requester=Requester(
            client, str(pending.user_id or ""), is_staff=pending.user is not None and pending.user.is_staff
        ),
        now=now,
    )


def enter(pending: Pending, typed: str, *, now: datetime | None = None) -> codes.Verdict:
    """Judges the code that was typed for it."""
    return codes.enter(purpose=PURPOSES[Kind(pending.kind)], holder=pending.holder, typed=typed, now=now)


def pending_code_status(pending: Pending, *, now: datetime | None = None) -> codes.CodeStatus:
    """Attempts left and the wait before the next code, for the page."""
    return codes.status_of(purpose=PURPOSES[Kind(pending.kind)], holder=pending.holder, now=now)


def find(kind: str, *, user: User | None = None, pk: str = "", now: datetime | None = None) -> Pending | None:
    """The account's latest proof of this kind that is due, or the one that the session names."""
    rows = Pending.objects.filter(kind=kind, created_at__gt=(now or timezone.now()) - Pending.KEPT)
    if user is not None:
        return rows.filter(user=user).order_by("-created_at").first()
    return rows.filter(pk=pk).select_related("user").first() if pk else None


def begin_sign_up(
    *, email: str, mobile: str, digest: str, language: str, client: str, now: datetime | None = None
) -> Pending:
    """Records a sign-up and sends its code, whether or not the address is known.

    Consent is stored with version and time. `digest` is the password in its stored form.
    """
    at = now or timezone.now()
    facts = {
        "mobile": mobile,
        "password": digest,
        "terms_version": settings.TERMS_VERSION,
        "terms_agreed_at": at.isoformat(),
    }
    return ask(Kind.SIGN_UP, destination=email.lower(), language=language, client=client, facts=facts, now=at)


def finish_sign_up(pending: Pending) -> tuple[User, Pending]:
    """Creates the account of a proved address, and a proof for its mobile; raises `AddressInUse`."""
    facts = pending.facts
    user = User(
        email=pending.destination,
        password=facts["password"],
        language=pending.language,
        terms_version=facts["terms_version"],
        terms_agreed_at=datetime.fromisoformat(facts["terms_agreed_at"]),
    )
    try:
        with transaction.atomic():
            roles.save_with(user, roles.APPLICANT)
            EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
            mobile = begin(Kind.FIRST_MOBILE, destination=facts["mobile"], language=user.language, user=user)
            pending.delete()
    except IntegrityError as error:
        pending.delete()
        raise AddressInUse from error
    return user, mobile


def _account(pending: Pending) -> User:
    if pending.user is None:
        raise ValueError(f"{pending.kind} belongs to no account")
    return pending.user


def confirm_mobile(pending: Pending, *, now: datetime | None = None) -> None:
    """Gives the account the mobile just proved; raises `AddressInUse` when another account has it."""
    user = _account(pending)
    before = user.mobile if user.mobile_confirmed_at else ""
    user.mobile = pending.destination
    user.mobile_confirmed_at = now or timezone.now()
    changed_at = user.mobile_confirmed_at if before not in ("", user.mobile) else None
    try:
        with transaction.atomic():
            user.save(update_fields=["mobile", "mobile_confirmed_at"])
            pending.delete()
            if changed_at:
                note_change(user, changed_at)
                tell_changed(user, MOBILE)
                tell_changed(user, MOBILE, to=before, channel=Channel.SMS)
    except IntegrityError as error:
        pending.delete()
        raise AddressInUse from error


def confirm_email(pending: Pending) -> None:
    """Gives the account the address just proved; raises `AddressInUse` when another account has it."""
    user = _account(pending)
    before, user.email = user.email, pending.destination
    was_proved = EmailAddress.objects.filter(user=user, email=before, verified=True).exists()
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
            EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
            EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=CONFIRMED_ADDRESS)
            pending.delete()
            if before != user.email:
                note_change(user, timezone.now())
                tell_changed(user, EMAIL, to=before)
                if was_proved:
                    leave(user, before)
    except IntegrityError as error:
        pending.delete()
        raise AddressInUse from error


def note_change(user: User, at: datetime) -> None:
    """Records a change that a thief would make first; some actions then wait for a while (`CONTACT_CHANGED`)."""
    user.contact_changed_at = at
    user.save(update_fields=["contact_changed_at"])
    import_string(settings.CONTACT_CHANGED)(user, at)


CONFIRMED_ADDRESS = {"primary": True, "verified": True}


def begin_reset(*, email: str, language: str, client: str, now: datetime | None = None) -> Pending:
    """Sends a reset code to the address, whether or not an account has it."""
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    facts = {"account": str(user.pk) if user else ""}
    return ask(Kind.RESET, destination=email.lower(), language=language, client=client, facts=facts, now=now)


def account_to_reset(pending: Pending) -> User | None:
    """The account whose address was proved for a reset, if it still has that address."""
    account = pending.facts["account"]
    return User.objects.filter(pk=account, email=pending.destination, is_active=True).first() if account else None


def set_password(user: User, password: str, *, keep_session: str | None = None) -> None:
    """Sets a password; ends the account's other sessions and voids its pending proofs."""
    user.set_password(password)
    with transaction.atomic():
        user.save(update_fields=["password"])
        Pending.objects.filter(user=user).delete()
        end_sessions(user, keep=keep_session)
        tell_changed(user, PASSWORD)


def finish_reset(user: User, password: str) -> None:
    """Sets the password of somebody who proved the mailbox, which thereby counts as confirmed."""
    with transaction.atomic():
        set_password(user, password)
        note_change(user, timezone.now())
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults=CONFIRMED_ADDRESS)


def begin_step_up(user: User, *, channel: str, language: str, now: datetime | None = None) -> Pending:
    """Records that somebody must authenticate again, by a code to the confirmed mobile or address."""
    destination = user.mobile if channel == Channel.SMS else user.email
    return begin(Kind.STEP_UP, destination=destination, language=language, user=user, channel=channel, now=now)


def tell_changed(user: User, what: Words, *, to: str = "", channel: str = Channel.EMAIL) -> None:
    """Tells the account about a change: at its address, or where it could be reached before."""
    import_string(settings.MESSENGER)(
        key=f"account_changed:{uuid.uuid4()}",
        template="account_changed",
        channel=channel,
        to=to or user.email,
        language=user.language,
        context={"time": timezone.now(), "what": what, "url": urljoin(settings.PUBLIC_BASE_URL, reverse("account"))},
        user_id=user.pk,
    )


def tell_roles_changed(user: User, before: Iterable[str], after: Iterable[str]) -> None:
    """Tells the account which roles it held and holds now."""
    with override(user.language):
        held = {side: roles.in_words(sorted(names)) for side, names in (("before", before), ("after", after))}
        context = {side: names or gettext("no role") for side, names in held.items()}
    import_string(settings.MESSENGER)(
        key=f"role_changed:{uuid.uuid4()}",
        template="role_changed",
        channel=Channel.EMAIL,
        to=user.email,
        language=user.language,
        context={**context, "time": timezone.now(), "url": urljoin(settings.PUBLIC_BASE_URL, reverse("account"))},
        user_id=user.pk,
    )


def forget_old(*, now: datetime | None = None, dry_run: bool = False) -> int:
    """Deletes what was not proved within a day; returns how many rows."""
    rows = Pending.objects.filter(created_at__lte=(now or timezone.now()) - Pending.KEPT)
    return portions.delete(rows, dry_run=dry_run)
