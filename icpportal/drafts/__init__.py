"""Drafts of pages: what was typed and not saved, and the result of refused forms, sealed on the server."""
