"""All checks in the order of the steps, and the function that runs those of one step."""

from collections.abc import Collection

from filings.checks import addresses, documents, domains, people, phones, records, sites
from filings.checks.catalogue import Check, Finding, run_all
from filings.checks.facts import Facts

CHECKS: tuple[Check, ...] = (
    *addresses.CHECKS,
    *documents.CHECKS,
    *people.CHECKS,
    *phones.CHECKS,
    *sites.CHECKS,
    *domains.CHECKS,
    *records.CHECKS,
)


def run(step: str, facts: Facts, *, missing: Collection[str] = ()) -> list[Finding]:
    """Returns the findings for the page of this step (type, subject, website, administrator).

    `missing` are fields without a readable answer: checks that depend on one of them are not run.
    """
    return run_all((check for check in CHECKS if check.step == step), facts, missing)


def check_ids() -> tuple[str, ...]:
    """Every id once, in the order of the catalogue."""
    return tuple(dict.fromkeys(check.id for check in CHECKS))
