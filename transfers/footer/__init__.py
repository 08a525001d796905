"""The filing number in the footer of a filed site: the line to paste, and whether it is there."""
