"""Backdrops (幕布): asked for with an address, posted from stock with a courier's number, delivered."""
