"""Calls and objections as rows of lists, counted by their indexes."""
