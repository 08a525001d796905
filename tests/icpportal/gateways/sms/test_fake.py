"""The suppliers that fail on purpose do so in the two permitted ways."""

import pytest

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.sms import fake
from icpportal.gateways.sms.base import text_messages


@pytest.fixture(autouse=True)
def _empty():
    fake.FakeSms.sent.clear()
    yield
    fake.FakeSms.sent.clear()


def test_a_well_behaved_fake_keeps_one_message_per_key():
    gateway = fake.FakeSms()

    receipts = [gateway.send("13900000001", "text", "k:1"), gateway.send("13900000001", "text", "k:1")]

    gateway.check()
    assert receipts == ["fake:k:1", "fake:k:1"]
    assert fake.FakeSms.sent == {"k:1": ("13900000001", "text")}


@pytest.mark.parametrize(("name", "error"), [("Refusing", Refused), ("Down", Retryable), ("Stalling", Retryable)])
def test_a_failing_fake_affects_messages_and_checks_alike(settings, monkeypatch, name: str, error: type[Exception]):
    settings.SMS_GATEWAY = f"icpportal.gateways.sms.fake.{name}"
    slept: list[float] = []
    monkeypatch.setattr(fake.time, "sleep", slept.append)

    with pytest.raises(error):
        text_messages().send("13900000001", "text", "k:1")
    with pytest.raises(error):
        text_messages().check()

    assert fake.FakeSms.sent == {}
    assert slept == ([60, 60] if name == "Stalling" else [])


def test_nonsense_is_no_receipt(settings):
    settings.SMS_GATEWAY = "icpportal.gateways.sms.fake.Nonsense"

    assert text_messages().send("13900000001", "text", "k:1") is None
