"""The authenticity statement (真实性核验单) as a PDF, filled in from the answers, and the receipt in its hand.

`pdf.pdf` and `receipt.receipt` draw them. Import these where a sheet is drawn: what draws them takes a fifth of the
time in which a process of the portal starts.
"""

from verification.statement.facts import ReceiptFacts, StatementFacts

__all__ = ["ReceiptFacts", "StatementFacts"]
