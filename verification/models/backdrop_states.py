"""The states of a request for a backdrop."""

REQUESTED = "requested"
POSTED = "posted"
DELIVERED = "delivered"
CALLED_OFF = "called_off"

ON_THE_WAY = (REQUESTED, POSTED)
