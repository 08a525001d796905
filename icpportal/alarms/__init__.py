"""Alarms for operations: one open row per cause. Delivery by mail and webhook is a separate matter."""
