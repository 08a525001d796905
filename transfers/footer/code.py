"""The line at the foot of a filed site: its number with the link to the ministry's site, ready to copy."""

from html import escape

from filings.provinces import MINISTRY_SITE


def footer_code(site_number: str) -> str:
    """What the owner pastes into the home page; a plain text, so that a page shows it and does not obey it."""
    return f'<a href="{MINISTRY_SITE}" target="_blank" rel="noopener">{escape(site_number)}</a>'
