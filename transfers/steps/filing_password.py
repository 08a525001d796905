"""Step 3, the filing password (备案密码): checked with the ministry once, never stored as typed."""

import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import TypedDict, Unpack
from urllib.parse import urljoin

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from filings.queries import owners_of_number, owns_number
from filings.register.numbers import FilingNumber
from icpportal.fields.components import Link, Notice
from icpportal.fields.fields import PlainTextField
from icpportal.fields.form_types import Files, Posted
from icpportal.fields.text import strip_copied
from icpportal.outbox.actions import Letter, notify_all
from icpportal.privacy.blind_index import blind_index
from icpportal.time_format import long_words, to_beijing
from transfers.models import Order
from transfers.orders import actions, queries
from transfers.pages import stages
from transfers.pages.service_errors import busy
from transfers.proofs import freshness
from transfers.steps.base import Step, StepForm, StepOptions
from verification import filing_passwords
from verification.filing_passwords import State

STILL_PAUSED = Notice(
    "problem",
    _("Checking of this filing password is paused until %(time)s"),
    (_("It opens again by itself. Everything else in the draft is kept. Retrieve the password in the meantime."),),
)
VERIFIED = Notice("done", _("The filing password is verified"), (_("You do not need to enter it again."),))
LAST_TRY = Notice(
    "problem",
    _("Stop here and retrieve the password first"),
    (_("After one more wrong attempt, checking pauses for a while."),),
)


class FilingPasswordField(forms.CharField):
    """The password in half-width letters, without what was pasted around it."""

    def to_python(self, value: str | None) -> str:
        return unicodedata.normalize("NFKC", strip_copied(super().to_python(value) or ""))


class FilingPasswordForm(StepForm):
    """The number, known from the filing, and the password."""

    step_key = stages.FILING_PASSWORD
    never_kept = ("filing_password",)
    one_shot = ("is_last_try", "taken")
    taken = False  # set when another account has an open order: the page links to the objection

    filing_number = PlainTextField(
        label=_("Website filing number"),
        max_length=40,
        disabled=True,
        required=False,
        help_text=_("The ministry's record for this domain"),
    )
    filing_password = FilingPasswordField(
        label=_("Filing password"),
        max_length=32,
        help_text=_("The ministry sent it when the website was approved. It is case-sensitive"),
        error_messages={
            "required": _("Enter the filing password"),
            "max_length": _("A filing password has at most 32 characters: check it and enter it again"),
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "input-20"}),
    )

    def __init__(self, data: Posted | None = None, files: Files | None = None, **options: Unpack[StepOptions]) -> None:
        super().__init__(data, files, **options)
        self.initial["filing_number"] = self.order.site_number
        self.is_last_try = False

    @cached_property
    def paused_until(self) -> datetime | None:
        """Until when the form is closed; read last by the page, so that an attempt just made counts."""
        return filing_passwords.paused_until(**_about(self.order))

    @property
    def notices(self) -> list[Notice]:
        """That the password is verified, that checking is paused, or that the next wrong attempt pauses it."""
        return [*self._verified(), *self._warnings()]

    def _verified(self) -> list[Notice]:
        if self.is_locked or not freshness.is_password_fresh(self.order):
            return []
        return [replace(VERIFIED, link=Link(_("Continue"), stages.next_url(self.order, stages.FILING_PASSWORD)))]

    def _warnings(self) -> list[Notice]:
        if self.paused_until and not self.errors:  # the summary of errors says it already
            return [replace(STILL_PAUSED, title=str(STILL_PAUSED.title) % {"time": long_words(self.paused_until)})]
        return [LAST_TRY] if self.is_last_try else []

    def clean_filing_password(self) -> str:
        typed: str = self.cleaned_data["filing_password"]
        if not typed.isascii() or not typed.isprintable():
            raise ValidationError(
                _("Type the password as the ministry sent it: letters and digits"), code="password_shape"
            )
        return typed


@sensitive_variables()
def ask(order: Order, form: FilingPasswordForm, request: HttpRequest) -> bool:
    """Asks the ministry; only a correct password counts as answered, and an outage counts as nothing."""
    outcome = filing_passwords.ask(password=form.cleaned_data["filing_password"], **_about(order))
    if outcome.state != State.RIGHT:
        if outcome.state == State.WRONG:
            _tell_owner(order)
        form.is_last_try = outcome.state == State.WRONG and outcome.left == 1
        form.add_error(*_refusal(outcome))
        return False
    try:
        actions.keep_password(order, outcome.digest, number=order.site_number)
    except actions.AlreadyOrdered:
        form.taken = True
        form.add_error(
            None,
            ValidationError(
                _(
                    "Another account has an open order for this domain or document. Your answers are kept. Send "
                    "us proof"
                ),
                code="taken",
            ),
        )
        return False
    return True


class About(TypedDict):
    """The number whose password it is, and who tries."""

    number: str
    order_key: str
    account_key: str
    is_owner: bool


def _number(order: Order) -> str:
    return str(FilingNumber.parse(order.site_number).subject)


def _about(order: Order) -> About:
    number = _number(order)
    return {
        "number": number,
        "order_key": order.reference,
        "account_key": str(order.owner_id),
        "is_owner": owns_number(order.owner_id, number),
    }


def _tell_owner(order: Order) -> None:
    """Tells the filing's owner that another account entered a wrong password, at most once a day."""
    number, now = _number(order), timezone.now()
    occasion = f"filing_password_tried:{blind_index('filing number', number)[:16]}:{to_beijing(now):%Y-%m-%d}"
    notify_all(
        Letter(
            key=f"{occasion}:{owner.pk}:{channel}",
            template="filing_password_tried",
            channel=channel,
            to=to,
            language=owner.language,
            context={
                "number": number,
                "time": now,
                "url": urljoin(settings.PUBLIC_BASE_URL, reverse("dashboard")),
            },
            user_id=owner.pk,
        )
        for owner in owners_of_number(number).exclude(pk=order.owner_id)
        for channel, to in (("sms", owner.mobile), ("email", owner.email), ("site", str(owner.pk)))
        if to
    )


def _refusal(outcome: filing_passwords.Outcome) -> tuple[str | None, ValidationError]:
    if outcome.state in (State.UNREACHABLE, State.BUSY):
        return None, UNANSWERED[outcome.state]()
    if outcome.until is not None:  # the form is closed: there is no field for the error
        return None, _pause_error(outcome, outcome.until)
    return "filing_password", REFUSALS[outcome.state](outcome)


def _wrong(outcome: filing_passwords.Outcome) -> ValidationError:
    if outcome.left == 1:
        return ValidationError(_("One attempt left. If unsure, retrieve the password first"), code="password_last")
    return ValidationError(
        _("The filing password is wrong. %(n)s attempts left"), code="password_wrong", params={"n": outcome.left}
    )


def _pause_error(outcome: filing_passwords.Outcome, until: datetime) -> ValidationError:
    words = LAST_WRONG if outcome.state == State.WRONG else PAUSED
    return ValidationError(words, code="password_paused", params={"time": long_words(until)})


LAST_WRONG = _("The filing password is wrong. Checking is paused until %(time)s")
PAUSED = _("Paused until %(time)s. Wait, or retrieve the password")
LOCKED = _("The ministry has paused checks of this number. Wait, or retrieve the password")
UNANSWERED = {
    State.UNREACHABLE: lambda: ValidationError(
        _("The ministry's system did not respond. This attempt was not counted. Try again later"), code="ministry_down"
    ),
    State.BUSY: busy,
}
REFUSALS = {
    State.WRONG: _wrong,
    State.LOCKED: lambda outcome: ValidationError(LOCKED, code="password_locked"),
    State.UNKNOWN_NUMBER: lambda outcome: ValidationError(
        _("This number is not known: check the province and the digits"), code="number_unknown"
    ),
}

FILING_PASSWORD = Step(
    stages.FILING_PASSWORD,
    _("Verify the filing password"),
    FilingPasswordForm,
    stages.FILING_PASSWORD,
    gate=True,
    when=lambda order: queries.rules_of(order).asks_password,
    done=freshness.is_password_fresh,
    ask=ask,
    template="transfers/steps/filing_password.html",
)
