"""The settings of the connection, and the message when one is wrong."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.client.account import Address, account
from icpportal.gateways.miit.client.crypto import Cipher


def test_an_account_is_built_from_the_settings(settings, ministry):
    settings.MIIT_CONNECT_SECONDS, settings.MIIT_FILES_SECONDS = 3, 44

    read = account()

    assert (read.isp_id, read.user, read.password) == (100077, "provider", "Passw0rd")
    assert read.files == Address(settings.MIIT_FILES_URL, settings.MIIT_FILES_WSDL)
    assert read.status == Address(settings.MIIT_STATUS_URL, settings.MIIT_STATUS_WSDL)
    assert read.filing_password == Address(settings.MIIT_PASSWORD_URL, settings.MIIT_PASSWORD_WSDL)
    assert (read.encrypt, read.cipher) == (True, Cipher("0123456789abcdef", "0102030405060708"))
    assert (read.connect_seconds, read.files_seconds) == (3, 44)


def test_an_account_shows_no_secret(ministry):
    assert "Passw0rd" not in repr(account())
    assert "0123456789abcdef" not in repr(account())


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"MIIT_ISP_ID": 0}, "MIIT_ISP_ID"),
        ({"MIIT_AES_KEY": "short"}, "MIIT_AES_KEY"),
        ({"MIIT_AES_IV": ""}, "MIIT_AES_IV"),
        ({"MIIT_AES_KEY": "", "MIIT_AES_IV": ""}, "MIIT_AES_KEY"),
        ({"MIIT_PASSWORD": "pass😀"}, "MIIT_PASSWORD"),
    ],
)
def test_a_wrong_setting_is_named(settings, ministry, wrong, named):
    for name, value in wrong.items():
        setattr(settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=named):
        account()


def test_without_encryption_no_key_is_needed(settings, ministry):
    settings.MIIT_ENCRYPT, settings.MIIT_AES_KEY, settings.MIIT_AES_IV = False, "", ""

    assert (account().encrypt, account().cipher) == (False, None)
