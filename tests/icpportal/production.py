"""A complete production environment, from which tests take things away."""

import base64
import os
import secrets
import subprocess
from pathlib import Path

from tests import fresh

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")

PRODUCTION = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "PII_KEYS": "2026:" + base64.b64encode(os.urandom(32)).decode(),
    "BLIND_INDEX_KEY": secrets.token_urlsafe(32),
    "DATABASE_URL": "postgres://portal:portal@postgres.invalid:5432/portal",
    "REDIS_URL": "redis://redis.invalid:6379/0",
    "ALERTS": "mailto:operations@beian.invalid",
    "EMAIL_URL": "smtp+tls://portal:portal@mail.invalid:587",
    "ALLOWED_HOSTS": "beian.invalid",
    "PUBLIC_BASE_URL": "https://beian.invalid",
    "MIIT_ISP_ID": "100001",
    "MIIT_USER": "provider",
    "MIIT_PASSWORD": secrets.token_urlsafe(12),
    "MIIT_AES_KEY": secrets.token_hex(8),
    "MIIT_AES_IV": secrets.token_hex(8),
    "MIIT_FILES_URL": "http://ministry.invalid/ISPWebService/upDownLoad",
    "MIIT_STATUS_URL": "http://ministry.invalid/BeianStatusWebService/queryBeianStatus",
    "MIIT_PASSWORD_URL": "http://ministry.invalid/BeianStatusWebService/verifyBamm",
    "INVENTORY_GATEWAY": "icpportal.gateways.inventory.http.HttpInventory",
    "INVENTORY_URL": "https://inventory.invalid/api",
    "INVENTORY_TOKEN": "letters",
    "SMS_GATEWAY": "icpportal.gateways.sms.http.HttpSms",
    "SMS_HTTP": '{"url": "https://sms.invalid/send"}',
    "SERVER_PROVINCE": "31",
    "DEFAULT_FROM_EMAIL": "filing@beian.invalid",
    "PROVIDER_NAME_ZH": "我们的云",
    "PROVIDER_NAME_EN": "Our Cloud",
    "PROVIDER_HOTLINE": "400-999-9999",
    "PROVIDER_HOURS": "9:00–18:00",
    "PROVIDER_CALLER_NUMBERS": "010-9999-0001",
    "VAR_DIR": "/var/lib/portal",
    "STATIC_ROOT": "/usr/share/portal/static",
    "TRUSTED_PROXY_COUNT": "1",
    "LOG_LEVEL": "WARNING",
}


def environment(chosen: dict[str, str]) -> dict[str, str]:
    """These variables, and none of ours."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | chosen


def manage(
    *command: str, without: tuple[str, ...] = (), only: dict[str, str] | None = None, **changed: str
) -> subprocess.CompletedProcess:
    """`manage.py` in that environment, or with `only` in this one, and no variable of ours."""
    chosen = PRODUCTION | changed if only is None else only
    given = environment({name: value for name, value in chosen.items() if name not in without})
    return fresh.run("manage.py", *command, folder=ROOT, environment=given)
