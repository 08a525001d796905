"""A server of the ministry's interface V3.0: a simulated authority in its own process, for demo and rehearsals."""
