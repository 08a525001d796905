"""The settings, one module for each subject; `icpportal/settings.py` imports them all."""
