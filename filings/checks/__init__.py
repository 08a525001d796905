"""The checks before submit (预审): every rule a machine can judge, as a value with an id and a sentence that helps."""

from filings.checks.catalogue import Check, Finding, Severity
from filings.checks.facts import Facts, PersonFacts, Registration, read
from filings.checks.table import CHECKS, check_ids, run

__all__ = ["CHECKS", "Check", "Facts", "Finding", "PersonFacts", "Registration", "Severity", "check_ids", "read", "run"]
