"""Periods and limits of orders."""

from datetime import time, timedelta

from icpportal.configuration.environment import DEMO, env

# --- rules -----------------------------------------------------------------------------------
RULE_PROFILE = env.str("RULE_PROFILE", default="seed-2018")
# to take a decision back
DECISION_OPEN_FOR = timedelta(seconds=env.whole("DECISION_OPEN_SECONDS", 60, least=0, most=86_400))
# refusing for good and accepting a claim need a second person; off: one person is enough
SECOND_PERSON = env.bool("SECOND_PERSON", default=True)
# which accepted orders a second person looks at before they are submitted: this percentage, drawn by lot; those with
# one of these risks; those of these provinces (docs/desk.md). None in the demo, where every order is submitted at once
SECOND_LOOK_PERCENT = env.float("SECOND_LOOK_PERCENT", default=0 if DEMO else 5)
SECOND_LOOK_RISKS = env.list("SECOND_LOOK_RISKS", default=[] if DEMO else ["objection"])
SECOND_LOOK_PROVINCES = env.list("SECOND_LOOK_PROVINCES", default=[])
DRAFT_KEPT = RETURNED_KEPT = timedelta(days=60)  # without a change; then the order expires
# the same for orders waiting for a photo, or returned by the authority and not resubmitted
WAITS_KEPT = timedelta(days=env.whole("WAITS_KEPT_DAYS", 60, least=2, most=3_650))
IDLE_WARNED = (timedelta(days=15), timedelta(days=1))  # how long before that the owner is warned
CONFIRMED_FOR = timedelta(days=30)  # after it, service code and filing password of a draft must be confirmed again
QUIET_HOURS = (
    env.get_value("QUIET_FROM", time.fromisoformat, default=time(22)),
    env.get_value("QUIET_TO", time.fromisoformat, default=time(8)),
)
# working days within which requests about one's own data are answered (PIPL 50)
RIGHTS_ANSWERED_WORKDAYS = env.whole("RIGHTS_ANSWERED_WORKDAYS", 15, most=365)
BACKDROP_ADDRESS_KEPT = timedelta(days=90)  # after delivery or cancellation
PAPERS_BY_PHONE_EVERYWHERE = env.bool("PAPERS_BY_PHONE_EVERYWHERE", default=False)  # whatever the rules say
# a cancellation: how long it can be stopped, how long nothing goes after a change of mobile or address, and whether
# the last known access may go (it is warned of in any case)
CANCEL_COOL_OFF = timedelta(hours=env.whole("CANCEL_COOL_OFF_HOURS", 0, least=0, most=8_760))
CANCEL_PAUSE = timedelta(hours=env.whole("CANCEL_PAUSE_HOURS", 24, least=0, most=8_760))
CANCEL_REFUSE_LAST_ACCESS = env.bool("CANCEL_REFUSE_LAST_ACCESS", default=False)
CANCEL_DRAFT_KEPT = timedelta(days=1)
CANCEL_PROOF_COUNTS = timedelta(minutes=10)  # from the correct code to the confirmation
PASSWORD_DIGEST_KEPT = timedelta(days=60)
# only an approved filing uses up a code; off: an abandoned order loses its code, too
SERVICE_CODE_RETURNED = env.bool("SERVICE_CODE_RETURNED", default=True)
# The old platform whose filings are imported (docs/import.md), and whether one account may import only once.
OLD_PLATFORM_ZH = env.str("OLD_PLATFORM_ZH", default="万网备案平台")
OLD_PLATFORM_EN = env.str("OLD_PLATFORM_EN", default="HiChina")
IMPORT_ONE_OLD_ACCOUNT = env.bool("IMPORT_ONE_OLD_ACCOUNT", default=False)

# --- limits: (how many, in how many seconds); the demo sets roomier ones ----------------------
ROOMIER = 50 if DEMO else 1
UPLOADS_ORDER = env.whole("UPLOADS_ORDER", 400)  # pictures of one order in all, replaced ones included
UPLOADS_ORDER_DAY = env.whole("UPLOADS_ORDER_DAY", 100)
UPLOAD_MB_ORDER_DAY = env.whole("UPLOAD_MB_ORDER_DAY", 200)
UPLOADS_ACCOUNT_DAY = env.whole("UPLOADS_ACCOUNT_DAY", 300)
UPLOAD_MB_ACCOUNT_DAY = env.whole("UPLOAD_MB_ACCOUNT_DAY", 600)
TYPE_CHECKS_ACCOUNT_HOUR = env.whole("TYPE_CHECKS_ACCOUNT_HOUR", 10)  # agents who file for many may need more
TEXTS_ACCOUNT_HOUR = env.whole("TEXTS_ACCOUNT_HOUR", 10)
TEXTS_ACCOUNT_DAY = env.whole("TEXTS_ACCOUNT_DAY", 20)
LIMITS = {
    "page_drafts": (300, 600),  # saved every 20 seconds in several windows, and on leaving
    "visitor_drafts": (60 * ROOMIER, 3600),  # pages of people who are not signed in, by the address they come from
    "verify_type": (TYPE_CHECKS_ACCOUNT_HOUR * ROOMIER, 3600),
    "service_code": (10 * ROOMIER, 3600),
    "service_code_apply": (20 * ROOMIER, 3600),
    "service_code_handover": (20 * ROOMIER, 3600),
    "filing_password_order": (5, 3600),
    "filing_password_account": (10 * ROOMIER, 86400),
    "filing_password_number": (10 * ROOMIER, 86400),
    "photo_code_order": (5, 3600),
    "photo_code_account": (10 * ROOMIER, 86400),
    "photo_code_mobile": (10 * ROOMIER, 86400),
    "data_exports": (3 * ROOMIER, 86400),
    "corrections": (10 * ROOMIER, 86400),
    "place_text": (5, 86400),
    "place_text_pause": (1, 10 if DEMO else 60),  # pressing twice sends one text
    "import_account": (10 * ROOMIER, 3600),
    "import_old_account": (5, 3600),
    "import_claim": (10 * ROOMIER, 3600),
    "import_find": (5 * ROOMIER, 3600),
    "import_find_domain": (10, 86400),
    "import_find_mobile": (2 * ROOMIER, 3600),
    "import_find_code": (10 * ROOMIER, 3600),
    "code_destination_hour": (5 * ROOMIER, 3600),
    "code_destination_day": (10 * ROOMIER, 86400),
    "code_client_hour": (20 * ROOMIER, 3600),
    "uploads_order": (UPLOADS_ORDER_DAY * ROOMIER, 86400),
    "upload_kilobytes_order": (UPLOAD_MB_ORDER_DAY * 1024 * ROOMIER, 86400),
    "uploads_account": (UPLOADS_ACCOUNT_DAY * ROOMIER, 86400),
    "upload_kilobytes_account": (UPLOAD_MB_ACCOUNT_DAY * 1024 * ROOMIER, 86400),
    "text_account_hour": (TEXTS_ACCOUNT_HOUR * ROOMIER, 3600),
    "text_account_day": (TEXTS_ACCOUNT_DAY * ROOMIER, 86400),
    "text_range_hour": (30 * ROOMIER, 3600),  # the first seven digits of a mobile
    "text_range_day": (100 * ROOMIER, 86400),
}
ACCOUNT_RATE_LIMITS = {
    "signup": f"{20 * ROOMIER}/m/ip",
    "login": f"{30 * ROOMIER}/m/ip",
    "login_failed": f"{10 * ROOMIER}/m/ip,5/5m/key",  # the key: client address and account
    "login_failed_account": "50/h/key",  # from any address, except known devices
    "login_failed_device": "5/5m/key",  # on a known device
    "reset_password": f"{20 * ROOMIER}/m/ip,5/m/key",
}
CODE_RESEND_SECONDS = env.whole("CODE_RESEND_SECONDS", 5 if DEMO else 60, most=86_400)
