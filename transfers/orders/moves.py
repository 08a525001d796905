"""Every move of an order, one row each: from where, to where, who may, what follows, and the words for it."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.lifecycle import APPLICANT, AUTHORITY, CLOCK, LEAD, OPERATIONS, REVIEWER, MoveTable
from transfers.orders import guards, rows, states
from transfers.orders.kinds import CANCELLATIONS, TRANSFERS
from transfers.orders.rows import Button, Move, of

SUBMIT = Move(
    "submit",
    of(states.DRAFT),
    states.SUBMITTED.key,
    by=APPLICANT,
    notify="order_received",
    audience=rows.OWNER_AND_LEAD,
    own_page=True,
    said=_("Submitted for review"),
)
ACCEPT = Move(
    "accept",
    of(states.SUBMITTED),
    states.HANDING_OVER.key,
    by=REVIEWER,
    guard=guards.has_valid_photo,
    notify="order_submitted",
    audience=rows.OWNER_AND_LEAD,
    enqueue=rows.REPORT,
    said=_("Details and documents accepted"),
)
ACCEPT_WITHOUT_PHOTO = replace(
    ACCEPT, target=states.PHOTO_DUE.key, guard=None, due=guards.kept_in(states.PHOTO_DUE), enqueue="",
    notify="photo_requested", audience=rows.EVERYBODY,
)  # fmt: skip
REPORTED = Move(
    "reported",
    of(states.HANDING_OVER, states.AUTHORITY_REVIEW),
    states.PHONE_DUE.key,
    by=AUTHORITY,
    guard=guards.province_asks,
    due=guards.phone_window,
    notify="confirm_phones",
    audience=rows.EVERYBODY,
    said=_("Submitted to the authority"),
    done_by=rows.SYSTEM,  # although the authority's receipt is what moves the order
)
# postponed until something else of the filing is decided: nobody is texted before it is accepted again
WAITS = Move(
    "waits",
    of(states.HANDING_OVER, states.PHONE_DUE, states.LAPSED, states.AUTHORITY_REVIEW),
    states.AUTHORITY_REVIEW.key,
    by=AUTHORITY,
    said=_("The authority must decide another request first. The order is then reported again automatically"),
    note=rows.AUTHORITY_WORDS,
)
REPORT_FAILED = Move(
    "report_failed",
    of(states.PHONE_DUE, states.AUTHORITY_REVIEW),
    states.HANDING_OVER.key,
    by=AUTHORITY,
    notify="report_problem",
    said=_("We have to submit the order again. You do not need to do anything"),
    for_staff=_("The order has to be submitted again"),
    note=rows.HIDDEN,
)
LAPSE = Move(
    "lapse",
    of(states.PHONE_DUE),
    states.LAPSED.key,
    by=CLOCK,
    due=guards.kept_in(states.LAPSED),
    notify="order_lapsed",
    audience=rows.EVERYBODY,
    said=_("Phone verification was not completed in time"),
    comes_back=True,
)
# the authority said so by refusing the report, in which nothing has to be changed
PHONES_FAILED = replace(
    LAPSE, name="phones_failed", sources=of(states.PHONE_DUE, states.AUTHORITY_REVIEW, states.AUTHORITY_RETURNED),
    by=AUTHORITY, notify="order_phones_failed", said=_("Phone verification failed"), note=rows.AUTHORITY_WORDS,
)  # fmt: skip
GRANTED_FROM = of(
    states.HANDING_OVER, states.PHONE_DUE, states.AUTHORITY_REVIEW, states.LAPSED, states.AUTHORITY_RETURNED,
    states.RETURNED, states.SUBMITTED, states.PHOTO_DUE, states.PHOTO_REVIEW,
)  # fmt: skip
GRANT = Move(
    "grant",
    # about any report: a later one may be under way, or the order may be open for changes or in review again
    GRANTED_FROM,
    states.APPROVED.key,
    by=AUTHORITY,
    notify="order_approved",
    audience=rows.EVERYBODY,
    said=pgettext_lazy("timeline", "Approved"),
    grants=True,
)
# a second person found a fault in answers or documents after the photo was accepted
LOOK_AGAIN = Move(
    "look_again",
    of(states.PHOTO_REVIEW),
    states.SUBMITTED.key,
    by=REVIEWER,
    said=_("We are reviewing details and documents again"),
    for_staff=_("Details and documents are reviewed again"),
)
ABANDON = Move(
    "abandon",
    of(states.DRAFT, states.RETURNED, states.LAPSED, states.AUTHORITY_RETURNED),
    states.ABANDONED.key,
    by=APPLICANT,
    said=pgettext_lazy("timeline", "Abandoned"),
    button=Button(_("Abandon"), asks_first=True, on_other_pages=_("Abandon the order")),
)
EXPIRE_DRAFT = Move(
    "expire_draft",
    of(states.DRAFT, states.RETURNED),
    states.EXPIRED.key,
    by=CLOCK,
    notify="draft_expired",
    said=_("Closed: not submitted in time"),
)
CLOSABLE = of(
    states.DRAFT, states.SUBMITTED, states.RETURNED, states.PHOTO_DUE, states.PHOTO_REVIEW,
    states.LAPSED, states.AUTHORITY_RETURNED,
)  # fmt: skip
# for an unreadable order, while the authority has nothing of it
CLOSE = Move(
    "close",
    CLOSABLE,
    states.ABANDONED.key,
    by=OPERATIONS,
    said=_("Closed, because it could not be read any more"),
)
# a consent that the order needs was withdrawn (PIPL 15)
WITHDRAW_CONSENT = Move(
    "withdraw_consent",
    CLOSABLE,
    states.WITHDRAWN.key,
    by=APPLICANT,
    notify="consent_withdrawn",
    own_page=True,
    said=_("Closed: the consent to the use of document pictures was withdrawn"),
    done_by=_("The person concerned"),
    note=rows.PERSON,
)

TRANSFER_MOVES = (
    SUBMIT,
    replace(SUBMIT, sources=of(states.RETURNED), notify="order_received_again"),
    Move(
        "send_back",
        of(states.SUBMITTED),
        states.RETURNED.key,
        by=REVIEWER,
        due=guards.kept_in(states.RETURNED),
        notify="order_returned",
        audience=rows.OWNER_AND_LEAD,
        said=_("Returned for changes"),
        comes_back=True,
    ),
    ACCEPT,
    ACCEPT_WITHOUT_PHOTO,
    Move(
        "send_photo",
        of(states.PHOTO_DUE),
        states.PHOTO_REVIEW.key,
        by=APPLICANT,
        own_page=True,
        said=_("The photo was submitted"),
    ),
    Move(
        "refuse_photo",
        of(states.PHOTO_REVIEW),
        states.PHOTO_DUE.key,
        by=REVIEWER,
        due=guards.kept_in(states.PHOTO_DUE),
        notify="photo_returned",
        audience=(rows.ACCOUNT, rows.ADMINISTRATOR),
        said=_("The photo has to be taken again"),
    ),
    Move(
        "accept_photo",
        of(states.PHOTO_REVIEW),
        states.HANDING_OVER.key,
        by=REVIEWER,
        notify="order_submitted",
        audience=rows.OWNER_AND_LEAD,
        enqueue=rows.REPORT,
        said=_("The photo was accepted"),
    ),
    LOOK_AGAIN,
    REPORTED,
    replace(
        REPORTED,
        target=states.AUTHORITY_REVIEW.key,
        guard=None,
        due=None,
        notify="order_with_authority",
        audience=rows.OWNER_AND_LEAD,
    ),
    WAITS,
    REPORT_FAILED,
    Move(
        "phones_done",
        of(states.PHONE_DUE),
        states.AUTHORITY_REVIEW.key,
        by=AUTHORITY,
        notify="order_with_authority",
        audience=rows.OWNER_AND_LEAD,
        said=_("All phones are verified"),
    ),
    Move(
        "go_on",
        of(states.PHONE_DUE),
        states.AUTHORITY_REVIEW.key,
        by=CLOCK,
        guard=guards.stated_and_authority_silent,
        notify="order_with_authority",
        audience=rows.OWNER_AND_LEAD,
        said=_("The time for phone verification is over. The order went on to the authority's review"),
    ),
    LAPSE,
    PHONES_FAILED,
    GRANT,
    Move(
        "grant_late",
        of(states.ABANDONED, states.WITHDRAWN, states.EXPIRED, states.REFUSED),
        states.APPROVED.key,
        by=AUTHORITY,
        guard=guards.applied_by_people,
        notify=GRANT.notify,
        audience=GRANT.audience,
        said=GRANT.said,
        grants=True,
    ),
    Move(
        "turn_down",
        of(states.PHONE_DUE, states.AUTHORITY_REVIEW, states.LAPSED),
        states.AUTHORITY_RETURNED.key,
        by=AUTHORITY,
        due=guards.kept_in(states.AUTHORITY_RETURNED),
        notify="order_returned_by_authority",
        audience=rows.EVERYBODY,
        said=_("Returned by the authority"),
        note=rows.AUTHORITY_WORDS,
        comes_back=True,
    ),
    Move(
        "resubmit",
        of(states.LAPSED),
        states.HANDING_OVER.key,
        by=APPLICANT,
        guard=guards.unchanged_and_valid,
        enqueue=rows.REPORT,
        said=_("Resubmitted unchanged"),
        button=Button(_("Resubmit unchanged"), is_primary=True),
    ),
    Move(
        "mend",
        of(states.LAPSED, states.AUTHORITY_RETURNED),
        states.RETURNED.key,
        by=APPLICANT,
        due=guards.kept_in(states.RETURNED),
        said=_("Reopened for changes"),
        button=Button(_("Make changes"), is_primary=True),
    ),
    Move(
        "withdraw",
        of(states.SUBMITTED, states.PHOTO_DUE),
        states.WITHDRAWN.key,
        by=APPLICANT,
        notify="order_withdrawn",
        audience=rows.OWNER_AND_LEAD,
        said=pgettext_lazy("timeline", "Withdrawn"),
        note=rows.WITHDRAWAL,
        button=Button(_("Withdraw"), asks_first=True, on_other_pages=_("Withdraw the order")),
    ),
    ABANDON,
    Move(
        "refuse",
        of(states.SUBMITTED, states.PHOTO_REVIEW),
        states.REFUSED.key,
        by=LEAD,
        notify="order_refused",
        audience=rows.OWNER_AND_LEAD,
        said=pgettext_lazy("timeline", "Refused"),
        note=rows.OUR_REFUSAL,
    ),
    EXPIRE_DRAFT,
    Move(
        "expire",
        of(states.PHOTO_DUE, states.LAPSED, states.AUTHORITY_RETURNED),
        states.EXPIRED.key,
        by=CLOCK,
        notify="order_expired",
        audience=rows.OWNER_AND_LEAD,
        said=_("Closed: it was not continued in time"),
    ),
    CLOSE,
    WITHDRAW_CONSENT,
)
STOP = Move(
    "stop", of(states.COOLING_OFF), states.ABANDONED.key, by=APPLICANT, kinds=CANCELLATIONS,
    notify="cancel_stopped", audience=rows.EVERYBODY, said=_("The cancellation was stopped"),
    button=Button(_("Stop the cancellation"), is_primary=True),
)  # fmt: skip
ENDED = Move(
    "ended", of(states.HANDING_OVER, states.AUTHORITY_REVIEW), states.CANCELLED.key, by=AUTHORITY, kinds=CANCELLATIONS,
    notify="transfer_cancelled", audience=rows.EVERYBODY, said=_("The transfer has ended"), note=rows.AUTHORITY_WORDS,
    ends_access=True,
)  # fmt: skip
ENDED_LATE = replace(ENDED, name="ended_late", sources=of(states.REFUSED), guard=guards.applied_by_people)
CANCELLATION_MOVES = (
    replace(CLOSE, sources=of(states.DRAFT, states.COOLING_OFF), kinds=CANCELLATIONS),
    replace(
        ABANDON,
        sources=of(states.DRAFT),
        kinds=CANCELLATIONS,
        button=Button(_("Keep the transfer"), asks_first=True, on_other_pages=_("Keep the transfer")),
    ),
    replace(EXPIRE_DRAFT, sources=of(states.DRAFT), kinds=CANCELLATIONS, notify="cancel_expired"),
    Move(
        "cool",
        of(states.DRAFT),
        states.COOLING_OFF.key,
        by=APPLICANT,
        kinds=CANCELLATIONS,
        guard=guards.cool_off_set,
        due=guards.cool_off,
        confirms=True,
        own_page=True,
        said=_("The cancellation is waiting. You can still stop it"),
        for_staff=_("The cancellation is waiting. The applicant can still stop it"),
    ),
    Move(
        "confirm_cancel",
        of(states.DRAFT),
        states.HANDING_OVER.key,
        by=APPLICANT,
        kinds=CANCELLATIONS,
        enqueue=rows.REPORT,
        notify="cancel_received",
        confirms=True,
        own_page=True,
        said=_("The cancellation was confirmed"),
    ),
    Move(
        "cancel_for_cause",
        of(states.DRAFT),
        states.HANDING_OVER.key,
        by=LEAD,
        kinds=CANCELLATIONS,
        enqueue=rows.REPORT,
        notify="cancelled_for_cause",
        audience=rows.EVERYBODY,
        said=_("The provider cancels the transfer for cause"),
        note=rows.CAUSE,
    ),
    STOP,
    Move(
        "cooled",
        of(states.COOLING_OFF),
        states.HANDING_OVER.key,
        by=CLOCK,
        kinds=CANCELLATIONS,
        enqueue=rows.REPORT,
        notify="cancel_received",
        said=_("The cancellation is submitted"),
    ),
    replace(
        replace(REPORTED, target=states.AUTHORITY_REVIEW.key, kinds=CANCELLATIONS, guard=None, due=None),
        notify="",
        audience=(rows.ACCOUNT,),
    ),
    replace(WAITS, sources=of(states.HANDING_OVER, states.AUTHORITY_REVIEW), kinds=CANCELLATIONS),
    replace(REPORT_FAILED, sources=of(states.AUTHORITY_REVIEW), kinds=CANCELLATIONS),
    replace(ENDED, guard=guards.filing_deleted, notify="filing_deleted"),
    ENDED,
    replace(ENDED_LATE, guard=guards.deletion_applied_by_people, notify="filing_deleted"),
    ENDED_LATE,
    Move(
        "cancel_refused",
        of(states.AUTHORITY_REVIEW),
        states.REFUSED.key,
        by=AUTHORITY,
        kinds=CANCELLATIONS,
        notify="cancel_refused",
        audience=rows.EVERYBODY,
        said=_("The authority refused the cancellation"),
        note=rows.AUTHORITY_WORDS,
    ),
)
MOVES = (*TRANSFER_MOVES, *CANCELLATION_MOVES)
TABLE = MoveTable(MOVES, usual_kinds=TRANSFERS)
