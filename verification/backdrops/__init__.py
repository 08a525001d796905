"""Backdrops (幕布): requested with an address, posted from stock with a tracking number, delivered."""
