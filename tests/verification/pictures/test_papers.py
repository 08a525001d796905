"""A picture is refused only for its size."""

import pytest

from verification.pictures.papers import refusal


@pytest.mark.parametrize(
    ("kind", "width", "height", "key"),
    [
        ("photo", 800, 600, ""),
        ("photo", 600, 800, ""),
        ("photo", 799, 600, "photo_size"),
        ("photo", 800, 599, "photo_size"),
        ("photo", 4000, 599, "photo_size"),
        ("photo", 399, 300, "file_small"),
        ("lead_id", 400, 300, ""),
        ("lead_id", 399, 300, "file_small"),
        ("lead_id", 4001, 400, "file_strip"),
        ("photo", 6001, 600, "file_strip"),
    ],
)
def test_only_the_size_refuses(kind: str, width: int, height: int, key: str):
    assert refusal(kind, width, height) == key
