"""The steps of a transfer; one file a step."""

from transfers.steps.table import STEPS

__all__ = ["STEPS"]
