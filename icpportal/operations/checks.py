"""Deploy checks: what a production portal must not start with. The demo is allowed all of it."""

from collections.abc import Callable, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.db import DatabaseError
from django.http.request import validate_host
from django.utils.module_loading import import_string

from icpportal.accounts import roles
from icpportal.configuration.environment import placeholders_left, takes_any_certificate
from icpportal.gateways import registry
from icpportal.gateways.addresses import crosses_in_clear, is_this_machine, names_host
from icpportal.gateways.inventory import places
from icpportal.gateways.sms import cloud, http
from icpportal.outbox.texts.registered import without_number
from icpportal.privacy import crypto
from icpportal.privacy.key_change import marks


class Rule(NamedTuple):
    """A condition that must not hold in production."""

    id: str
    broken: Callable[[], bool]
    says: str
    hint: str
    kind: type[Error] | type[Warning] = Error


HTTP_SMS = "icpportal.gateways.sms.http.HttpSms"
INVENTED = ("demo-only", "insecure")
LEAST_WAIVER = 10  # characters: requires a reason, not just "yes"
MAINLAND = ("cn-", "oss-cn-", "ap-beijing", "ap-shanghai", "ap-guangzhou", "ap-chengdu", "ap-chongqing", "ap-nanjing")


def secrets_are_invented() -> bool:
    """One of the demo's keys is in force."""
    keys = (settings.SECRET_KEY, settings.PII_KEYS, settings.BLIND_INDEX_KEY)
    return any(word in str(key).lower() for key in keys for word in INVENTED) or "ZGVtby1vbmx5" in settings.PII_KEYS


def keys_are_none() -> bool:
    """There are no keys: nothing personal could be sealed or read."""
    try:
        crypto.key_names()
    except ImproperlyConfigured:
        return True
    return False


def private_root_is_public() -> bool:
    """Documents are in a folder that the web server serves."""
    if settings.S3_BUCKET:
        return False
    roots = (settings.PRIVATE_ROOT, settings.QUARANTINE_ROOT, settings.MINISTRY_ROOT)
    private = [Path(root).resolve() for root in roots]
    public = Path(settings.STATIC_ROOT).resolve()
    return any(folder.is_relative_to(public) for folder in private)


def folder_depends_on_the_start() -> bool:
    """Processes that are started elsewhere, such as a backup by cron, would look for files in another place."""
    return not all(Path(folder).is_absolute() for folder in (settings.VAR_DIR, settings.STATIC_ROOT))


def private_root_is_lost_with_the_container() -> bool:
    """Documents are in the program's own folder."""
    return not settings.S3_BUCKET and Path(settings.PRIVATE_ROOT).resolve().is_relative_to(settings.BASE_DIR)


def bucket_is_abroad() -> bool:
    """Copies of identity cards would leave the mainland."""
    if not settings.S3_BUCKET:
        return False
    region, endpoint = settings.S3_OPTIONS["region_name"] or "", settings.S3_OPTIONS["endpoint_url"] or ""
    is_here = region.startswith(MAINLAND) or any(word in endpoint for word in MAINLAND)
    return not is_here and len(settings.STORAGE_REGION_WAIVER) < LEAST_WAIVER


def text_supplier_is_unclear() -> bool:
    """Our class for suppliers over HTTPS cannot use its settings."""
    if settings.SMS_GATEWAY != HTTP_SMS:
        return False
    try:
        http.supplier()
    except ImproperlyConfigured:
        return True
    return False


def messages_leave_in_clear() -> bool:
    """Numbers, codes and the supplier's key could be read on the way."""
    return any(crosses_in_clear(address) for address in (*_text_addresses(), *_mail_addresses()))


def _text_addresses() -> list[str]:
    if settings.SMS_GATEWAY != HTTP_SMS or text_supplier_is_unclear():
        return []
    return [http.supplier().url, http.supplier().check_url]


def _mail_addresses() -> list[str]:
    named = settings.ANYMAIL.items() if settings.EMAIL_ESP else ()
    return [str(value) for name, value in named if name.endswith("_API_URL")]


def mail_address_is_unreadable() -> bool:
    """No mail could be sent: the address of the service has no host, or one that nobody can read."""
    return not all(map(names_host, _mail_addresses()))


def mail_password_leaves_in_clear() -> bool:
    """The mail server gets the password of its account without TLS."""
    is_plain = not (settings.EMAIL_ESP or settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    return is_plain and bool(settings.EMAIL_HOST_USER) and not is_this_machine(settings.EMAIL_HOST)


def cloud_address_is_wrong() -> bool:
    """The adapter of the text-message supplier refuses its address: every call would fail."""
    try:
        cloud.endpoint("")
    except ImproperlyConfigured:
        return settings.SMS_GATEWAY in cloud.NEEDS
    return False


def own_authority_is_not_there() -> bool:
    """Connections relying on the certificate authority would fail."""
    files = filter(None, (settings.INVENTORY_CA_FILE, settings.PHOTO_APP_CA_FILE))
    return not all(Path(file).is_file() for file in files)


def is_address(text: str) -> bool:
    """Whether mail can be sent from it."""
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def mail_service_is_incomplete() -> bool:
    """The service of EMAIL_ESP lacks its package or its keys."""
    if not settings.EMAIL_ESP:
        return False
    try:
        get_connection()
        import_string("icpportal.outbox.receipts.mail_events.listener")()
    except (ImproperlyConfigured, ImportError):
        return True
    return False


RULES = (
    Rule("portal.E001", secrets_are_invented, "A secret is the demo's.", "docs/operations.md, “Settings”."),
    Rule(
        "portal.E022",
        keys_are_none,
        "PII_KEYS is not 'name:base64 of 32 bytes', several separated by commas.",
        "production.env.example says how one is made.",
    ),
    Rule("portal.E002", lambda: settings.DEBUG, "DEBUG is on.", "It prints settings and people's data."),
    Rule("portal.E003", lambda: not settings.HTTPS, "HTTPS is off.", "Unset HTTPS, or set HTTPS=on."),
    Rule(
        "portal.E016",
        lambda: any(settings.RETENTION[key].days < least for key, least in settings.RETENTION_LEAST.items()),
        "What was done with personal data is kept for less than 180 days (AUDIT_KEPT_DAYS, or RETENTION_DAYS).",
        "Leave these out: three years.",
    ),
    Rule(
        "portal.E006",
        lambda: registry.fault_of("sms") is not None,
        "Text messages would not be sent: SMS_GATEWAY is empty, misspelt, a page of the demo or a fake.",
        "SMS_GATEWAY=icpportal.gateways.sms.http.HttpSms and SMS_HTTP.",
    ),
    Rule(
        "portal.E007",
        lambda: registry.fault_of("mail") is not None,
        "Mail is not sent over SMTP.",
        "EMAIL_URL=smtp+tls://user:password@host:587",
    ),
    Rule(
        "portal.E018",
        lambda: bool(cloud.missing()),
        "The adapter of the text-message supplier lacks settings.",
        "SMS_SIGN_NAME, SMS_KEY_ID, SMS_KEY_SECRET, SMS_TEMPLATES; Tencent also SMS_APP_ID: docs/text-suppliers.md.",
    ),
    Rule(
        "portal.E026",
        text_supplier_is_unclear,
        "SMS_HTTP does not say how the supplier of text messages is asked.",
        'SMS_HTTP={"url": "https://…"}, and what else icpportal/gateways/sms/README.md names, spelt as there.',
    ),
    Rule(
        "portal.E032",
        messages_leave_in_clear,
        "SMS_HTTP or ANYMAIL has an address with http://: numbers, codes and the key would leave unencrypted.",
        "https://…; http:// is for a program on this machine alone.",
    ),
    Rule(
        "portal.E033",
        cloud_address_is_wrong,
        "SMS_ENDPOINT does not begin with https://: the adapter of the text-message supplier would send nothing.",
        "SMS_ENDPOINT=https://…, or left out: docs/text-suppliers.md.",
    ),
    Rule(
        "portal.E034",
        mail_address_is_unreadable,
        "An address in ANYMAIL (…_API_URL) cannot be read: no mail would leave.",
        "https:// and the host of the service, as docs/messages.md shows; no brackets but those of IPv6.",
    ),
    Rule(
        "portal.W006",
        mail_password_leaves_in_clear,
        "EMAIL_URL has a password and no TLS: it would leave unencrypted, and so would codes.",
        "EMAIL_URL=smtp+tls://… or smtp+ssl://…",
        Warning,
    ),
    Rule(
        "portal.W005",
        lambda: settings.SMS_GATEWAY in cloud.NEEDS and bool(settings.SMS_TEMPLATES) and bool(without_number()),
        "SMS_TEMPLATES lacks the supplier's numbers of some texts: these are not sent.",
        "`manage.py sms templates` names them.",
        Warning,
    ),
    Rule(
        "portal.E019",
        mail_service_is_incomplete,
        "The mail service (EMAIL_ESP) lacks its package or its keys.",
        "requirements-mail.txt, and in ANYMAIL what docs/messages.md names.",
    ),
    Rule(
        "portal.E008",
        lambda: not settings.STAFF_SECOND_FACTOR,
        "Staff sign in without a second factor.",
        "Unset STAFF_SECOND_FACTOR, or set it to on.",
    ),
    Rule(
        "portal.E009",
        lambda: not settings.PUBLIC_BASE_URL.startswith("https://"),
        "Links in messages would not be https.",
        "PUBLIC_BASE_URL=https://…, the address people use.",
    ),
    Rule(
        "portal.E024",
        lambda: not validate_host(urlsplit(settings.PUBLIC_BASE_URL).hostname or "", settings.ALLOWED_HOSTS),
        "The host of PUBLIC_BASE_URL is not one of ALLOWED_HOSTS: links in messages would be answered by an error.",
        "Add it to ALLOWED_HOSTS, or correct PUBLIC_BASE_URL.",
    ),
    Rule(
        "portal.E030",
        lambda: urlsplit(settings.PUBLIC_BASE_URL)._replace(scheme="", netloc="").geturl() not in ("", "/"),
        "PUBLIC_BASE_URL is more than a host: the portal has the whole host, and links with a path would lead nowhere.",
        "PUBLIC_BASE_URL=https://beian.…, without anything behind the host.",
    ),
    Rule(
        "portal.E025",
        lambda: not is_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
        "DEFAULT_FROM_EMAIL is no mail address.",
        "DEFAULT_FROM_EMAIL=filing@…, one that the server of EMAIL_URL sends for.",
    ),
    Rule(
        "portal.E023",
        lambda: settings.TRUSTED_PROXY_COUNT < 1,
        "No proxy is counted: all visitors would share the limits of one address, and none would come over https.",
        "TRUSTED_PROXY_COUNT=1 behind one proxy (docs/operations.md, “Proxy”).",
    ),
    Rule(
        "portal.E028",
        own_authority_is_not_there,
        "A certificate authority of your own is not there (INVENTORY_CA_FILE, PHOTO_APP_CA_FILE).",
        "The path of a file that all processes can read; left out, the certificates of the system are believed.",
    ),
    Rule(
        "portal.E010",
        private_root_is_public,
        "Documents would lie where the web server hands files out.",
        "VAR_DIR and STATIC_ROOT apart, or S3_BUCKET.",
    ),
    Rule("portal.E011", lambda: "*" in settings.ALLOWED_HOSTS, "Any host name is accepted.", "ALLOWED_HOSTS: yours."),
    Rule(
        "portal.E012",
        lambda: bool(places.faults(settings.SERVER_PROVINCE, settings.SERVER_PLACES)),
        "Nobody knows where the servers stand (SERVER_PROVINCE, SERVER_PLACES).",
        "SERVER_PROVINCE: two digits of GB/T 2260, such as 64; docs/inventory.md says what for several provinces.",
    ),
    Rule(
        "portal.W001",
        private_root_is_lost_with_the_container,
        "Documents lie inside the program's folder.",
        "VAR_DIR on a volume of its own, or S3_BUCKET.",
        Warning,
    ),
    Rule(
        "portal.W007",
        folder_depends_on_the_start,
        "VAR_DIR or STATIC_ROOT is a relative path: a process that is started in another folder would find no file.",
        "VAR_DIR=/var/lib/portal, a path that begins with /.",
        Warning,
    ),
    Rule(
        "portal.W002",
        bucket_is_abroad,
        "The bucket does not look like one in mainland China.",
        "Personal data of a filing stay in the mainland (PIPL, 个人信息保护法, article 40): S3_REGION says where. "
        "For a store of your own in a mainland room, STORAGE_REGION_WAIVER says in words which one and who answers.",
        Warning,
    ),
    Rule(
        "portal.W003",
        lambda: not settings.REDIS_URL,
        "Workers and rate limits share files instead of Redis.",
        "REDIS_URL, unless web and workers run on one machine.",
        Warning,
    ),
    Rule(
        "portal.W008",
        lambda: takes_any_certificate(settings.REDIS_URL),
        "REDIS_URL accepts any certificate (ssl_cert_reqs=none): whoever answers in place of Redis would be believed.",
        "Leave ssl_cert_reqs out; for an authority of your own add ssl_ca_certs=/path/of/ca.pem.",
        Warning,
    ),
    Rule(
        "portal.W004",
        lambda: not settings.SEAL_FILES,
        "Pictures are stored as they are (SEAL_FILES is off).",
        "Unset SEAL_FILES once no process of an earlier version runs, then `manage.py seal_papers`.",
        Warning,
    ),
)


@register("portal")
def fit_for_production(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Reports every rule that production breaks; nothing in the demo."""
    if settings.DEMO:
        return []
    found: list[CheckMessage] = [
        Error(f"{name} still has a value of production.env.example.", hint="Replace it by your own.", id="portal.E017")
        for name in placeholders_left()
    ]
    return found + [rule.kind(rule.says, hint=rule.hint, id=rule.id) for rule in RULES if rule.broken()]


@register("portal")
def index_key_is_long(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Refuses a short key of blind indexes for a new database; a portal that has run with one can start and change it.

    It is a remark there, not a warning: warnings stop the start of docker-compose.yml, errors every command.
    """
    if settings.DEMO or not marks.is_short():
        return []
    if marks.short_index_key():
        return [Error(marks.SHORT_INDEX, hint="production.env.example says how one is made.", id="portal.E029")]
    return [Info(marks.SHORT_INDEX, hint="Change it soon: docs/security.md, “Changing keys”.", id="portal.I001")]


@register("portal")
def keys_are_of_this_database(
    app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None
) -> list[CheckMessage]:
    """Refuses commands with the keys of another portal: what they seal, even a backup, nobody could read."""
    if settings.DEMO or keys_are_none():
        return []
    hint = "Take the environment of the processes that serve this database: docs/security.md, “Changing keys”."
    return [Error(words, hint=hint, id="portal.E031") for words in filter(None, [marks.mismatch()])]


@register("portal", deploy=True)
def mode_is_told(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Warns in the demo, where all other rules are silent: somebody deploying has left out the mode."""
    says = "PORTAL_MODE is not production: this is a demo, and none of its settings was judged."
    return [Error(says, hint="PORTAL_MODE=production.", id="portal.E027")] if settings.DEMO else []


@register("portal", deploy=True)
def duties_are_apart(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Reports accounts with two duties, and those that may do everything; nothing before there are tables."""
    if settings.DEMO:
        return []
    hint = "Deciding cases, configuring and auditing are three people: change the roles of this account."
    try:
        found = [
            *((user, "portal.E020", "holds roles of two duties") for user in roles.of_two_duties()),
            *((user, "portal.E021", "is a superuser: it holds every duty") for user in roles.superusers()),
        ]
    except DatabaseError:
        return []
    return [Error(f"The account {user.masked_email} {says}.", hint=hint, id=code) for user, code, says in found]
