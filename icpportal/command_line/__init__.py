"""What operators type for a command, and the files of text they give it."""
