"""The authenticity statement (真实性核验单) as a PDF, filled in from the answers."""

from verification.statement.facts import StatementFacts
from verification.statement.pdf import pdf
from verification.statement.receipt import ReceiptFacts, receipt

__all__ = ["ReceiptFacts", "StatementFacts", "pdf", "receipt"]
