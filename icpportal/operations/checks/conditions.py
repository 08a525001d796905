"""What must not be so in production: each is true where it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.mail import get_connection
from django.core.validators import validate_email
from django.utils.module_loading import import_string

from icpportal.gateways.addresses import crosses_in_clear, is_this_machine, names_host, names_store
from icpportal.gateways.sms import cloud, http
from icpportal.metrics.reserved import is_roots_in_anothers
from icpportal.privacy import crypto

HTTP_SMS = "icpportal.gateways.sms.http.HttpSms"
INVENTED = ("demo-only", "insecure")
# what the library sends requests for; a name with this ending it takes for another kind of bucket of its maker
BUCKET_NAME = re.compile(r"[a-zA-Z0-9.\-_]{1,255}(?<!--x-s3)")
REGION_NAME = re.compile(r"(?![0-9]+$)(?!-)[a-zA-Z0-9-]{1,63}(?<!-)")
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


def runs_as_root_for_another() -> bool:
    """What this command writes to the data folder would be root's, and the processes could not write beside it."""
    return is_roots_in_anothers(Path(settings.VAR_DIR).absolute())


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


def _accounts_of_buckets() -> Iterator[dict[str, Any]]:
    """Those in use: of the documents, and of backups if they have settings of their own."""
    if settings.S3_BUCKET:
        yield settings.S3_OPTIONS
    if settings.BACKUPS_HAVE_BUCKET:
        yield settings.BACKUP_S3


def bucket_address_is_unreadable() -> bool:
    """No file or no backup could be stored: the address of a bucket lacks https://, or has a host nobody can read."""
    addresses = [account["endpoint_url"] for account in _accounts_of_buckets()]
    return not all(map(names_store, filter(None, addresses)))


def bucket_name_is_wrong() -> bool:
    """No file or no backup could be stored: the library refuses the name of the bucket or of its region."""
    is_bucket = not settings.S3_BUCKET or bool(BUCKET_NAME.fullmatch(settings.S3_BUCKET))
    regions = [account["region_name"] for account in _accounts_of_buckets()]
    return not is_bucket or not all(map(REGION_NAME.fullmatch, filter(None, regions)))


def bucket_has_no_keys() -> bool:
    """No file or no backup could be stored: one of the two keys of a bucket is empty."""
    return not all(account["access_key"] and account["secret_key"] for account in _accounts_of_buckets())


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
