"""Masks show enough to recognise one's own data and too little for anybody else."""

import pytest
from django.utils.translation import override

from icpportal.privacy.blind_index import blind_index
from icpportal.privacy.masks import mask_email, mask_mobile, mask_name, mask_number


@pytest.mark.parametrize(
    ("mask", "value", "shown"),
    [
        (mask_name, "陈样例", "陈*例"),
        (mask_name, "林范", "林*"),
        (mask_name, "𠮷", "*"),
        (mask_name, "", ""),
        (mask_mobile, "13900000002", "139****0002"),
        (mask_mobile, "139", "***"),
        (mask_number, "91649999000000019L", "9164***019L"),
        (mask_number, "E12345678", "E***8"),
        (mask_number, "12", "**"),
        (mask_email, "wang@example.com", "w***@example.com"),
        (mask_email, "no-address", "n*s"),
    ],
)
def test_a_value_is_masked(mask: object, value: str, shown: str) -> None:
    assert mask(value) == shown


def test_a_blind_index_depends_on_kind_value_and_key(settings: object) -> None:
    first = blind_index("mobile", "13900000001")

    assert first == blind_index("mobile", "13900000001")
    assert first != blind_index("person", "13900000001")
    settings.BLIND_INDEX_KEY = "another"
    assert first != blind_index("mobile", "13900000001")


@pytest.mark.parametrize(("language", "words"), [("en", "a closed account"), ("zh-hans", "已关闭的账号")])
def test_the_address_of_a_closed_account_is_not_shown_as_an_address(language: str, words: str) -> None:
    """The giver of a service code was shown as "c***@closed.invalid"."""
    with override(language):
        assert mask_email("closed-7@closed.invalid") == words
