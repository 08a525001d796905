"""The figures as charts and tables: each has its finding as its title, and its numbers in a table."""
