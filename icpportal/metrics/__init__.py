"""The counters of each process for `/metrics`."""
