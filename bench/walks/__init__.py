"""People who walk through the portal and the bare wizard over HTTP, like browsers."""
