"""Not part of the product: simulated outside systems, invented data, rehearsals. Nothing imports it."""
