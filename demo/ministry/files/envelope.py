"""The envelope of a file, written and read independently of the portal's client: zip, MD5, AES, base64."""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

LARGEST = 50 * 1024 * 1024
BLOCK = 128
LONG_AGO = (2020, 1, 1, 0, 0, 0)  # a fixed date, so the same file always has the same bytes


class Refusal(Exception):
    """The envelope is invalid; `code` is the return code of the interface."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(frozen=True)
class UnpackedFile:
    """A file taken out of its envelope."""

    name: str
    body: bytes  # the zip
    digest: str
    xml: bytes


def digest_of(data: bytes) -> str:
    """Base64 of the MD5 of the bytes."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def password_hash(password: str, salt: str) -> str:
    """What `pwdHash` must be: base64 of the MD5 of password and random value in GBK."""
    return digest_of((password + salt).encode("gbk", "replace"))


def _cipher(key: str, iv: str) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key.encode("ascii")), modes.CBC(iv.encode("ascii")))


def encrypt(data: bytes, key: str, iv: str) -> bytes:
    """AES in CBC mode with PKCS#7 padding."""
    padder, encryptor = PKCS7(BLOCK).padder(), _cipher(key, iv).encryptor()
    return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()


def decrypt(data: bytes, key: str, iv: str) -> bytes:
    """Decrypts the bytes; raises `ValueError` when the key is wrong."""
    decryptor, unpadder = _cipher(key, iv).decryptor(), PKCS7(BLOCK).unpadder()
    return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()


def pack(name: str, xml: bytes) -> bytes:
    """A zip with one entry."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name, LONG_AGO)
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, xml)
    return out.getvalue()


def wrap(body: bytes, *, key: str = "", iv: str = "") -> str:
    """The `beianInfo` of a zip; encrypted when there is a key."""
    return base64.b64encode(encrypt(body, key, iv) if key else body).decode()


def unwrap(info: str, *, key: str = "", iv: str = "") -> bytes:
    """The zip in `beianInfo`; `Refusal` 6 when it is not base64 or does not decrypt."""
    try:
        body = base64.b64decode("".join(info.split()), validate=True)
        return decrypt(body, key, iv) if key else body
    except (binascii.Error, ValueError) as problem:
        raise Refusal(6) from problem


def unpack(info: str, digest: str, *, key: str = "", iv: str = "") -> UnpackedFile:
    """The file in its envelope; `Refusal` for the first error (6, 7, 8, 17, 18)."""
    body = unwrap(info, key=key, iv=iv)
    found = digest_of(body)
    if "".join(digest.split()) != found:
        raise Refusal(7)
    name, xml = only_entry(body)
    return UnpackedFile(name, body, found, xml)


def only_entry(body: bytes) -> tuple[str, bytes]:
    """Name and bytes of the one entry of a zip."""
    if len(body) > LARGEST:
        raise Refusal(18)
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) != 1:
                raise Refusal(17)
            with archive.open(entries[0]) as file:
                xml = file.read(LARGEST + 1)  # a limit of our own: the size in the header may be false
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as problem:
        raise Refusal(8) from problem
    if len(xml) > LARGEST:
        raise Refusal(18)
    return entries[0].filename, xml
