"""`manage.py staff`: lists staff, invites and helps them from the server."""

import json

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils.translation import override

from icpportal.accounts import roles
from icpportal.accounts.models import User
from icpportal.approvals import actions as approvals
from icpportal.approvals import second_factor_resets, staff_accounts
from icpportal.approvals.models import KINDS, SECOND_FACTOR
from icpportal.approvals.queries import open_request
from icpportal.audit.refusals import SECOND_FACTOR as WRONG_CODE
from icpportal.audit.refusals import note_refusal

WAITS = 3  # exit code: a second person must allow it
ROLES = {
    "reviewer": roles.REVIEWER,
    "lead": roles.LEAD_REVIEWER,
    "auditor": roles.AUDITOR,
    "operations": roles.OPERATIONS,
}
ASKED = "A second person of operations must allow it at the review desk"


class Command(BaseCommand):
    help = (
        "add ADDRESS --role ROLE creates an account and mails an invitation; run again, it mails a new one. list shows "
        "all staff. reset-second-factor ADDRESS --by ADDRESS requests that a lost second factor be removed; run by "
        "another person of operations, it allows that. Exit codes: 0 done, 1 refused, 2 wrong arguments, 3 waits for a "
        "second person."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        add = what.add_parser("add")
        add.add_argument("address")
        add.add_argument("--role", action="append", required=True, choices=list(ROLES), help="may be given twice")
        add.add_argument("--name", default="", help="as colleagues see it")
        add.add_argument("--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES])
        add.add_argument(
            "--by", default="", help="who in operations adds it (address); leave out for the first accounts"
        )
        what.add_parser("list").add_argument("--json", action="store_true")
        reset = what.add_parser("reset-second-factor")
        reset.add_argument("address")
        reset.add_argument("--by", required=True, help="who in operations requests or allows it (address)")

    def handle(self, *, what: str, **options: str | list[str] | bool | int | None) -> None:
        with override("en"):
            if what == "list":
                self._list(as_json=bool(options["json"]))
            elif what == "add":
                self._add(**_texts(options), chosen=_chosen_roles(options))
            else:
                self._reset(**_texts(options))

    def _add(self, *, address: str, name: str, language: str, by: str, chosen: set[str]) -> None:
        try:
            validate_email(address)
            actor = _operations(by) if by else None
            outcome = staff_accounts.add(address, chosen, name=name, language=language, actor=actor)
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from None
        except staff_accounts.NotAdded as refused:
            raise CommandError(str(refused)) from None
        if outcome == staff_accounts.ASKED:
            self.stdout.write(f"Requested. {ASKED}. The invitation is mailed then.")
            raise SystemExit(WAITS)
        self.stdout.write(f"{outcome}: a link is mailed to {address} and is valid for three days")

    def _list(self, *, as_json: bool) -> None:
        found = staff_accounts.members()
        if as_json:
            self.stdout.write(json.dumps([_facts(each) for each in found], ensure_ascii=False))
            return
        for each in found:
            seen = f"{each.last_sign_in:%Y-%m-%d %H:%M}Z" if each.last_sign_in else "never"
            app = "second factor" if each.second_factor else "no second factor"
            held = ", ".join(each.roles) or "no role"
            self.stdout.write(f"{each.address} · {held} · {app} · last sign-in {seen} · {each.state}")
        if not found:
            self.stdout.write("No staff yet. Begin with: staff add ADDRESS --role operations")

    def _reset(self, *, address: str, by: str) -> None:
        actor, user = _operations(by), User.objects.filter(email=address.lower(), is_staff=True).first()
        if user is None:
            raise CommandError("No member of staff has this address.")
        try:
            asked = open_request(SECOND_FACTOR, user.pk)
            if asked is None:
                self._say(is_done=second_factor_resets.ask(user, actor=actor))
            elif asked.asked_by_id == actor.pk:
                self._say(is_done=False)
            else:
                _prove(actor)
                approvals.allow(asked, actor=actor)
                self._say(is_done=True)
        except approvals.RequestRefused as refused:
            raise CommandError(str(refused.words)) from None

    def _say(self, *, is_done: bool) -> None:
        if not is_done:
            self.stdout.write(f"Requested. {ASKED}, or with this command and --by with their own address.")
            raise SystemExit(WAITS)
        self.stdout.write("Reset: at the next sign-in an authenticator app is set up again.")


def _texts(options: dict[str, str | list[str] | bool | int | None]) -> dict[str, str]:
    """The arguments without those that Django adds to every command."""
    return {name: str(options[name]) for name in ("address", "name", "language", "by") if name in options}


def _chosen_roles(options: dict[str, str | list[str] | bool | int | None]) -> set[str]:
    named = options["role"]
    return {ROLES[each] for each in named} if isinstance(named, list) else set()


def _operations(address: str) -> User:
    user = User.objects.filter(email=address.lower(), is_active=True).first()
    if user is None or not user.has_perm(KINDS[SECOND_FACTOR].permission):
        raise CommandError("--by: nobody in operations has this address.")
    return user


def _prove(actor: User) -> None:
    """Authenticates the person who allows a colleague's request: one person at the server must not be both."""
    app = Authenticator.objects.filter(user=actor, type=Authenticator.Type.TOTP).first()
    if app is None:
        raise CommandError("Who allows it needs an authenticator app: allow it at the review desk.")
    try:
        code = input(f"Code from the app of {actor.email}: ").strip()
    except EOFError:
        raise CommandError("A code must be entered: run the command in a terminal.") from None
    if not TOTP(app).validate_code(code):
        note_refusal(actor, WRONG_CODE)
        raise CommandError("The code is wrong. Nothing was changed.")


def _facts(each: staff_accounts.Member) -> dict[str, str | list[str] | bool | None]:
    return {
        "address": each.address,
        "name": each.name,
        "roles": each.roles,
        "second_factor": each.second_factor,
        "last_sign_in": each.last_sign_in.isoformat() if each.last_sign_in else None,
        "state": each.state,
    }
