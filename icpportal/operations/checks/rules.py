"""The settings that production must not have, each with what is wrong and what to do."""

from collections.abc import Callable
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning
from django.http.request import validate_host

from icpportal.configuration.environment import takes_any_certificate
from icpportal.gateways import registry
from icpportal.gateways.inventory import places
from icpportal.gateways.sms import cloud
from icpportal.operations.checks import conditions
from icpportal.outbox.texts.registered import without_number


class Rule(NamedTuple):
    """A condition that must not hold in production."""

    id: str
    broken: Callable[[], bool]
    says: str
    hint: str
    kind: type[Error] | type[Warning] = Error


RULES = (
    Rule("portal.E001", conditions.secrets_are_invented, "A secret is the demo's.", "docs/operations.md, “Settings”."),
    Rule(
        "portal.E022",
        conditions.keys_are_none,
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
        conditions.text_supplier_is_unclear,
        "SMS_HTTP does not say how the supplier of text messages is asked.",
        'SMS_HTTP={"url": "https://…"}, and what else icpportal/gateways/sms/README.md names, spelt as there.',
    ),
    Rule(
        "portal.E032",
        conditions.messages_leave_in_clear,
        "SMS_HTTP or ANYMAIL has an address with http://: numbers, codes and the key would leave unencrypted.",
        "https://…; http:// is for a program on this machine alone.",
    ),
    Rule(
        "portal.E033",
        conditions.cloud_address_is_wrong,
        "SMS_ENDPOINT does not begin with https://: the adapter of the text-message supplier would send nothing.",
        "SMS_ENDPOINT=https://…, or left out: docs/text-suppliers.md.",
    ),
    Rule(
        "portal.E034",
        conditions.mail_address_is_unreadable,
        "An address in ANYMAIL (…_API_URL) cannot be read: no mail would leave.",
        "https:// and the host of the service, as docs/messages.md shows; no brackets but those of IPv6.",
    ),
    Rule(
        "portal.W006",
        conditions.mail_password_leaves_in_clear,
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
        conditions.mail_service_is_incomplete,
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
        lambda: not conditions.is_address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1]),
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
        conditions.own_authority_is_not_there,
        "A certificate authority of your own is not there (INVENTORY_CA_FILE, PHOTO_APP_CA_FILE).",
        "The path of a file that all processes can read; left out, the certificates of the system are believed.",
    ),
    Rule(
        "portal.E010",
        conditions.private_root_is_public,
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
        conditions.private_root_is_lost_with_the_container,
        "Documents lie inside the program's folder.",
        "VAR_DIR on a volume of its own, or S3_BUCKET.",
        Warning,
    ),
    Rule(
        "portal.W007",
        conditions.folder_depends_on_the_start,
        "VAR_DIR or STATIC_ROOT is a relative path: a process that is started in another folder would find no file.",
        "VAR_DIR=/var/lib/portal, a path that begins with /.",
        Warning,
    ),
    Rule(
        "portal.W009",
        conditions.runs_as_root_for_another,
        "You are root, and VAR_DIR belongs to the user of the processes: they could not change what you leave there.",
        "Run commands as that user: runuser -u portal -- .venv/bin/python manage.py …",
        Warning,
    ),
    Rule(
        "portal.W002",
        conditions.bucket_is_abroad,
        "The bucket does not look like one in mainland China.",
        "Personal data of a filing stay in the mainland (PIPL, 个人信息保护法, article 40): S3_REGION says where. "
        "For a store of your own in a mainland room, STORAGE_REGION_WAIVER says in words which one and who answers.",
        Warning,
    ),
    Rule(
        "portal.E035",
        conditions.bucket_address_is_unreadable,
        "S3_ENDPOINT_URL or BACKUP_S3_ENDPOINT_URL cannot be read: no file could be stored.",
        "https:// (http:// for a store beside the portal), its host of letters, digits, dots and hyphens, and its port "
        "unless it is the usual one.",
    ),
    Rule(
        "portal.E036",
        conditions.bucket_name_is_wrong,
        "S3_BUCKET, S3_REGION or BACKUP_S3_REGION is no name of a bucket or a region: no file could be stored.",
        "The bare name, such as documents or cn-beijing, as the store shows it; no address, no folder.",
    ),
    Rule(
        "portal.E037",
        conditions.bucket_has_no_keys,
        "A bucket lacks one of its two keys: no file could be stored.",
        "S3_ACCESS_KEY and S3_SECRET_KEY; where backups have an account of their own, BACKUP_S3_ACCESS_KEY and "
        "BACKUP_S3_SECRET_KEY.",
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
