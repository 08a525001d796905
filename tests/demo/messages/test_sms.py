"""Text messages shown on a page."""

import pytest

from demo.messages import file_inbox
from demo.messages.sms import PageSms
from icpportal.gateways.errors import Retryable
from icpportal.gateways.sms.base import text_messages


@pytest.fixture(autouse=True)
def own_inbox(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_the_demo_gateway_is_the_page():
    assert isinstance(text_messages(), PageSms)


def test_a_text_is_shown_once_however_often_it_is_delivered():
    gateway = PageSms()

    receipts = {gateway.send("13900000001", "【网站备案】一条短信", "k:1") for _ in range(3)}

    (found,) = file_inbox.read(file_inbox.names())
    assert len(receipts) == 1
    assert (found.key, found.channel, found.to, found.text) == ("k:1", "sms", "13900000001", "【网站备案】一条短信")


def test_an_unwritable_inbox_is_a_temporary_error(own_inbox):
    (own_inbox / "messages").write_text("a file where the folder should be")

    with pytest.raises(Retryable):
        PageSms().send("13900000001", "text", "k:1")


def test_the_check_writes_nothing(own_inbox):
    PageSms().check()

    assert list(own_inbox.iterdir()) == []


def test_the_check_fails_without_the_folder(settings, own_inbox):
    settings.VAR_DIR = own_inbox / "no" / "such"

    with pytest.raises(Retryable):
        PageSms().check()
