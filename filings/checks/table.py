"""Every check, in the order of the steps, and how those of one step are run."""

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
    """What is to be said on the page of this step (type, subject, website, administrator).

    `missing` are its fields without an answer that could be read: nothing is said that rests on one of them.
    """
    return run_all((check for check in CHECKS if check.step == step), facts, missing)


def check_ids() -> tuple[str, ...]:
    """Every id once, in the order of the catalogue."""
    return tuple(dict.fromkeys(check.id for check in CHECKS))
