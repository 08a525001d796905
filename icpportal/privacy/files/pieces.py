"""A file under its own key (AES-256-GCM) in chunks: bounded memory, and truncated, moved or changed chunks do not open.

A magic number, the key's id, then chunks of 64 KiB, each with its tag. A chunk's nonce is its number and whether it is
the last one. A key seals one file once, so no nonce repeats.
"""

import io
import uuid
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from icpportal.privacy.crypto import Unreadable

MARK = b"\x89ICPSEAL"  # begins no picture
ID_BYTES = 16
HEADER = len(MARK) + ID_BYTES
PIECE = 64 * 1024
TAG = 16
WHOLE = PIECE + TAG


def seal(plain: bytes, key: bytes, key_id: uuid.UUID) -> bytes:
    """What is stored in place of `plain`."""
    return b"".join(_pieces(plain, AESGCM(key), MARK + key_id.bytes))


def _pieces(plain: bytes, cipher: AESGCM, header: bytes) -> Iterator[bytes]:
    yield header
    view, last = memoryview(plain), max(0, (len(plain) - 1) // PIECE)
    for number in range(last + 1):
        piece = view[number * PIECE : (number + 1) * PIECE]
        yield cipher.encrypt(_nonce(number, number == last), piece, header)


class Writer:
    """Seals what is written into `out`, for content too large for memory; call `finish` at the end."""

    def __init__(self, out: BinaryIO, key: bytes, key_id: uuid.UUID) -> None:
        self._out, self._cipher, self._header = out, AESGCM(key), MARK + key_id.bytes
        self._number, self._rest = 0, b""
        out.write(self._header)

    def write(self, plain: bytes) -> int:
        view, at = memoryview(self._rest + plain), 0
        while len(view) - at > PIECE:  # keeps back what may be the last chunk
            self._put(view[at : at + PIECE], is_last=False)
            at += PIECE
        self._rest = bytes(view[at:])
        return len(plain)

    def finish(self) -> None:
        self._put(memoryview(self._rest), is_last=True)

    def _put(self, piece: memoryview, *, is_last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, is_last), piece, self._header))
        self._number += 1


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11) + bytes([is_last])


def key_of(header: bytes) -> uuid.UUID | None:
    """The key's id of a file that begins like this; None when it is not sealed."""
    return uuid.UUID(bytes=header[len(MARK) : HEADER]) if header.startswith(MARK) and len(header) >= HEADER else None


def open_sealed(source: BinaryIO, key_for: Callable[[uuid.UUID], bytes]) -> BinaryIO:
    """`source` for reading, sealed or plain; raises `Unreadable`, and what `key_for` raises.

    The first chunk is opened at once, so that a file that cannot be opened fails early.
    """
    header = source.read(HEADER)
    key_id = key_of(header)
    if key_id is None:
        source.seek(0)
        return source
    reader = Reader(source, header, key_for(key_id))
    reader.peek()
    return cast(BinaryIO, reader)


class Reader(io.BufferedIOBase):
    """Decrypts a sealed file, one chunk in memory at a time."""

    def __init__(self, source: BinaryIO, header: bytes, key: bytes) -> None:
        self._source, self._header, self._cipher = source, header, AESGCM(key)
        body = source.seek(0, io.SEEK_END) - HEADER
        self._last = max(0, -(-body // WHOLE) - 1)
        self.size = body - (self._last + 1) * TAG
        self._at = 0
        self._piece: tuple[int, bytes] = (-1, b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes; raises `Unreadable` when their chunk was changed, moved or cut off."""
        ends = self.size if size is None or size < 0 else min(self.size, self._at + size)
        parts = []
        while self._at < ends:
            number, start = divmod(self._at, PIECE)
            part = self._open(number)[start : start + ends - self._at]
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)

    def peek(self) -> None:
        """Decrypts the chunk to be read next."""
        self._open(min(self._at // PIECE, self._last))

    def close(self) -> None:
        self._source.close()
        super().close()

    def _open(self, number: int) -> bytes:
        if self._piece[0] != number:
            self._source.seek(HEADER + number * WHOLE)
            cipher = self._source.read(WHOLE)
            try:
                plain = self._cipher.decrypt(_nonce(number, number == self._last), cipher, self._header)
            except (InvalidTag, ValueError) as error:
                raise Unreadable("a sealed file was changed or cut short") from error
            self._piece = (number, plain)
        return self._piece[1]
