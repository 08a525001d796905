"""Registers the pages of the review desk; each is in the folder of its subject."""

from transfers.authority import parked_admin
from transfers.cancellation import cause_admin
from transfers.photo import place_admin
from transfers.retention import admin as hold_admin
from transfers.review import admin as order_admin
from transfers.review.exports import admin as export_admin

__all__ = ["cause_admin", "export_admin", "hold_admin", "order_admin", "parked_admin", "place_admin"]
