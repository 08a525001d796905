"""People who walk through the portal, and through the bare wizard, over HTTP as browsers do."""
