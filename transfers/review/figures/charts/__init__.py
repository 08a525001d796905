"""The figures as charts and tables: each figure's title is its finding, and a table repeats its numbers."""
