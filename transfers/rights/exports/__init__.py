"""A copy of one's own data (PIPL 45): what is in it, how it is built, asked for and fetched."""
