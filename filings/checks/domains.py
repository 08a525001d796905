"""The domain: whether it is filed here at all, and its registration where that is known."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from filings.checks.catalogue import Check, PageOf
from filings.checks.facts import Facts
from filings.provinces.terms import HolderRule
from icpportal.entry.domains import is_gov_domain

DAYS_AFTER_VERIFICATION = timedelta(days=3)


def government(facts: Facts) -> str | None:
    if not is_gov_domain(facts.domain):
        return None
    return _("For gov.cn domains call %(phone)s") % {"phone": settings.PROVIDER_HOTLINE}


def other_holder(facts: Facts) -> str | None:
    """Where shareholders and managers may hold the domain, a machine cannot tell, and says nothing."""
    holder, rule = facts.registration.holder, facts.province.domain_holder
    if holder is None or holder == facts.name:
        return None
    if not facts.is_individual and rule == HolderRule.WIDE:
        return None
    if not facts.is_individual and rule == HolderRule.LEGAL and facts.lead_is_legal and holder == facts.lead.name:
        return None
    return _("The domain's holder is not the subject: transfer it first")


def not_verified(facts: Facts) -> str | None:
    known = facts.registration
    fresh = known.verified_on is not None and known.verified_on > facts.today - DAYS_AFTER_VERIFICATION
    if known.is_verified is not False and not fresh:
        return None
    return _("Not real-name verified: verify, wait 3 working days")


def ends_soon(facts: Facts) -> str | None:
    ends, days = facts.registration.ends_on, facts.province.domain_days
    if ends is None or ends - facts.today > timedelta(days=days):
        return None
    return _("The domain ends within %(n)s days: renew it first") % {"n": days}


CHECKS: tuple[Check, ...] = (
    Check("domain_gov", PageOf.TYPE, "domain", government),
    Check("domain_holder", PageOf.WEBSITE, "domain", other_holder),
    Check("domain_realname", PageOf.WEBSITE, "domain", not_verified),
    Check("domain_expiry", PageOf.WEBSITE, "domain", ends_soon),
)
