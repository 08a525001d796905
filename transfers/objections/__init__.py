"""Objections to the orders of others: how they end, what they stop, the answer."""
