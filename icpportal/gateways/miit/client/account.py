"""Our account at the ministry and the addresses of its three services, read from the settings and checked."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.client.crypto import Cipher


@dataclass(frozen=True)
class Address:
    """One of the three services: its URL and its WSDL (a URL or a file)."""

    url: str
    wsdl: str


@dataclass(frozen=True)
class Account:
    """One provider at one authority, with everything needed to call it."""

    isp_id: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    files: Address  # upload, download, acknowledgement, previous upload
    status: Address
    filing_password: Address
    cipher: Cipher | None = None  # also for reading: the server may encrypt even if we do not
    encrypt: bool = False
    source_address: str = ""
    connect_seconds: float = 10
    files_seconds: float = 180

    def __post_init__(self) -> None:
        if self.encrypt and self.cipher is None:
            raise ImproperlyConfigured("MIIT_ENCRYPT needs MIIT_AES_KEY and MIIT_AES_IV")
        try:
            self.password.encode("gbk")
        except UnicodeEncodeError as problem:
            raise ImproperlyConfigured("MIIT_PASSWORD holds a character outside GBK") from problem


def account() -> Account:
    """The account in the settings; `ImproperlyConfigured` names the wrong setting."""
    if settings.MIIT_ISP_ID <= 0:
        raise ImproperlyConfigured("MIIT_ISP_ID is the number the administration gave this provider")
    return Account(
        isp_id=settings.MIIT_ISP_ID,
        user=settings.MIIT_USER,
        password=settings.MIIT_PASSWORD,
        files=Address(settings.MIIT_FILES_URL, settings.MIIT_FILES_WSDL),
        status=Address(settings.MIIT_STATUS_URL, settings.MIIT_STATUS_WSDL),
        filing_password=Address(settings.MIIT_PASSWORD_URL, settings.MIIT_PASSWORD_WSDL),
        cipher=cipher(),
        encrypt=settings.MIIT_ENCRYPT,
        source_address=settings.MIIT_SOURCE_ADDRESS,
        connect_seconds=settings.MIIT_CONNECT_SECONDS,
        files_seconds=settings.MIIT_FILES_SECONDS,
    )


def cipher() -> Cipher | None:
    """The issued key and IV; `None` when neither is configured."""
    if not settings.MIIT_AES_KEY and not settings.MIIT_AES_IV:
        return None
    return Cipher(settings.MIIT_AES_KEY, settings.MIIT_AES_IV)
