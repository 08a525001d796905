"""Objections as work of the desk: the list, one of them with both sides, the answer."""
