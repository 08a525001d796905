"""Names of files: the uploaded one as shown, ours as stored."""

from datetime import UTC, datetime

import pytest

from verification import file_names


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("身份证 正面.jpg", "身份证 正面.jpg"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\chen\\card.png", "card.png"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("zero\u200bwidth\u00ad.jpg", "zerowidth.jpg"),
        ("nul\x00byte.jpg", "nulbyte.jpg"),
        ("line\r\nSet-Cookie: a.jpg", "line Set-Cookie: a.jpg"),
        ("  two   spaces .jpg ", "two spaces .jpg"),
        ("line\u2028separator.jpg", "lineseparator.jpg"),
        ("CON", "CON"),
        ("..", ""),
        ("", ""),
        ("𠮷㛃.heic", "𠮷㛃.heic"),
        ("e\u0301te.jpg", "éte.jpg"),
    ],
)
def test_a_shown_name_has_no_folder_and_no_hidden_characters(given: str, shown: str):
    assert file_names.display_name(given) == shown


def test_a_long_name_keeps_its_ending():
    shown = file_names.display_name("证" * 300 + ".jpeg")

    assert shown == "证" * 95 + ".jpeg"
    assert len(shown) == file_names.SHOWN_MAX


def test_a_long_extension_is_no_extension():
    assert file_names.display_name("a." + "b" * 300) == "a." + "b" * 98


def test_stored_names_are_random_and_sorted_by_day():
    now = datetime(2026, 11, 25, 8, tzinfo=UTC)
    made = {file_names.new_name(now, ".jpg") for _ in range(1000)}

    assert len(made) == 1000
    assert {name[:9] for name in made} == {"20261125/"}
    assert {len(name) for name in made} == {9 + 48 + 4}  # 192 bits in hex


def test_a_reference_has_192_random_bits():
    made = {file_names.reference() for _ in range(1000)}

    assert len(made) == 1000
    assert {len(name) for name in made} == {32}
