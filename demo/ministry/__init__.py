"""The ministry's interface V3.0 as a server: an invented authority in a process of its own, for demo and rehearsal."""
