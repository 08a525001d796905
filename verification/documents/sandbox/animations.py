"""Detects animated pictures by their header: decodes nothing, uses no library."""

from verification.documents.sandbox.file_signatures import PNG, WEBP

CHUNKS_MAX = 2000  # before the pixels; a genuine picture has about ten
SIGNATURE = 8
MOVES = 0x02  # of the flags of VP8X: "animation"


def chunk_names(content: bytes) -> list[bytes]:
    """The chunks of a PNG up to its pixels."""
    names: list[bytes] = []
    at = SIGNATURE
    for _ in range(CHUNKS_MAX):
        names.append(content[at + 4 : at + 8])
        if names[-1] in (b"IDAT", b""):
            break
        at += 12 + int.from_bytes(content[at : at + 4], "big")
    return names


def moves(content: bytes, name: str) -> bool:
    """Whether a picture of format `name` announces several frames; GIF is not accepted at all."""
    if name == PNG:
        return b"acTL" in chunk_names(content)
    return name == WEBP and content[12:16] == b"VP8X" and bool(content[20:21] and content[20] & MOVES)
