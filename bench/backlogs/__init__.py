"""Work that has piled up: orders whose time is over, messages that are owed, and what does no more than it must."""
