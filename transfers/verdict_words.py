"""A reviewer's verdict as the applicant reads it: which field, what stood there, why, where to mend it."""

from typing import Any

from transfers.labels import label_of, section_of, url_of
from transfers.models import FieldVerdict, Order


def reason_words(verdict: FieldVerdict, *, chinese: bool, short: bool = False) -> str:
    """The reason from the catalogue in the reader's language, or the reviewer's own words."""
    if verdict.reason is None:
        return verdict.words
    kind = "short" if short else "text"
    return getattr(verdict.reason, f"{kind}_{'zh' if chinese else 'en'}")


def shown(order: Order, verdict: FieldVerdict, *, chinese: bool) -> dict[str, Any]:
    """What `transfers/verdicts.html` draws of one verdict."""
    return {
        "field": verdict.field,
        "label": f"{section_of(verdict.field)} · {label_of(verdict.field)}",
        "old": verdict.value,
        "sentence": reason_words(verdict, chinese=chinese),
        "words": verdict.words if verdict.reason else "",
        "url": url_of(order, verdict.field),
    }


def lines(order: Order, verdicts: list[FieldVerdict]) -> dict[str, str]:
    """One line a field, per language, for the mail."""
    return {
        language: "\n".join(f"- {reason_words(each, chinese=language == 'zh')}" for each in verdicts)
        for language in ("zh", "en")
    }
