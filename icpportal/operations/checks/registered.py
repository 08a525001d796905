"""What `manage.py check` and the start of every process report."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, register
from django.db import DatabaseError

from icpportal.accounts import roles
from icpportal.configuration.environment import placeholders_left
from icpportal.operations.checks import conditions
from icpportal.operations.checks.rules import RULES
from icpportal.privacy.key_change import marks


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
    if settings.DEMO or conditions.keys_are_none():
        return []
    hint = "Take the environment of the processes that serve this database: docs/security.md, “Changing keys”."
    return [Error(words, hint=hint, id="portal.E031") for words in filter(None, [marks.mismatch()])]


@register("portal", deploy=True)
def mode_is_told(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Warns in the demo, where all other rules are silent: somebody deploying has left out the mode."""
    says = "PORTAL_MODE is not production: this is a demo, and none of its settings was judged."
    return [Error(says, hint="PORTAL_MODE=production.", id="portal.E027")] if settings.DEMO else []


@register("portal", deploy=True)
def alarms_are_sent(app_configs: Sequence[AppConfig] | None, **kwargs: Sequence[str] | None) -> list[CheckMessage]:
    """Remarks that alarms go to nobody; no warning, which would stop the start where others watch the health page."""
    if settings.DEMO or settings.ALERTS:
        return []
    says = "ALERTS names nobody: an alarm is only shown at the review desk and on /healthz/deep."
    return [Info(says, hint="ALERTS=mailto:operations@…, or the address of a webhook.", id="portal.I002")]


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
