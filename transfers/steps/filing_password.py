"""Step 3, the filing password (备案密码): asked of the ministry once, never kept as typed."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from filings.numbers import FilingNumber
from icpportal.entry.fields import PlainTextField
from icpportal.moments import short_words
from transfers import actions, queries, stages, standing
from transfers.refusals import busy
from transfers.steps.base import Step, StepForm
from verification import filing_passwords
from verification.filing_passwords import State


class FilingPasswordForm(StepForm):
    """The number, known from the filing, and the password."""

    step_key = stages.FILING_PASSWORD
    never_kept = ("filing_password",)

    filing_number = PlainTextField(
        label=_("Website filing number"),
        max_length=40,
        disabled=True,
        required=False,
        help_text=_("As the ministry told us for this domain"),
    )
    filing_password = forms.CharField(
        label=_("Filing password"),
        max_length=32,
        strip=False,
        help_text=_("Sent by the ministry when the site was approved. Case matters"),
        error_messages={
            "required": _("Enter the filing password"),
            "max_length": _("A filing password has at most 32 characters: check and enter again"),
        },
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "input-20"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["filing_number"] = self.order.site_number
        self.is_last_try = False

    def clean_filing_password(self) -> str:
        typed = self.cleaned_data["filing_password"].strip()
        if not typed.isascii() or not typed.isprintable():
            raise ValidationError(
                _("Type the password as the ministry sent it: letters and digits"), code="password_shape"
            )
        return typed


@sensitive_variables()
def ask(order: Any, form: FilingPasswordForm, request: HttpRequest) -> bool:
    """Ask the ministry; only a right password is counted as answered, and an outage is counted as nothing."""
    number = str(FilingNumber.parse(order.site_number).subject)
    outcome = filing_passwords.ask(
        number, form.cleaned_data["filing_password"], order_key=order.reference, account_key=str(order.owner.pk)
    )
    if outcome.state != State.RIGHT:
        form.is_last_try = outcome.state == State.WRONG and outcome.left == 1
        form.add_error(*_refusal(outcome))
        return False
    try:
        actions.keep_password(order, outcome.digest, number=order.site_number)
    except actions.Taken:
        form.taken = True
        form.add_error(
            None,
            ValidationError(
                _("An order is open elsewhere for this domain or document. Your entries stay: send us proof"),
                code="taken",
            ),
        )
        return False
    return True


def _refusal(outcome: filing_passwords.Outcome) -> tuple[str | None, ValidationError]:
    if outcome.state in (State.UNREACHABLE, State.BUSY):
        return None, UNANSWERED[outcome.state]()
    return "filing_password", REFUSALS[outcome.state](outcome)


def _wrong(outcome: filing_passwords.Outcome) -> ValidationError:
    if outcome.left == 1:
        return ValidationError(_("One try left. If unsure, get the password back first"), code="password_last")
    if outcome.left < 1:
        return ValidationError(
            _("The password is not right. Get it back from the ministry first"), code="password_wrong"
        )
    return ValidationError(
        _("The password is not right. %(n)s tries left"), code="password_wrong", params={"n": outcome.left}
    )


def _paused(outcome: filing_passwords.Outcome) -> ValidationError:
    until: datetime | None = outcome.until
    words = _("Paused until %(time)s. Wait, or get the password back") if until else LOCKED
    params = {"time": short_words(until)} if until else {}
    return ValidationError(words, code="password_paused", params=params)


LOCKED = _("The ministry takes no more tries for this number for now. Wait, or get the password back")
UNANSWERED = {
    State.UNREACHABLE: lambda: ValidationError(
        _("The ministry's system did not answer. Not counted. Try later"), code="ministry_down"
    ),
    State.BUSY: busy,
}
REFUSALS = {
    State.WRONG: _wrong,
    State.PAUSED: _paused,
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
    done=standing.password_stands,
    ask=ask,
    template="transfers/filing_password.html",
)
