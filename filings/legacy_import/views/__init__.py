"""Pages for importing or claiming filings of the old platform."""
