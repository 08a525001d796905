"""Drawn pictures of papers and people, good and damaged by measure, and how often each check is right about them."""
