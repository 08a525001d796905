"""Formats of dates where a page does not choose one: the 24-hour clock in both languages."""
