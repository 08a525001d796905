"""The documents of the ministry's interface: what they say, and how each version of it writes and reads them."""
