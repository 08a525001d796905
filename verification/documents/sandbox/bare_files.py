"""Whether a picture that we wrote has pixels and nothing else: decodes nothing, uses no library."""

from collections.abc import Callable

from verification.documents.sandbox.file_signatures import JPEG, PNG, WEBP

SIGNATURE = 8  # bytes
BEFORE_AND_AFTER = 12  # bytes of a chunk: length, name and checksum
OF_WEBP = frozenset({b"VP8 ", b"VP8L"})
OF_PNG = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})


def is_bare(content: bytes, name: str) -> bool:
    """Whether there is no text, profile or note in it, and nothing behind it. Not looked for in a JPEG."""
    return CHECKS[name](content)


def _is_bare_png(content: bytes) -> bool:
    at, name = SIGNATURE, b""
    while name != b"IEND":
        length, name = int.from_bytes(content[at : at + 4], "big"), content[at + 4 : at + 8]
        if name not in OF_PNG:
            return False
        at += BEFORE_AND_AFTER + length
    return at == len(content)


def _is_bare_webp(content: bytes) -> bool:
    whole, length = (int.from_bytes(content[at : at + 4], "little") for at in (4, 16))
    return content[12:16] in OF_WEBP and 8 + whole == len(content) == 20 + length + length % 2


CHECKS: dict[str, Callable[[bytes], bool]] = {JPEG: bool, PNG: _is_bare_png, WEBP: _is_bare_webp}
