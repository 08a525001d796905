"""The checks before submitting (预审): each is a value with an id and a sentence that says what to do."""

from filings.checks.catalogue import Check, Finding, Severity
from filings.checks.facts import Facts, PersonFacts, Registration, read
from filings.checks.table import CHECKS, check_ids, run

__all__ = ["CHECKS", "Check", "Facts", "Finding", "PersonFacts", "Registration", "Severity", "check_ids", "read", "run"]
