"""Drawn pictures of papers and people, good or damaged by a set strength, and how often each check is right."""
