"""A reviewer's reason as the applicant reads it."""

from transfers.models import FieldVerdict, Order


def reason_words(verdict: FieldVerdict, *, chinese: bool, short: bool = False) -> str:
    """The reason from the catalogue in the reader's language, or the reviewer's own words."""
    if verdict.reason is None:
        return verdict.words
    kind = "short" if short else "text"
    return getattr(verdict.reason, f"{kind}_{'zh' if chinese else 'en'}")


def lines(order: Order, verdicts: list[FieldVerdict]) -> dict[str, str]:
    """One line a field, per language, for the mail."""
    return {
        language: "\n".join(f"- {reason_words(each, chinese=language == 'zh')}" for each in verdicts)
        for language in ("zh", "en")
    }
