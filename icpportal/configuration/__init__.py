"""The settings, a module a subject; `icpportal/settings.py` gathers them."""
