"""What is measured inside one process; imported once `bench.harness.product` has set the portal up."""
