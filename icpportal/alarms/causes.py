"""Every cause of an alarm: its meaning and what to do; used by messages, the desk and docs/operations.md.

A key with a star stands for all causes of that form; the first matching row counts. `tests/icpportal/alarms/` checks
the document against this table and finds alarms without a row.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.fields.types import Words

DOCUMENT = "docs/operations.md"


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause, or all of one form."""

    key: str
    says: Words
    act: Words  # what a person must do
    counts_orders: bool = False  # its detail is a number of orders

    @property
    def anchor(self) -> str:
        """Its heading in the document."""
        return "alarm-" + re.sub(r"[^\w-]", "", self.key)

    @property
    def place(self) -> str:
        """A link to its section of the document."""
        return f"{DOCUMENT}#{self.anchor}"


GO_ON = _("Run “miit status”, correct what it names, restart, then run “miit go-on”.")
BY_ITSELF = _("Nothing at once: it goes on by itself. After an hour, run “miit status” and call the authority.")

CAUSES = (
    Cause(
        "portal.restored",
        _("This portal was restored from a backup: it sends nothing, and no clock moves an order."),
        _("Look at it, then run “restore --go”: docs/operations.md, Restore."),
    ),
    Cause(
        "ministry.stopped",
        _("The ministry refused our account: nothing is sent or fetched until a person lets it go on."),
        GO_ON,
    ),
    Cause(
        "ministry.sending_stopped",
        _("A code of the ministry stopped sending: reports wait, answers still come in. The detail is the code."),
        GO_ON,
    ),
    Cause(
        "ministry.fetching_stopped",
        _("A code of the ministry stopped fetching: no answer comes in. The detail is the code."),
        GO_ON,
    ),
    Cause(
        "ministry.sending_waits",
        _("The ministry takes no reports now, with the code in the detail. The portal tries again."),
        BY_ITSELF,
    ),
    Cause(
        "ministry.fetching_waits",
        _("The ministry hands out no answers now, with the code in the detail. The portal tries again."),
        BY_ITSELF,
    ),
    Cause(
        "ministry.download_damaged",
        _("A download does not arrive whole. Everything behind it waits."),
        _("Check MIIT_AES_KEY. If the file stays damaged, “miit confirm” gives it up: docs/ministry.md says when."),
    ),
    Cause(
        "ministry.download_parked",
        _("A download waits for a person: it was not understood, or is a notice or a task that asks for something."),
        _("“miit downloads” names each. Open “Downloads” at the review desk: it says what to do about each."),
    ),
    Cause(
        "ministry.code_missing",
        _("A report needs a code that the ministry's tables do not have. It waits."),
        _("“miit status” prints the line for MIIT_CODES. Add it and restart: the report then goes by itself."),
    ),
    Cause(
        "authority.review_late",
        _("The authority has not answered for longer than a review takes."),
        _("“miit queue --order” with the reference names the file: ask the authority about it."),
        counts_orders=True,
    ),
    Cause(
        "authority.report_unanswered",
        _("An earlier report of an order has no answer, so the next one waits."),
        _("Ask the authority. If no answer will come, “miit give-up” with the key lets the next report go."),
    ),
    Cause(
        "authority.answer_parked",
        _("An answer of the authority fits no order."),
        _("Open “Parked answers” at the review desk: docs/reports.md says how each is dealt with."),
    ),
    Cause(
        "authority.id_missing",
        _("A cancellation cannot go: the ministry's number of the access (Jrid) has not come."),
        _("Ask the authority to send the record (BASJ) of the website again. The cancellation then goes by itself."),
        counts_orders=True,
    ),
    Cause(
        "orders.held",
        _("A report is held because of a fault of ours. Its owner has nothing to do."),
        _("The case names code and advice: put it right, then use “Resubmit held orders”."),
        counts_orders=True,
    ),
    Cause(
        "orders.overdue",
        _("A deadline has passed and nothing has ended the order for ten minutes."),
        _("Check that beat runs (/healthz/deep) and that the ministry answers (“miit status”)."),
        counts_orders=True,
    ),
    Cause(
        "orders.standing",
        _("An order stands longer in a state than it should: an hour being submitted, or days in our review."),
        _("“reconcile” names each order. Being submitted: “miit status”. In review: a reviewer takes it."),
        counts_orders=True,
    ),
    Cause(
        "rights.corrections_overdue",
        _("Somebody asked for a correction of their data, and the promised day of the answer has passed."),
        _("A lead opens “Correction requests” at the review desk and answers what is overdue."),
    ),
    Cause(
        "report.place",
        _("Nobody knows where the server of an order stands, so its report waits."),
        _("Correct SERVER_PLACES or the server list: docs/inventory.md. The report then goes by itself."),
    ),
    Cause(
        "phones.silent",
        _("The ministry's register of phones does not answer, or refuses."),
        _("Nothing at once. After an hour, run “miit status” and call the authority."),
    ),
    Cause(
        "filing_number.unread:*",
        _("The ministry has a filing under a number of a form that the portal cannot read."),
        _("Report the form in the detail as a bug. Until it is added, applicants are told to call."),
    ),
    Cause(
        "inventory.product:*",
        _("A server has a product that the portal does not know, so its website cannot be filed."),
        _("Add the product to PROVIDER_PRODUCTS: docs/inventory.md. The alarm ends within the hour."),
    ),
    Cause(
        "inventory.place:*",
        _("A server stands in a place that the portal does not know, so its website cannot be filed."),
        _("Add the place to SERVER_PLACES: docs/inventory.md. The alarm ends within the hour."),
    ),
    Cause(
        "sms.few_entered",
        _("Many codes were texted to a range of numbers and few were entered: somebody may be pumping texts."),
        _("Look at the range in the log and block it at the supplier. If people do not get codes, ask the supplier."),
    ),
    Cause(
        "sms.text_budget_*_spent",
        _("The budget of text messages is spent: customers cannot ask for codes until the period ends."),
        _("Look for pumping first (sms.few_entered). If the demand is real, raise SMS_BUDGET_DAY or SMS_BUDGET_MONTH."),
    ),
    Cause(
        "sms.text_budget_*",
        _("Four fifths of the budget of text messages are used."),
        _("Compare with usual days. If the demand is real, raise SMS_BUDGET_DAY or SMS_BUDGET_MONTH in time."),
    ),
    Cause(
        "*.unknown",
        _("Nobody knows whether a message was sent: its supplier took it and gave no clear answer."),
        _("Open “Outgoing messages” at the review desk, look it up at the supplier, then resend it or stop it."),
    ),
    Cause(
        "audit.refused_often",
        _("One person of staff was refused again and again within an hour. The reference is the account."),
        _("Read the account's entries in the audit log and ask the person. If in doubt, close the account."),
    ),
    Cause(
        "storage.not_mounted",
        _("The volume of stored files is not mounted. Uploads are refused, and nothing is written to another disk."),
        _("Mount it where the detail says; nothing needs a restart. If the files were moved: docs/operations.md."),
    ),
    Cause(
        "files.round_late",
        _("The stored files have not been compared with their rows for seven days."),
        _("Check that the storage answers, then run “reconcile --all”."),
    ),
    Cause(
        "privacy.key_missing",
        _("Some rows were sealed with a key that PII_KEYS no longer has. They cannot be read."),
        _("Put the missing key back behind the current one in PII_KEYS and restart: docs/security.md."),
    ),
    Cause(
        "workdays.holidays_missing",
        _("The holidays of a year that begins within a month are not loaded: dates are shown as provisional."),
        _("Load the State Council's notice with “holidays load”, or update the package chinesecalendar."),
    ),
    Cause(
        "health.*",
        _("A check of /healthz/deep has been red for more than a minute. The cause names the check."),
        _("Open /healthz/deep. The table under “Watching” in docs/operations.md says for each check where to look."),
    ),
    Cause(
        "*.row_failed:*",
        _("One row or more cannot be processed. All others go on."),
        _("“Rows set aside” at the review desk names each with its error. Report a bug; the rows are tried again."),
    ),
    Cause(
        "*_failed",
        _("A part of a regular job fails each time. Its other parts go on."),
        _("Look for “part failed” in the log. Report a bug with the lines it shows."),
    ),
)
OTHERWISE = Cause(
    "*", _("Something needs a person."), _("Look for the cause in the log, from the time when the alarm was opened.")
)


def cause_of(key: str) -> Cause:
    """The row of an alarm's cause."""
    return next((row for row in CAUSES if fnmatchcase(key, row.key)), OTHERWISE)


def detail_words(key: str, detail: str) -> str:
    """The detail of an alarm for people."""
    if not (cause_of(key).counts_orders and detail.isdecimal()):
        return detail
    return ngettext("%(n)s order", "%(n)s orders", int(detail)) % {"n": detail}


def markdown() -> str:
    """The section of docs/operations.md, in the active language."""
    return "\n\n".join(f"### Alarm `{row.key}`\n\n{row.says}\n\n**What to do.** {row.act}" for row in CAUSES)
