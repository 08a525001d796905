"""Alarms for operations: one open row per cause. `operations/monitoring/alerts.py` sends them."""
