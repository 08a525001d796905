"""Measurements within one process; imported once `bench.harness.product` has set the portal up."""
