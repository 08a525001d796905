"""The checks before submit (预审): every rule a machine can judge, as a value with an id and a sentence that helps."""

from filings.checks import addresses, documents, domains, people, phones, records, sites
from filings.checks.catalogue import Check, Finding, Severity, run_all
from filings.checks.facts import Facts, PersonFacts, Registration, read

CHECKS: tuple[Check, ...] = (
    *addresses.CHECKS,
    *documents.CHECKS,
    *people.CHECKS,
    *phones.CHECKS,
    *sites.CHECKS,
    *domains.CHECKS,
    *records.CHECKS,
)


def run(step: str, facts: Facts) -> list[Finding]:
    """What is to be said on the page of this step (type, subject, website, administrator)."""
    return run_all((check for check in CHECKS if check.step == step), facts)


def check_ids() -> tuple[str, ...]:
    """Every id once, in the order of the catalogue."""
    return tuple(dict.fromkeys(check.id for check in CHECKS))


__all__ = ["CHECKS", "Check", "Facts", "Finding", "PersonFacts", "Registration", "Severity", "check_ids", "read", "run"]
