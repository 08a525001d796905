"""The page of figures: for leads the whole desk, for each reviewer their own work, and both as CSV."""
