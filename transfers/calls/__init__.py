"""Calls to the people of an order: requested, booked, attempted, and what follows when nobody is reached."""
