"""Gateways that stall at a chosen point of a delivery, so that a worker can be killed exactly there.

`VAR_DIR/stall` names the point, `VAR_DIR/stalled` tells that a delivery has reached it.
"""

import os
import time
from pathlib import Path

from django.conf import settings

from icpportal.gateways.miit.simulated.gateway import SimulatedAuthority
from icpportal.gateways.miit.types import AccessReport
from icpportal.gateways.sms.page import PageSms

LONGER_THAN_THE_TEST = 300


def stall(point: str) -> None:
    """Says that `point` is reached and stays there, if a test asked for it."""
    folder = Path(settings.VAR_DIR)
    wanted = folder / "stall"
    if wanted.exists() and wanted.read_text() == point:
        (folder / "stalled").write_text(str(os.getpid()))
        time.sleep(LONGER_THAN_THE_TEST)


class StallingSms(PageSms):
    """Before or after the text is out."""

    def send(self, to: str, text: str, key: str) -> str:
        stall("text not out")
        receipt = super().send(to, text, key)
        stall("text out")
        return receipt


class StallingAuthority(SimulatedAuthority):
    """Before or after the report is in the authority's tables."""

    def queue(self, report: AccessReport) -> None:
        stall("report not in")
        super().queue(report)
        stall("report in")
