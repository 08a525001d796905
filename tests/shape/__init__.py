"""`make shape`: counts how far the code is from the shape it should have, and fails while one count misses.

It reads the files with `ast` alone, so it needs neither Django nor a database. Each module here holds the measures of
one subject; `report.py` runs them all, `values.json` keeps the values that may only shrink.
"""
