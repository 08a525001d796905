"""Calls as work of the desk: the list, one call with its script and its tries."""
