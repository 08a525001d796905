"""What a check page showed: a window that submits something else is told so."""

import hashlib
import json
from collections.abc import Iterable

from transfers.models import Order, OrderDocument


def shown_mark(order: Order, papers: Iterable[OrderDocument]) -> str:
    """A mark of the answers and papers on the page: saving or replacing one changes it, submitting does not."""
    shown = [order.answers, sorted(paper.pk for paper in papers)]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
