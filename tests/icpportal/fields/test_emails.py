import pytest
from django.core.exceptions import ValidationError

from icpportal.fields.emails import email


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("lin@example.com", "lin@example.com"),
        ("  lin@example.com ", "lin@example.com"),
        ("ｌｉｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "lin@example.com"),
        ("Lin.S+filing@EXAMPLE.com", "Lin.S+filing@example.com"),
    ],
)
def test_an_address_is_normalised(typed, regular):
    assert email(typed) == regular


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "lin",
        "lin@",
        "@example.com",
        "lin@example",
        "lin@@example.com",
        "lin example@example.com",
        "林@example.com",
        "lin@示例.中国",
        "lin@example.com\nbcc: chen@example.com",
        "lin@example.com, chen@example.com",
        "a" * 250 + "@example.com",
    ],
)
def test_an_incomplete_address_is_refused(typed):
    with pytest.raises(ValidationError) as refused:
        email(typed)

    assert refused.value.code == "email_bad"
