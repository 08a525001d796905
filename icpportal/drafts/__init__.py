"""What was typed into a page and not saved yet, and what came of a form that was refused: kept sealed on the server."""
