"""The demo's text messages with a supplier slow enough to be killed in the middle."""

import time

from demo.messages.sms import PageSms


class SlowPage(PageSms):
    """Waits before and after the message is sent."""

    def send(self, to: str, text: str, key: str) -> str:
        time.sleep(0.05)
        receipt = super().send(to, text, key)
        time.sleep(0.05)
        return receipt
