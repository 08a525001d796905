"""The filing number at the foot of a filed site: the line to paste, and whether it stands there."""
