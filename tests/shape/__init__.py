"""`make shape`: counts how far the code is from its intended shape, and fails while a count misses its target.

It reads the files with `ast` only, so it needs neither Django nor a database. Each module here has the measures of
one subject; `report.py` runs them all, `values.json` keeps the values, which may only shrink.
"""
