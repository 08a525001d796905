"""A server for the ministry's interface V3.0: an invented authority in its own process, for demo and rehearsal."""
