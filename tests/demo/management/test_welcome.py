"""What `manage.py demo` prints once the portal answers."""

from typing import Any

import pytest

from demo.management.commands.demo import welcome


@pytest.mark.parametrize(("is_on", "word"), [(True, "ON"), (False, "OFF")])
def test_it_says_whether_staff_need_a_second_factor_here(settings: Any, is_on: bool, word: str) -> None:
    settings.STAFF_SECOND_FACTOR = is_on

    assert f"The second factor of staff is {word} in this demo" in welcome(8000, "")
