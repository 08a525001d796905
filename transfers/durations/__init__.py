"""How long the stages of an order take, from the portal's own figures."""
