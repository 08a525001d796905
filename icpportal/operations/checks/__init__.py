"""Deploy checks: what a production portal must not start with. The demo is allowed all of it."""
