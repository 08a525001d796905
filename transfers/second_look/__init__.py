"""Four eyes before an order goes to the authority: which orders need them, and who may give them."""
