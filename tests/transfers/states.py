"""The keys stored in databases, written out: renaming a row of the tables fails here first."""

DRAFT = "draft"
SUBMITTED = "submitted"
RETURNED = "returned"
PHOTO_DUE = "photo_due"
PHOTO_REVIEW = "photo_review"
HANDING_OVER = "handing_over"
PHONE_DUE = "phone_due"
AUTHORITY_REVIEW = "authority_review"
AUTHORITY_RETURNED = "authority_returned"
LAPSED = "lapsed"
APPROVED = "approved"
REFUSED = "refused"
WITHDRAWN = "withdrawn"
ABANDONED = "abandoned"
EXPIRED = "expired"
COOLING_OFF = "cooling_off"
CANCELLED = "cancelled"

ALL = (
    DRAFT,
    SUBMITTED,
    RETURNED,
    PHOTO_DUE,
    PHOTO_REVIEW,
    HANDING_OVER,
    PHONE_DUE,
    AUTHORITY_REVIEW,
    AUTHORITY_RETURNED,
    LAPSED,
    APPROVED,
    REFUSED,
    WITHDRAWN,
    ABANDONED,
    EXPIRED,
    COOLING_OFF,
    CANCELLED,
)
ENDED = (APPROVED, REFUSED, WITHDRAWN, ABANDONED, EXPIRED, CANCELLED)
EDITABLE = (DRAFT, RETURNED)
IN_REVIEW = (SUBMITTED, PHOTO_REVIEW)
APPLICANTS_TURN = (DRAFT, RETURNED, PHOTO_DUE, PHONE_DUE, AUTHORITY_RETURNED, LAPSED)
TURN = (*APPLICANTS_TURN, COOLING_OFF)  # waits for no action, but its owner can still stop a cancellation

# what its owner could forget for ever, and the setting for how long it is kept (transfers, not cancellations)
KEPT = {
    DRAFT: "DRAFT_KEPT",
    RETURNED: "RETURNED_KEPT",
    PHOTO_DUE: "WAITS_KEPT",
    LAPSED: "WAITS_KEPT",
    AUTHORITY_RETURNED: "WAITS_KEPT",
}

TRANSFER = "transfer"
TRANSFER_ANOTHER = "transfer_another"
CANCELLATION = "cancellation"
TRANSFERS = (TRANSFER, TRANSFER_ANOTHER)
KINDS = (*TRANSFERS, CANCELLATION)
