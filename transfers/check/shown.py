"""Detects that a check page is submitted from a window that showed something else."""

import hashlib
import json
from collections.abc import Iterable

from transfers.models import Order, OrderDocument


def shown_mark(order: Order, papers: Iterable[OrderDocument]) -> str:
    """A digest of the answers and documents on the page: changing one changes it, submitting does not."""
    shown = [order.answers, sorted(paper.pk for paper in papers)]
    return hashlib.sha256(json.dumps(shown, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]
