"""Objections to other accounts' orders: how they end, what they stop, the answer."""
