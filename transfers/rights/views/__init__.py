"""The pages of people's rights, below the account."""
