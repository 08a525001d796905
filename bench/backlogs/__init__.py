"""Backlogs of work: overdue orders, unsent messages, and minimal tasks to compare with."""
