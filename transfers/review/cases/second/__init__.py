"""The second look at a case: its buttons and its page."""
