"""The footer line of a filed site: its number with the link to the ministry's site."""

from html import escape

from filings.provinces import MINISTRY_SITE


def footer_code(site_number: str) -> str:
    """The HTML that the owner pastes into the home page, as plain text: pages show it and do not render it."""
    return f'<a href="{MINISTRY_SITE}" target="_blank" rel="noopener">{escape(site_number)}</a>'
