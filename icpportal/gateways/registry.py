"""All gateways, one row each: the setting, the real classes, the stand-ins, and what an outage means.

The production checks, the start of a process, the health pages and `check_gateways` use it; `docs/gateways.md` and the
README of each folder are checked against it. It imports no gateway.
"""

from dataclasses import dataclass

from django.conf import settings

from icpportal.gateways.addresses import names_host

FAKE, SMS, MAIL = "gateways.E001", "portal.E006", "portal.E007"  # ids of the production checks
OURS = ("icpportal.", "demo.", "tests.")
# mail over the interface of a service instead of SMTP, by django-anymail; Postal is one that a provider runs itself
ESPS = (
    *("brevo", "mailersend", "mailgun", "mailjet", "mandrill"),
    *("postal", "postmark", "resend", "sparkpost"),
)


@dataclass(frozen=True)
class StandIn:
    """A module whose classes must not be used in production, and the id of the error that says so."""

    module: str
    says: str
    rule: str = FAKE


@dataclass(frozen=True)
class Fault:
    """Why a gateway must not be used in production."""

    setting: str
    rule: str
    says: str
    hint: str

    def __str__(self) -> str:
        return f"{self.says} {self.hint}"


@dataclass(frozen=True)
class Gateway:
    """An outside system. `real` are our classes for production; a provider may name its own instead."""

    name: str
    setting: str
    asks: str  # what it is asked, for the docs
    own_settings: tuple[str, ...]
    real: tuple[str, ...]
    stand_ins: tuple[StandIn, ...]
    address: str = ""  # the setting of the address that has to be https:// with our own class
    rule_of_address: str = ""
    may_be_missing: bool = False
    rule: str = FAKE
    only_ours: bool = False  # no class of a provider's own
    is_asked: bool = True
    folder: str = ""  # folder of its modules, if not its name
    is_advice: bool = False  # pages work without it, so that its outage is not a fault

    @property
    def path(self) -> str:
        """The class in use."""
        return str(getattr(settings, self.setting))

    def fault(self) -> Fault | None:
        """What is wrong with the class in use; None when it may be used in production."""
        path = self.path
        found = next((each for each in self.stand_ins if path.startswith(f"{each.module}.")), None)
        if found is not None:
            return self._fault(found.rule, f"{self.setting} is {path}: {found.says}.")
        if not path:
            return None if self.may_be_missing else self._fault(self.rule, f"{self.setting} is empty.")
        return (
            self._fault(self.rule, f"{self.setting} is {path}: not for production.") if self._is_strange(path) else None
        )

    def _is_strange(self, path: str) -> bool:
        """Whether it is neither one of our real classes nor a provider's own."""
        if path in self.real:
            return False
        return self.only_ours or path.startswith(OURS) or "fake" in path.lower()

    def address_fault(self) -> Fault | None:
        """What is wrong with the address of our own class: it is not encrypted, or unreadable. None when it is fine."""
        if not self.address or self.path not in self.real:
            return None
        address = str(getattr(settings, self.address))
        if not address.startswith("https://"):
            says = f"{self.address} does not begin with https://: the {self.name} gateway would ask in the clear."
        elif not names_host(address):
            says = f"{self.address} is not an address that can be read: the {self.name} gateway would ask nobody."
        else:
            return None
        return Fault(self.setting, self.rule_of_address, says, f"{self.address}=https://…")

    def _fault(self, rule: str, says: str) -> Fault:
        ways = " or ".join(f"{self.setting}={path}" for path in self.real)
        unset = f", or leave {self.setting} empty" if self.may_be_missing else ""
        return Fault(self.setting, rule, says, f"Set {ways}{unset}.")


HERE = "icpportal.gateways"
TESTS_ONLY = "a fake for tests"
GATEWAYS = (
    Gateway(
        "authority",
        "AUTHORITY_GATEWAY",
        "takes reports, tells their results and the state of filings, checks filing passwords",
        (
            *("MIIT_ISP_ID", "MIIT_USER", "MIIT_PASSWORD", "MIIT_AES_KEY", "MIIT_AES_IV"),
            *("MIIT_FILES_URL", "MIIT_STATUS_URL", "MIIT_PASSWORD_URL", "MIIT_XSD_DIR"),
        ),
        real=(f"{HERE}.miit.gateway.MinistryAuthority",),
        stand_ins=(StandIn(f"{HERE}.miit.fake", TESTS_ONLY),),
        folder="miit",
    ),
    Gateway(
        "inventory",
        "INVENTORY_GATEWAY",
        "lists the servers that a customer has",
        ("INVENTORY_URL", "INVENTORY_TOKEN", "INVENTORY_CA_FILE"),
        real=(f"{HERE}.inventory.http.HttpInventory",),
        stand_ins=(
            StandIn(f"{HERE}.inventory.fake", TESTS_ONLY),
            StandIn("demo.servers.inventory", "the demo's file of servers"),
        ),
        address="INVENTORY_URL",
        rule_of_address="gateways.E003",
    ),
    Gateway(
        "sms",
        "SMS_GATEWAY",
        "sends text messages",
        (
            *("SMS_HTTP", "SMS_SIGNATURE_ZH", "SMS_SIGNATURE_EN", "SMS_SIGN_NAME", "SMS_TEMPLATES"),
            *("SMS_KEY_ID", "SMS_KEY_SECRET", "SMS_APP_ID", "SMS_REGION", "SMS_ENDPOINT"),
        ),
        real=(f"{HERE}.sms.http.HttpSms", f"{HERE}.sms.aliyun.AliyunSms", f"{HERE}.sms.tencent.TencentSms"),
        stand_ins=(
            StandIn(f"{HERE}.sms.fake", TESTS_ONLY, SMS),
            StandIn("demo.messages.sms", "text messages are written to a page instead of being sent", SMS),
        ),
        rule=SMS,
    ),
    Gateway(
        "scanner",
        "SCANNER_GATEWAY",
        "looks for viruses in uploaded files",
        ("SCANNER_ADDRESS",),
        real=(f"{HERE}.scanner.clamd.Clamd",),
        stand_ins=(
            StandIn(f"{HERE}.scanner.fake", TESTS_ONLY),
            StandIn(f"{HERE}.scanner.none", "uploaded files are not scanned", "gateways.E002"),
        ),
    ),
    Gateway(
        "photo_app",
        "PHOTO_APP_GATEWAY",
        "gives the photo behind a picture code (Shanghai)",
        ("PHOTO_APP_URL", "PHOTO_APP_TOKEN", "PHOTO_APP_CA_FILE"),
        real=(f"{HERE}.photo_app.http.HttpApp",),
        stand_ins=(
            StandIn(f"{HERE}.photo_app.fake", TESTS_ONLY),
            StandIn("demo.photo_app", "the photo app is the demo's page", "gateways.E004"),
        ),
        address="PHOTO_APP_URL",
        rule_of_address="gateways.E005",
        may_be_missing=True,  # without it, the applicant uploads the app's photo
    ),
    Gateway(
        "dns",
        "DNS_GATEWAY",
        "says where a domain points",
        ("DNS_CHECK_NAME", "DNS_SECONDS"),
        real=(f"{HERE}.dns.system.SystemResolver",),
        stand_ins=(
            StandIn(f"{HERE}.dns.fake", TESTS_ONLY),
            StandIn("demo.servers.names", "the demo's file of names, in which every other name points nowhere"),
        ),
        is_advice=True,
    ),
    Gateway(
        "web_pages",
        "WEB_PAGES_GATEWAY",
        "reads the home page of a website on file",
        (),
        real=(f"{HERE}.web_pages.http.HttpPages",),
        stand_ins=(
            StandIn(f"{HERE}.web_pages.fake", TESTS_ONLY),
            StandIn("demo.servers.pages", "the demo's file of pages"),
        ),
        is_asked=False,  # each reading of a page shows whether the web answers
    ),
    Gateway(
        "mail",
        "EMAIL_BACKEND",
        "sends mail",
        ("EMAIL_URL", "DEFAULT_FROM_EMAIL", "EMAIL_ESP", "ANYMAIL"),
        real=(
            *("icpportal.outbox.channels.smtp.EmailBackend", "django.core.mail.backends.smtp.EmailBackend"),
            *(f"anymail.backends.{each}.EmailBackend" for each in ESPS),
        ),
        stand_ins=(StandIn("demo.messages.mail", "mail is written to a page instead of being sent", MAIL),),
        rule=MAIL,
        only_ours=True,
        is_asked=False,  # the outbox sees with each mail whether it works
    ),
)
ADVICE = tuple(each.name for each in GATEWAYS if each.is_advice)


def checkable_gateways() -> list[Gateway]:
    """The gateways that are configured and can tell whether they answer."""
    return [each for each in GATEWAYS if each.is_asked and each.path]


def faults() -> list[Fault]:
    """Every gateway that must not be in force in production."""
    return [fault for each in GATEWAYS if (fault := each.fault())]


def fault_of(name: str) -> Fault | None:
    """The fault of the gateway of this name."""
    return next(each.fault() for each in GATEWAYS if each.name == name)
