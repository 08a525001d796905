"""The other outside systems: servers, text messages, scanner, photo app, DNS, web pages.

Each is a dotted name, called without arguments (`icpportal/gateways/registry.py` lists the possible ones).
"""

from icpportal.configuration.environment import DEMO, env, json_object, secret

INVENTORY_GATEWAY = env.str("INVENTORY_GATEWAY", default="demo.servers.inventory.FileInventory")
INVENTORY_URL = env.str("INVENTORY_URL", default="")  # for icpportal.gateways.inventory.http.HttpInventory
INVENTORY_TOKEN = secret("INVENTORY_TOKEN", demo="") if INVENTORY_URL else ""
INVENTORY_CA_FILE = env.str("INVENTORY_CA_FILE", default="")  # the provider's own certificate authority
SMS_GATEWAY = env.str("SMS_GATEWAY", default="demo.messages.sms.PageSms")
SMS_HTTP = env.json("SMS_HTTP", default={})  # for icpportal.gateways.sms.http.HttpSms, which documents it
# Alibaba Cloud and Tencent Cloud (docs/text-suppliers.md)
SMS_SIGN_NAME = env.str("SMS_SIGN_NAME", default="")  # the signature as it was registered, without brackets
SMS_KEY_ID = env.str("SMS_KEY_ID", default="")  # AccessKey ID, or SecretId
SMS_KEY_SECRET = env.str("SMS_KEY_SECRET", default="")
SMS_APP_ID = env.str("SMS_APP_ID", default="")  # Tencent's SdkAppId
SMS_TEMPLATES = json_object("SMS_TEMPLATES")  # {"code_sign_up.zh": "SMS_100001", …}: `manage.py sms templates`
SMS_REGION = env.str("SMS_REGION", default="")
SMS_ENDPOINT = env.str("SMS_ENDPOINT", default="")
NO_SCANNER = "icpportal.gateways.scanner.none.NoScanner"
SCANNER_GATEWAY = env.str("SCANNER_GATEWAY", default=NO_SCANNER if DEMO else "icpportal.gateways.scanner.clamd.Clamd")
SCANNER_ADDRESS = env.str("SCANNER_ADDRESS", default="/var/run/clamav/clamd.ctl")  # a socket, or host:port
# Shanghai's app (docs/photo-app.md); without one the applicant uploads the photo it took
PHOTO_APP_URL = env.str("PHOTO_APP_URL", default="")
PHOTO_APP_TOKEN = secret("PHOTO_APP_TOKEN", demo="") if PHOTO_APP_URL else ""
PHOTO_APP_CA_FILE = env.str("PHOTO_APP_CA_FILE", default="")  # a certificate authority of the administration's own
PHOTO_APP_DEMO = "demo.photo_app.gateway.PageApp" if DEMO else ""
PHOTO_APP_USUAL = "icpportal.gateways.photo_app.http.HttpApp" if PHOTO_APP_URL else PHOTO_APP_DEMO
PHOTO_APP_GATEWAY = env.str("PHOTO_APP_GATEWAY", default=PHOTO_APP_USUAL)
DNS_USUAL = "demo.servers.names.FileResolver" if DEMO else "icpportal.gateways.dns.system.SystemResolver"
DNS_GATEWAY = env.str("DNS_GATEWAY", default=DNS_USUAL)
DNS_CHECK_NAME = env.str("DNS_CHECK_NAME", default="beian.miit.gov.cn")  # a name that always resolves
DNS_SECONDS = 2  # timeout of one lookup by a page, which then says that it could not be checked
WEB_PAGES_USUAL = "demo.servers.pages.FilePages" if DEMO else "icpportal.gateways.web_pages.http.HttpPages"
WEB_PAGES_GATEWAY = env.str("WEB_PAGES_GATEWAY", default=WEB_PAGES_USUAL)
GATEWAY_REQUEST_SECONDS = 6  # for all gateway calls of one request together
WEB_THREADS = env.whole("WEB_THREADS", 16, most=1_000)  # threads of each web process, in the image and the demo
GATEWAY_REQUESTS_AT_ONCE = max(1, WEB_THREADS * 3 // 4)  # a system that hangs leaves the other threads free
GATEWAY_SLOT_SECONDS = 1  # how long a request waits for one of these
