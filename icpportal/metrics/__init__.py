"""What each process counts for `/metrics`."""
