"""Lists of orders as files for leads: masked, without formulas; many rows need a second person."""
