"""The pages on which people ask it, below the account."""
