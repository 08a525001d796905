from typing import Any

from django.core.cache import cache


def test_no_file_name_of_the_cache_reveals_a_mobile(settings: Any) -> None:
    one, other = (cache.make_key(f"login 1390000000{n}") for n in (1, 2))
    settings.SECRET_KEY = "another one"  # noqa: S105 -- invented
    elsewhere = cache.make_key("login 13900000001")

    assert len({one, other, elsewhere}) == 3
    assert "1390000000" not in one + other
