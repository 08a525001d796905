"""Who signs in, how, for how long, and what each role may do."""

from datetime import timedelta

from django.core.exceptions import ImproperlyConfigured

from icpportal.configuration.environment import DEMO, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["icpportal.accounts.sign_in.backend.AccountBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "start"
STAFF_SECOND_FACTOR = env.bool("STAFF_SECOND_FACTOR", default=not DEMO)
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "icpportal.accounts.sign_in.passwords.NotAlike"},
    {"NAME": "icpportal.accounts.sign_in.passwords.LongEnough", "OPTIONS": {"min_length": 8}},
    {"NAME": "icpportal.accounts.sign_in.passwords.NotCommon"},
    {"NAME": "icpportal.accounts.sign_in.passwords.LongerForStaff"},
]
# Confirmation, reset and step-up are pages of our own: allauth keeps its codes, and counts their tries, in the session.
ACCOUNT_ADAPTER = "icpportal.accounts.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "icpportal.accounts.forms.SignInForm",
    "reauthenticate": "icpportal.accounts.forms.PasswordAgainForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_ADAPTER = "icpportal.accounts.sign_in.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "icpportal.accounts.sign_in.second_factor.AuthenticateForm",
    "reauthenticate": "icpportal.accounts.sign_in.second_factor.ReauthenticateForm",
    "activate_totp": "icpportal.accounts.sign_in.second_factor.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# --- staff by the provider's own issuer, where one is named (docs/operations.md#staff) ------------
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("OIDC_NAME", default="SSO")  # on the page of signing in
OIDC_SECOND_FACTOR = env.str("OIDC_SECOND_FACTOR", default="own")  # trusted: the issuer's, where its token says so
if OIDC_ISSUER and not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
    raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and OIDC_CLIENT_SECRET")
if OIDC_ISSUER and not (DEMO or OIDC_ISSUER.startswith("https://")):
    raise ImproperlyConfigured("OIDC_ISSUER begins with https://")
if OIDC_SECOND_FACTOR not in ("own", "trusted"):
    raise ImproperlyConfigured("OIDC_SECOND_FACTOR is own or trusted")


def issuer_settings(issuer: str, client_id: str, secret: str, name: str) -> dict[str, object]:
    """The one issuer as allauth wants it; nothing where there is none."""
    how = {"server_url": issuer, "fetch_userinfo": False, "scope": ["openid", "email"]}
    named = {"provider_id": "staff", "name": name, "client_id": client_id, "secret": secret, "settings": how}
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [named]}} if issuer else {}


SOCIALACCOUNT_ADAPTER = "icpportal.accounts.staff.issuer.IssuerAdapter"
SOCIALACCOUNT_PROVIDERS = issuer_settings(OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME)
TERMS_VERSION = "2026-11"
# A session ends so long after sign-in, however busy it is, and so long after its last request.
SESSION_LIMITS = {
    "applicant": (timedelta(days=14), timedelta(days=3)),
    "staff": (timedelta(hours=12), timedelta(hours=1)),
}
SESSION_ENGINE = "icpportal.accounts.sign_in.sessions"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
# What each role may do, as "app.codename"; `migrate` and `ensure_roles` write it into the groups.
REGISTER = [
    "filings.view_subject",
    "filings.view_person",
    "filings.view_website",
    "filings.view_access",
    "filings.view_legacyrecord",
]
REVIEW = [
    "filings.view_legacyclaim",
    "filings.review_claim",
    "verification.view_backdrop",
    "verification.post_backdrop",
    "verification.view_backdropstock",
    "verification.change_backdropstock",
    "transfers.review_order",
    "transfers.view_order",
    "transfers.view_objection",
    "transfers.change_objection",
    "transfers.view_returnreason",
    "transfers.view_causecancellation",
    "transfers.add_causecancellation",
    *REGISTER,
]
MINISTRY = [
    "miit.view_report",
    "miit.view_uploadfile",
    "miit.view_inboxfile",
    "miit.view_ministryline",
    "miit.view_tablerow",
]
ROLE_PERMISSIONS: dict[str, list[str]] = {
    "applicant": [],
    "reviewer": [*REVIEW],
    "lead reviewer": [
        *REVIEW,
        "transfers.lead_review",
        "transfers.add_returnreason",
        "transfers.change_returnreason",
        "transfers.view_parkedanswer",
        "transfers.apply_parkedanswer",
        "privacy.view_legalhold",
        "privacy.add_legalhold",
        "rights.view_correctionrequest",
        "rights.answer_correctionrequest",
    ],
    # the log, not people's data: nothing that an applicant typed, and no page with it
    "auditor": [
        "audit.view_auditentry",
        "codes.view_code",
        "outbox.view_message",
        "privacy.view_accessnote",
        "privacy.view_legalhold",
        "transfers.audit_order",
    ],
    "operations": [
        "accounts.view_user",
        "accounts.add_user",
        "accounts.change_user",
        "alarms.view_alarm",
        "alarms.view_setaside",
        "alarms.retry_setaside",
        "codes.view_code",
        "outbox.view_message",
        "outbox.deliver_message",
        "transfers.operate_order",
        "verification.view_photoplace",
        "verification.add_photoplace",
        "verification.change_photoplace",
        "transfers.view_parkedanswer",
        "transfers.change_parkedanswer",
        "transfers.apply_parkedanswer",
        "workdays.view_workcalendarday",
        "workdays.add_workcalendarday",
        "workdays.change_workcalendarday",
        "workdays.delete_workcalendarday",
        *MINISTRY,
        "miit.operate_ministry",
    ],
}
