"""What the review desk does, in figures for leads: the daily count, and the page that shows it."""
