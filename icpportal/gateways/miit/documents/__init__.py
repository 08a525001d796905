"""The documents of the ministry's interface: their content, and how each version writes and reads them."""
