"""The course of a transfer and what to prepare, under the present rules."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from transfers.pages.rules_summary import RulesToday


@dataclass(frozen=True, slots=True)
class Way:
    """The steps from the first page to the approval, with needs, deadlines and who helps."""

    title: str
    steps: list[str]
    papers: list[str]
    deadlines: list[str]
    when_to_call: str


def way_of(today: RulesToday) -> Way:
    """The course of a transfer for the help page."""
    asks_password = today.asks_password
    return Way(
        title=_("The process in seven steps") if asks_password else _("The process in six steps"),
        steps=_steps(today),
        papers=_papers(asks_password=asks_password),
        deadlines=[
            _("All deadlines on these pages are in Beijing time (UTC+8). What counts is when we receive your answer."),
            _(
                "Phone verification has the shortest deadline. If you miss it, the order is returned to you complete, "
                "and you can resubmit it unchanged."
            ),
        ],
        when_to_call=_(
            "When an order has been at one stage with us for more than three working days, when a phone number on the "
            "filing no longer works, or when a page gave you a number to quote."
        ),
    )


def _steps(today: RulesToday) -> list[str]:
    password = _("Enter the filing password. We check it with the ministry and never store the password itself.")
    return [
        _("Verify the type: we look up who files, and which domain."),
        _("Verify your server: enter a service code or choose a server from your list."),
        *([password] if today.asks_password else []),
        _("Fill in the people and the website exactly as in your existing filing."),
        _(
            "Upload the documents and the signed statement, check your answers, submit. "
            "We review within one working day."
        ),
        _("After our review: the photo of the website administrator."),
        _phones(today),
    ]


def _phones(today: RulesToday) -> str:
    if today.phones_everywhere is None:
        return _(
            "If your province requires it, verify the phones in time. The authority then decides, usually "
            "within 3 to 20 working days."
        )
    return _(
        "The website administrator verifies the phone within %(hours)s hours. The authority then decides, usually "
        "within 3 to 20 working days."
    ) % {"hours": today.phones_everywhere.hours}


def _papers(*, asks_password: bool) -> list[str]:
    password = _(
        "The filing number and its filing password. Forgotten the password? Retrieve it on the ministry's own site."
    )
    return [
        *([password] if asks_password else []),
        _("The ID documents of the subject lead and of the website administrator, as originals."),
        _("For an organisation: its licence and its seal."),
        _("The mobile numbers on your existing filing. The ministry texts those numbers, not the ones entered here."),
    ]
