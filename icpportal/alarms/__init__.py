"""Alarms for operations: one open row for each cause. `operations/monitoring/alerts.py` sends them."""
