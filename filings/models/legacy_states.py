"""The states of an import and of a claim, and the outcomes of a record."""

from datetime import date, timedelta

# an import (导入)
PROVED = "proved"
PREVIEWED = "previewed"
RUNNING = "running"
IMPORTED = "imported"
FAILED = "failed"

# a claim (认领)
OPEN = "open"
SENT = "sent"
ACCEPTED = "accepted"
DECLINED = "declined"

# outcomes of a record
NEW = "imported"
SAME = "same"
KEPT_HERE = "kept"
ELSEWHERE = "elsewhere"
OTHER_DOCUMENT = "other_document"
TO_CLAIM = "claim"
UNREADABLE = "unreadable"
CAME_OVER = (NEW, SAME, KEPT_HERE)

CLAIM_ANSWERED, RESET_ANSWERED = 1, 2  # working days within which a reviewer answers
CLAIMED_BEFORE = date(2010, 6, 1)  # earlier filings are claimed, not imported
LAST_OF_OLD = date(2017, 1, 31)  # later filings are on the new system already
PROOF_KEPT = timedelta(days=1)  # how long a proof of the old account is valid
