"""The account's addresses.

allauth's names are used for its own pages. Its pages for sign-up, reset, address and codes are replaced by ours,
because they count attempts in the session, where parallel ones are lost (docs/decisions.md).
"""

from allauth.account import views as allauth_views
from allauth.mfa.base import views as mfa_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.conf import settings
from django.urls import path

from icpportal.accounts.guards import step_up_required
from icpportal.accounts.views import contact, invitation, issuer, pages, reset, security, sign_up

urlpatterns = [
    path("", pages.overview, name="account"),
    path("terms/", pages.terms, name="terms"),
    path("login/", issuer.SignIn.as_view(), name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", sign_up.SignUp.as_view(), name="account_signup"),
    path("signup/code/", sign_up.SignUpCode.as_view(), name="account_sign_up_code"),
    path("confirm/", contact.Confirm.as_view(), name="account_confirm"),
    path("email/", contact.ChangeEmail.as_view(), name="account_email"),
    path("email/code/", contact.EmailCode.as_view(), name="account_email_code"),
    path("language/", pages.ChangeLanguage.as_view(), name="account_language"),
    path("mobile/", contact.ChangeMobile.as_view(), name="account_mobile"),
    path("mobile/code/", contact.MobileCode.as_view(), name="account_mobile_code"),
    path("password/reset/", reset.Reset.as_view(), name="account_reset_password"),
    path("password/reset/code/", reset.ResetCode.as_view(), name="account_reset_code"),
    path("password/reset/new/", reset.ResetNew.as_view(), name="account_reset_new"),
    path("invitation/<str:token>/", invitation.Accept.as_view(), name="account_invitation"),
    path("password/change/", security.PasswordChange.as_view(), name="account_change_password"),
    path("step-up/", security.StepUp.as_view(), name="account_step_up"),
    path("reauthenticate/", security.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("sessions/", security.session_list, name="usersessions_list"),
    path("sessions/end/", security.end_other_sessions, name="usersessions_end_others"),
    path("sessions/<int:session_id>/end/", security.end_session, name="usersessions_end"),
    path("2fa/", security.SecondFactor.as_view(), name="mfa_index"),
    path("2fa/authenticate/", mfa_views.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", security.SecondFactorAgain.as_view(), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", step_up_required(totp_views.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", step_up_required(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", step_up_required(recovery_views.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/recovery-codes/generate/",
        step_up_required(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
]

if settings.OIDC_ISSUER:
    urlpatterns += issuer.addresses
