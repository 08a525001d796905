"""A sealed file opens whole and unchanged, or not at all."""

import io
import os
import uuid

import pytest

from icpportal.privacy.crypto import Unreadable
from icpportal.privacy.files import pieces
from icpportal.privacy.files.pieces import HEADER, PIECE, WHOLE

KEY, ID = os.urandom(32), uuid.uuid4()


def open_all(stored: bytes) -> bytes:
    with pieces.open_sealed(io.BytesIO(stored), lambda _id: KEY) as source:
        return source.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_a_sealed_file_opens_at_every_length(size: int):
    plain = os.urandom(size)

    stored = pieces.seal(plain, KEY, ID)

    assert open_all(stored) == plain
    assert pieces.key_of(stored) == ID
    assert size < 16 or plain[:16] not in stored


def test_any_part_is_read_without_loading_the_rest():
    plain = os.urandom(3 * PIECE + 7)
    reader = pieces.open_sealed(io.BytesIO(pieces.seal(plain, KEY, ID)), lambda _id: KEY)

    assert reader.seek(0, io.SEEK_END) == len(plain)
    reader.seek(PIECE - 3)
    assert reader.read(6) == plain[PIECE - 3 : PIECE + 3]
    assert reader.tell() == PIECE + 3
    assert reader.read(10 * PIECE) == plain[PIECE + 3 :]
    assert reader.read(1) == b""


def parts_of_one() -> tuple[bytes, list[bytes]]:
    stored = pieces.seal(os.urandom(2 * PIECE + 5), KEY, ID)
    return stored[:HEADER], [stored[at : at + WHOLE] for at in range(HEADER, len(stored), WHOLE)]


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda first, second, last: [first, second],
        lambda first, second, last: [first, second, last[:-1]],
        lambda first, second, last: [first],
        lambda first, second, last: [],
        lambda first, second, last: [second, first, last],
        lambda first, second, last: [first, last],
        lambda first, second, last: [first, second, last, last],
        lambda first, second, last: [first, second[:-1] + bytes([second[-1] ^ 1]), last],
    ],
    ids=["cut at a piece", "cut by a byte", "one left", "none left", "moved", "one out", "one more", "changed"],
)
def test_a_changed_file_does_not_open(spoiled):
    header, parts = parts_of_one()

    with pytest.raises(Unreadable):
        open_all(header + b"".join(spoiled(*parts)))


def test_pieces_of_another_file_do_not_open():
    header, parts = parts_of_one()
    other = pieces.seal(os.urandom(2 * PIECE + 5), KEY, uuid.uuid4())

    with pytest.raises(Unreadable):
        open_all(header + parts[0] + other[HEADER + WHOLE :])


def test_a_file_without_the_mark_is_read_unchanged():
    assert open_all(b"\xff\xd8\xff plain") == b"\xff\xd8\xff plain"
