"""The ministry's interface (docs/ministry.md). In the demo, its simulator answers from a process of its own."""

from datetime import timedelta

from icpportal.configuration.environment import DEMO, VAR_DIR, demo_url, env, json_object, secret

AUTHORITY_GATEWAY = env.str("AUTHORITY_GATEWAY", default="icpportal.gateways.miit.gateway.MinistryAuthority")
SIMULATOR_NOTE = VAR_DIR / "simulator.url"  # where the running demo's simulator is
SIMULATOR_URL = env.str("SIMULATOR_URL", default=demo_url(SIMULATOR_NOTE, "http://127.0.0.1:8001")).rstrip("/")
MIIT_VERSION = env.str("MIIT_VERSION", default="V.3.0")
MIIT_ISP_ID = env.int("MIIT_ISP_ID", default=100001) if DEMO else env.int("MIIT_ISP_ID")
MIIT_USER = secret("MIIT_USER", demo="demo-provider")
MIIT_PASSWORD = secret("MIIT_PASSWORD", demo="demo-only-password")
MIIT_ENCRYPT = env.bool("MIIT_ENCRYPT", default=True)
MIIT_AES_KEY = secret("MIIT_AES_KEY", demo="demo-only-key-16") if MIIT_ENCRYPT else env.str("MIIT_AES_KEY", default="")
MIIT_AES_IV = secret("MIIT_AES_IV", demo="demo-only-iv--16") if MIIT_ENCRYPT else env.str("MIIT_AES_IV", default="")
MIIT_FILES_URL = secret("MIIT_FILES_URL", demo=f"{SIMULATOR_URL}/ISPWebService/upDownLoad")
MIIT_STATUS_URL = secret("MIIT_STATUS_URL", demo=f"{SIMULATOR_URL}/BeianStatusWebService/queryBeianStatus")
MIIT_PASSWORD_URL = secret("MIIT_PASSWORD_URL", demo=f"{SIMULATOR_URL}/BeianStatusWebService/verifyBamm")
MIIT_FILES_WSDL = env.str("MIIT_FILES_WSDL", default=f"{MIIT_FILES_URL}?wsdl")  # an address or a file
MIIT_STATUS_WSDL = env.str("MIIT_STATUS_WSDL", default=f"{MIIT_STATUS_URL}?wsdl")
MIIT_PASSWORD_WSDL = env.str("MIIT_PASSWORD_WSDL", default=f"{MIIT_PASSWORD_URL}?wsdl")
MIIT_SOURCE_ADDRESS = env.str("MIIT_SOURCE_ADDRESS", default="")  # our address as registered with the authority
MIIT_CONNECT_SECONDS = env.whole("MIIT_CONNECT_SECONDS", 10)
MIIT_FILES_SECONDS = env.whole("MIIT_FILES_SECONDS", 180)  # for one upload or download
# seconds between looks for downloads: after news; without news; without news and waiting reports
MIIT_POLL_SECONDS = env.list("MIIT_POLL_SECONDS", cast=int, default=[2, 2, 2] if DEMO else [10, 300, 600])
MIIT_DAMAGED_HOURS = env.whole("MIIT_DAMAGED_HOURS", 6)  # then a damaged download is parked
MIIT_LEASE_SECONDS = 15  # how long a killed sender or fetcher blocks the line; a live one renews its lease
MIIT_XSD_DIR = env.str("MIIT_XSD_DIR", default="")  # the ministry's schemas; if set, every file is validated
# settings that record the authority's answers to open questions
SET_BY_OPERATOR = {name for name in ("MIIT_ICPMM_WITHOUT_PASSWORD", "MIIT_CANCELLATION_REASON") if name in env.ENVIRON}
MIIT_ICPMM_WITHOUT_PASSWORD = env.str("MIIT_ICPMM_WITHOUT_PASSWORD", default="d41d8cd98f00b204e9800998ecf8427e")
MIIT_CANCELLATION_REASON = env.int("MIIT_CANCELLATION_REASON", default=1)  # Zxly: no public table, see JCDM
MIIT_CODES = json_object("MIIT_CODES")  # {"Wzjrfs": {"cloud": 5}}: a number of the tables instead of the built-in one
MIIT_PHONES_URL = env.str("MIIT_PHONES_URL", default=f"{SIMULATOR_URL}/phones" if DEMO else "")  # not part of V3.0
# How many open windows one round asks about, in how many seconds, each how often; one whose owner is on the
# page, or that is about to end, in every round.
PHONES_IN_A_ROUND = env.whole("PHONES_IN_A_ROUND", 200)
PHONES_ROUND_SECONDS = 5
PHONES_ASKED_EVERY = timedelta(seconds=env.whole("PHONES_ASKED_EVERY_SECONDS", 3 if DEMO else 60, most=86_400))
# operations are told when a report waits longer for the answer to an earlier one of its order
MIIT_EARLIER_REPORT_DAYS = env.whole("MIIT_EARLIER_REPORT_DAYS", 3, most=365)
MIIT_FILES_KEPT = timedelta(days=100)  # at least three months, says the interface
AUTHORITY_PICTURES = "transfers.authority.reports.picture"  # reads an attachment by its handle
AUTHORITY_TELLS_PHONES = env.bool("AUTHORITY_TELLS_PHONES", default=bool(MIIT_PHONES_URL))
