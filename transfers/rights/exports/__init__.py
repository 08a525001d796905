"""A copy of one's own data (PIPL 45): its content, and how it is requested, built and fetched."""
