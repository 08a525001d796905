"""The second look at a case: its buttons and the page on which it is given."""
