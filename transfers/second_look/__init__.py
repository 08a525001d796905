"""Four eyes before an order goes to the authority: which orders need them, who may be the second, what they say."""
