"""Every cause of an alarm: its meaning and what to do; used by messages, the desk and docs/operations.md.

A key with a star stands for all causes of that form; the first matching row counts. `tests/icpportal/alarms/` checks
the document against this table and finds alarms without a row.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from icpportal.alarms.detail_words import in_readers_language
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
BY_ITSELF = _("Nothing yet: it resumes by itself. If it lasts an hour, run “miit status” and call the authority.")

CAUSES = (
    Cause(
        "portal.restored",
        _("Restored from a backup: until this portal is released, it sends nothing and no deadline takes effect."),
        _("Check it, then run “restore --go”: docs/operations.md, Restore."),
    ),
    Cause(
        "ministry.stopped",
        _("The ministry refused our account. Nothing is sent or fetched until somebody resumes it."),
        GO_ON,
    ),
    Cause(
        "ministry.sending_stopped",
        _("A return code from the ministry stopped sending. Answers still arrive. The detail is the code."),
        GO_ON,
    ),
    Cause(
        "ministry.fetching_stopped",
        _("A return code from the ministry stopped fetching. No answers arrive. The detail is the code."),
        GO_ON,
    ),
    Cause(
        "ministry.sending_waits",
        _("The ministry is not accepting reports at present; the detail is its code. The portal keeps trying."),
        BY_ITSELF,
    ),
    Cause(
        "ministry.fetching_waits",
        _("The ministry is not delivering answers at present; the detail is its code. The portal keeps trying."),
        BY_ITSELF,
    ),
    Cause(
        "ministry.download_damaged",
        _("A download from the ministry arrives damaged. Everything queued behind it waits."),
        _("Check MIIT_AES_KEY. If the file stays damaged, “miit confirm” skips it: docs/ministry.md says when."),
    ),
    Cause(
        "ministry.download_parked",
        _("Somebody must read a download: the portal did not understand it, or it is a notice or a task."),
        _("“miit downloads” lists them. “Downloads” at the review desk says what to do about each."),
    ),
    Cause(
        "ministry.code_missing",
        _("A report waits, because the ministry's tables lack a code that it needs."),
        _("“miit status” prints the line for MIIT_CODES. Add it and restart. The report is then sent by itself."),
    ),
    Cause(
        "authority.review_late",
        _("The authority has not answered for longer than a review usually takes."),
        _("“miit queue --order” with the reference shows the file number: ask the authority about it."),
        counts_orders=True,
    ),
    Cause(
        "authority.report_unanswered",
        _("An earlier report of an order has not been answered, so the next one waits."),
        _("Ask the authority. If it will not answer, “miit give-up” with the key releases the next report."),
    ),
    Cause(
        "authority.answer_parked",
        _("An answer from the authority matches no order."),
        _("Open “Parked answers” at the review desk: docs/reports.md says how to deal with each kind."),
    ),
    Cause(
        "authority.id_missing",
        _("A cancellation cannot be sent: the ministry's id of the access (Jrid) has not arrived."),
        _("Ask the authority to send the record (BASJ) of the website again. The cancellation is then sent by itself."),
        counts_orders=True,
    ),
    Cause(
        "orders.held",
        _("A report is held because of an error on our side. Its applicant has nothing to do."),
        _("“Orders on hold” names the code and what to do. Correct it, then use “Resubmit held orders”."),
        counts_orders=True,
    ),
    Cause(
        "orders.overdue",
        _("The deadline of an order passed more than ten minutes ago, and the order has not moved on."),
        _("Check that beat runs (/healthz/deep) and that the ministry answers (“miit status”)."),
        counts_orders=True,
    ),
    Cause(
        "orders.standing",
        _("An order has been in one state for too long: an hour being submitted, or days in our review."),
        _("“reconcile” lists them. Being submitted: run “miit status”. In review: ask a reviewer to take it."),
        counts_orders=True,
    ),
    Cause(
        "rights.corrections_overdue",
        _("Somebody asked us to correct their data, and the day by which we promised an answer has passed."),
        _("A lead opens “Correction requests” at the review desk and answers what is overdue."),
    ),
    Cause(
        "report.place",
        _("The place of an order's server is unknown, so its report waits."),
        _("Correct SERVER_PLACES or the server list: docs/inventory.md. The report is then sent by itself."),
    ),
    Cause(
        "phones.silent",
        _("The ministry's phone register does not answer, or refuses our queries."),
        _("Nothing yet. If it lasts an hour, run “miit status” and call the authority."),
    ),
    Cause(
        "filing_number.unread:*",
        _("The ministry returned a filing number in a format that the portal cannot read."),
        _("Report the format in the detail as a bug. Until it is added, applicants are told to call."),
    ),
    Cause(
        "inventory.product:*",
        _("A server belongs to a product that the portal does not know, so its website cannot be filed."),
        _("Add the product to PROVIDER_PRODUCTS: docs/inventory.md. The alarm clears within an hour."),
    ),
    Cause(
        "inventory.place:*",
        _("A server is in a place that the portal does not know, so its website cannot be filed."),
        _("Add the place to SERVER_PLACES: docs/inventory.md. The alarm clears within an hour."),
    ),
    Cause(
        "sms.few_entered",
        _("Many codes were texted to one range of numbers and few were entered: this may be SMS pumping."),
        _("Find the range in the log and block it at the supplier. If people receive no codes, ask the supplier."),
    ),
    Cause(
        "sms.text_budget_*_spent",
        _("The budget for text messages is used up: customers cannot request codes until the period ends."),
        _("Rule out pumping first (sms.few_entered). If the demand is real, raise SMS_BUDGET_DAY or SMS_BUDGET_MONTH."),
    ),
    Cause(
        "sms.text_budget_*",
        _("Four fifths of the budget for text messages are used."),
        _("Compare with usual days. If the demand is real, raise SMS_BUDGET_DAY or SMS_BUDGET_MONTH in time."),
    ),
    Cause(
        "*.unknown",
        _("It is unclear whether a message was sent: its supplier accepted it and gave no clear answer."),
        _("Open “Outgoing messages” at the review desk, look it up at the supplier, then resend it or stop it."),
    ),
    Cause(
        "audit.refused_often",
        _("A member of staff was refused access repeatedly within an hour. The reference is the account."),
        _("Read the account's entries in the audit log and ask the person. If in doubt, close the account."),
    ),
    Cause(
        "storage.not_mounted",
        _("The volume of stored files is not mounted. Uploads are refused, and nothing is written to another disk."),
        _("Mount it where the detail says; nothing needs a restart. If the files were moved: docs/operations.md."),
    ),
    Cause(
        "files.round_late",
        _("Stored files have not been checked against the database for seven days."),
        _("Check that the storage answers, then run “reconcile --all”."),
    ),
    Cause(
        "privacy.key_missing",
        _("Some data was encrypted with a key that is no longer in PII_KEYS, and cannot be read."),
        _("Put the missing key back behind the current one in PII_KEYS and restart: docs/security.md."),
    ),
    Cause(
        "workdays.holidays_missing",
        _("The holidays of a year that begins within a month are not loaded: dates are shown as provisional."),
        _("Load the State Council's notice with “holidays load”, or update the package chinesecalendar."),
    ),
    Cause(
        "health.outbox",
        _("Messages have waited for more than five minutes, or a supplier refuses them all (refused: the channel)."),
        _("Check the workers and the supplier. “Outgoing messages”, “Failed, not given up”: tick all, resend or stop."),
    ),
    Cause(
        "health.*",
        _("A check of /healthz/deep has been red for more than a minute. The cause names the check."),
        _("Open /healthz/deep. The table under “Watching” in docs/operations.md says for each check where to look."),
    ),
    Cause(
        "*.row_failed:*",
        _("One or more rows cannot be processed. The others are not affected."),
        _("“Rows set aside” at the review desk lists them with their errors. Report a bug; they are tried again."),
    ),
    Cause(
        "*_failed",
        _("Part of a scheduled job fails every time. Its other parts continue."),
        _("Look for “part failed” in the log, and report a bug with those lines."),
    ),
)
OTHERWISE = Cause(
    "*", _("Something needs attention."), _("Search the log for the cause, from the time when the alarm opened.")
)


def cause_of(key: str) -> Cause:
    """The row of an alarm's cause."""
    return next((row for row in CAUSES if fnmatchcase(key, row.key)), OTHERWISE)


def detail_words(key: str, detail: str) -> str:
    """The detail of an alarm for people."""
    if key in settings.ALARM_DETAILS:
        words: str = import_string(settings.ALARM_DETAILS[key])(detail)
        return words
    if not (cause_of(key).counts_orders and detail.isdecimal()):
        return in_readers_language(detail)
    return ngettext("%(n)s order", "%(n)s orders", int(detail)) % {"n": detail}


def markdown() -> str:
    """The section of docs/operations.md, in the active language."""
    return "\n\n".join(f"### Alarm `{row.key}`\n\n{row.says}\n\n**What to do.** {row.act}" for row in CAUSES)
