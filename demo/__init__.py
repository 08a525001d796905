"""Everything that is not the product: the simulated outside systems, invented data, rehearsals. Nothing imports it."""
