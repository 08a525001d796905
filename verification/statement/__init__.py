"""The authenticity statement (真实性核验单) as a PDF, filled in from the answers."""

from verification.statement.facts import StatementFacts
from verification.statement.sheet import pdf

__all__ = ["StatementFacts", "pdf"]
