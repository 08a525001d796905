"""Calls to the people of an order: asking for one, booking a time, each try, what follows when nobody is reached."""
