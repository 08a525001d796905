"""Pages on which filings of the old platform are imported or claimed."""
