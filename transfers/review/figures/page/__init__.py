"""The page of figures: what leads see of the desk, what each reviewer sees of their own work, and the same as CSV."""
