"""A person with an email address and a mainland mobile, and what that person is about to prove."""

from collections.abc import Iterable
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from icpportal.codes.models import Channel
from icpportal.database.prepared import CompiledQuery
from icpportal.fields.types import Column
from icpportal.privacy.blind_fields import BlindIndexField
from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.fields import EncryptedJSONField, EncryptedTextField
from icpportal.privacy.masks import mask_email, mask_mobile, readable
from icpportal.privacy.models import SealedModel


def mobile_index(mobile: str) -> str:
    """The blind index by which accounts are found; "" for no mobile."""
    return blind_index("account mobile", mobile) if mobile else ""


def index_of(user: "User") -> str:
    """The blind index of an account's mobile."""
    return mobile_index(user.mobile)


class UserManager(BaseUserManager["User"]):
    """Creates and finds accounts. Addresses are stored in lower case, so that no two differ by case alone."""

    def create_user(self, email: str, password: str | None = None, **columns: Column) -> "User":
        """Creates an account without roles; `accounts.actions.open_account` also confirms and gives roles."""
        user = self.model(email=email, **columns)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **columns: Column) -> "User":
        """Creates an account that may do everything. There is none in production (docs/decisions.md)."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **columns)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").lower())

    def with_mobile(self, mobile: str) -> "models.QuerySet[User]":
        """The account that confirmed this mobile, if any."""
        index = mobile_index(mobile)
        return self.filter(mobile_index=index, mobile_confirmed_at__isnull=False) if index else self.none()


class User(SealedModel, AbstractBaseUser, PermissionsMixin):
    """An account of an applicant or of staff."""

    email = models.EmailField(_("Email"), max_length=254, unique=True)
    # the key of service codes (customers.py): the first address, kept when the address changes
    customer_name = models.CharField(max_length=254, blank=True, default="", editable=False)
    mobile = EncryptedTextField(_("Mobile"), blank=True, default="")
    mobile_index = BlindIndexField(of="icpportal.accounts.models.index_of", blank=True, default="", editable=False)
    mobile_confirmed_at = models.DateTimeField(_("Mobile confirmed"), null=True, blank=True)
    # when a confirmed mobile or address was replaced, or the password reset, as a thief would do first
    contact_changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    name = models.CharField(_("Name shown to colleagues"), max_length=80, blank=True)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    is_staff = models.BooleanField(_("Staff"), default=False)
    is_active = models.BooleanField(pgettext_lazy("account", "Active"), default=True)
    date_joined = models.DateTimeField(pgettext_lazy("account", "Since"), default=timezone.now)
    terms_version = models.CharField(_("Terms agreed to"), max_length=20, blank=True)
    terms_agreed_at = models.DateTimeField(_("Agreed at"), null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.UniqueConstraint(
                fields=["customer_name"], condition=~Q(customer_name=""), name="one_account_per_customer_name"
            ),
            models.UniqueConstraint(
                fields=["mobile_index"],
                condition=Q(mobile_confirmed_at__isnull=False) & ~Q(mobile_index=""),
                name="one_account_per_confirmed_mobile",
            ),
        ]
        indexes = [
            models.Index(fields=["mobile_index"], name="account_mobile"),
            models.Index(fields=["-date_joined", "-id"], name="account_newest"),
            # a few among many customers
            models.Index(fields=["name", "id"], condition=Q(is_staff=True), name="account_of_staff"),
            models.Index(fields=["id"], condition=Q(is_superuser=True), name="account_without_limits"),
        ]

    def __str__(self) -> str:
        return self.name or mask_email(self.email)

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def save(
        self,
        force_insert: bool | tuple[models.base.ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        self.email = self.email.lower()
        self.mobile_index = mobile_index(self.mobile)
        if self._state.adding and not self.customer_name:
            self.customer_name = self._name_of_its_own()
        if update_fields is not None and "mobile" in (fields := set(update_fields)):
            update_fields = {*fields, "mobile_index"}
        super().save(force_insert=force_insert, force_update=force_update, using=using, update_fields=update_fields)

    def _name_of_its_own(self) -> str:
        """Its address, unless that was another account's before."""
        return f"account:{self.pk}" if NAMED_BEFORE.texts(email=self.email) else self.email

    @property
    def customer(self) -> str:
        """The key of its service codes, whatever its address is today."""
        return self.customer_name or self.email

    def get_short_name(self) -> str:
        """The name by which the review desk greets staff."""
        return self.name

    @property
    def email_confirmed(self) -> bool:
        """Whether the present address was proved by a code (as allauth's EmailAddress says)."""
        flag = self.__dict__.get("email_is_confirmed")  # set by AccountBackend, which loads the signed-in user
        if flag is not None:
            return bool(flag)  # SQLite returns 0 or 1
        return EmailAddress.objects.filter(user_id=self.pk, email=self.email, verified=True).exists()

    @property
    def confirmed(self) -> bool:
        """Whether both address and mobile were proved, as applicant pages require."""
        return self.mobile_confirmed_at is not None and self.email_confirmed

    @property
    def masked_email(self) -> str:
        return mask_email(self.email)

    @property
    def masked_mobile(self) -> str:
        return readable(lambda: mask_mobile(self.mobile))


NAMED_BEFORE = CompiledQuery(  # a read of every new account
    lambda email: (
        User.objects.filter(Q(customer_name=email) | Q(former_addresses__email=email)).order_by().values_list("pk")[:1]
    ),
    email=models.CharField(),
)


class FormerAddress(models.Model):
    """An address that an account has given up: what the provider lists under it stays that account's."""

    email = models.EmailField(max_length=254, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_addresses")
    left_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return mask_email(self.email)


class Pending(SealedModel):
    """What a code is about to prove: a sign-up, a mobile, an address, a reset, or the person again.

    The destination is stored sealed here, so that neither the session nor a link has to carry it.
    """

    class Kind(models.TextChoices):
        SIGN_UP = "sign_up"
        FIRST_MOBILE = "first_mobile"
        MOBILE = "mobile"
        EMAIL = "email"
        RESET = "reset"
        STEP_UP = "step_up"

    KEPT = timedelta(days=1)

    kind = models.CharField(max_length=12, choices=Kind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    destination = EncryptedTextField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    language = models.CharField(max_length=10)
    facts = EncryptedJSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["user", "kind", "-created_at"], name="pending_of_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def holder(self) -> str:
        """What its codes are bound to."""
        return f"{self.kind}:{self.pk}"


class Invitation(models.Model):
    """The link by which a new member of staff sets a password: one for each account, deleted once used."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invitation")
    digest = models.CharField(max_length=64, unique=True)  # digest of the link, which is only in the mail
    invited_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"
