"""Gateways that stall at a chosen point of a delivery, so that a worker can be killed exactly there.

`VAR_DIR/stall` names the point; `VAR_DIR/stalled` is written when a delivery has reached it.
"""

import os
import time
from pathlib import Path
from unittest.mock import patch

from django.conf import settings

from demo.messages.sms import PageSms
from icpportal.gateways.miit.client.client import Ministry
from icpportal.gateways.miit.client.crypto import PackedDocument
from icpportal.gateways.miit.client.returns import UploadReply
from icpportal.gateways.miit.gateway import MinistryAuthority
from icpportal.gateways.miit.types import Report

LONGER_THAN_THE_TEST = 300


def stall(point: str) -> None:
    """Reports that `point` is reached and waits there, if a test asked for it."""
    folder = Path(settings.VAR_DIR)
    wanted = folder / "stall"
    if wanted.exists() and wanted.read_text() == point:
        (folder / "stalled").write_text(str(os.getpid()))
        time.sleep(LONGER_THAN_THE_TEST)


class StallingSms(PageSms):
    """Stalls before or after the text is sent."""

    def send(self, to: str, text: str, key: str) -> str:
        stall("text not out")
        receipt = super().send(to, text, key)
        stall("text out")
        return receipt


class StallingAuthority(MinistryAuthority):
    """Stalls before or after a report is queued, before or after its file has reached the ministry."""

    def queue(self, report: Report) -> None:
        stall("report not in")
        super().queue(report)
        stall("report in")

    def send(self) -> int:
        with patch.object(Ministry, "upload", upload):
            return super().send()


hand_over = Ministry.upload


def upload(ministry: Ministry, packed: PackedDocument, sequence: int) -> UploadReply:
    """Sends one file to the ministry; its answer may never be read."""
    stall("file not out")
    reply = hand_over(ministry, packed, sequence)
    stall("file out")
    return reply
