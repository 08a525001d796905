"""Lists of orders as files for leads: masked, without formulas, and of many rows only with a second person."""
