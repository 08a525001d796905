"""The pages on which a case is returned or accepted."""
