"""What people see and press; one file a place."""
