"""Calls as work of the desk: the list, and one call with its script and attempts."""
