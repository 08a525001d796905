"""Checks of the domain: whether it is filed here already, and its registration where that is known."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from filings.checks.catalogue import Check, Gaps, PageOf
from filings.checks.facts import Facts
from filings.provinces.choices import HolderRule
from icpportal.fields.domains import is_gov_domain

DAYS_AFTER_VERIFICATION = timedelta(days=3)


def government(facts: Facts) -> Gaps | None:
    return {"phone": settings.PROVIDER_HOTLINE} if is_gov_domain(facts.domain) else None


def other_holder(facts: Facts) -> bool:
    """Silent where shareholders and managers may hold the domain: a machine cannot tell who they are."""
    holder, rule = facts.registration.holder, facts.province.domain_holder
    if holder is None or holder == facts.name:
        return False
    if facts.is_individual:
        return True
    by_the_lead = rule == HolderRule.LEGAL and facts.lead_is_legal and holder == facts.lead.name
    return rule != HolderRule.WIDE and not by_the_lead


def not_verified(facts: Facts) -> bool:
    known = facts.registration
    fresh = known.verified_on is not None and known.verified_on > facts.today - DAYS_AFTER_VERIFICATION
    return known.is_verified is False or fresh


def ends_soon(facts: Facts) -> Gaps | None:
    ends, days = facts.registration.ends_on, facts.province.domain_days
    if ends is None or ends - facts.today > timedelta(days=days):
        return None
    return {"n": days}


CHECKS: tuple[Check, ...] = (
    Check("domain_gov", PageOf.TYPE, "domain", _("For gov.cn domains call %(phone)s"), government),
    Check(
        "domain_holder",
        PageOf.WEBSITE,
        "domain",
        _("The domain is not registered to the subject: transfer the domain first"),
        other_holder,
    ),
    Check(
        "domain_realname",
        PageOf.WEBSITE,
        "domain",
        _("The domain is not real-name verified: verify it, wait 3 working days, then submit"),
        not_verified,
    ),
    Check(
        "domain_expiry",
        PageOf.WEBSITE,
        "domain",
        _("The domain expires within %(n)s days: renew it first"),
        ends_soon,
    ),
)
