"""Objections on the desk: the list, one objection with both sides, the answer."""
