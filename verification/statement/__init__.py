"""The authenticity statement (真实性核验单) as a PDF filled in from the answers, and the receipt in the same layout.

`pdf.pdf` and `receipt.receipt` draw them. Import those only where a sheet is drawn: they take a fifth of a process's
start-up time.
"""

from verification.statement.facts import ReceiptFacts, StatementFacts

__all__ = ["ReceiptFacts", "StatementFacts"]
