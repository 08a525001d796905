"""The wire format of files: zip, hash, optional AES, base64; and back, with suspicion."""

import base64
import binascii
import hashlib
import hmac
import io
import re
import secrets
import string
import struct
import zipfile
import zlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from django.core.exceptions import ImproperlyConfigured

from icpportal.gateways.miit.documents.types import MalformedDocument, NotEncodable

MD5, ZIP = 0, 0  # hashAlgorithm and compressionFormat know no other value
PLAIN, AES = 0, 1  # encryptAlgorithm
LARGEST = 50 * 1024 * 1024  # of a file, zipped or not
RATIO_LARGEST = 200  # XML compresses twentyfold, a zip bomb a thousandfold …
RATIO_FROM = 5 * 1024 * 1024  # … and below this size it does not matter
ENCRYPTED_ENTRY = 0x1  # flag bit of a zip entry
LETTERS = string.ascii_letters + string.digits
NAME = re.compile(r"[A-Za-z0-9]+(\.[A-Za-z0-9]+)?")
NAME_LONGEST = 128
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date a zip can say
# exceptions of zipfile for a malformed archive
ZIP_TROUBLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    LookupError,
    ValueError,
    RuntimeError,
)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True)
class Cipher:
    """The issued AES key and IV (MIIT_AES_KEY, MIIT_AES_IV): AES-128, 192 or 256 by the length of the key."""

    key: str = field(repr=False)
    iv: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.key.isascii() or len(self.key) not in (16, 24, 32):
            raise ImproperlyConfigured("MIIT_AES_KEY must be 16, 24 or 32 ASCII characters")
        if not self.iv.isascii() or len(self.iv) != 16:
            raise ImproperlyConfigured("MIIT_AES_IV must be 16 ASCII characters")

    def encrypt(self, data: bytes) -> bytes:
        """CBC with PKCS7 padding."""
        padder, encryptor = PKCS7(128).padder(), self._block().encryptor()
        return encryptor.update(padder.update(data) + padder.finalize()) + encryptor.finalize()

    def decrypt(self, data: bytes) -> bytes:
        """The reverse; `ValueError` when padding or length show that it was not encrypted with this key."""
        unpadder, decryptor = PKCS7(128).unpadder(), self._block().decryptor()
        return unpadder.update(decryptor.update(data) + decryptor.finalize()) + unpadder.finalize()

    def _block(self) -> BlockCipher:
        return BlockCipher(algorithms.AES(self.key.encode()), modes.CBC(self.iv.encode()))


@dataclass(frozen=True)
class PackedDocument:
    """A document ready to be numbered: its zip, and the base64 MD5 of that, taken before any encryption."""

    name: str
    body: bytes = field(repr=False)
    digest: str


@dataclass(frozen=True)
class WireFile:
    """A file as received: `info` is base64 text, encrypted or not; nothing is checked yet."""

    name: str
    info: str = field(repr=False)
    digest: str
    hash_algorithm: int = MD5
    encrypt_algorithm: int = PLAIN
    compression: int = ZIP


def rand_val() -> str:
    """20 random digits and ASCII letters, fresh for each call."""
    return "".join(secrets.choice(LETTERS) for _ in range(20))


def pwd_hash(password: str, rand_val: str) -> str:
    """Proves the password without sending it."""
    return md5_base64((password + rand_val).encode("gbk"))


def md5_base64(data: bytes) -> str:
    """Base64 of the raw digest, not of its hexadecimal text."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def pack(xml: bytes, name: str) -> PackedDocument:
    """A zip with one entry; deterministic, so that a rebuilt file has the same hash."""
    if not NAME.fullmatch(name) or len(name) > NAME_LONGEST:
        raise ValueError("a file is named with ASCII letters and digits, and one extension")
    entry = zipfile.ZipInfo(name, date_time=OLDEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # fixed, not the machine's own
    entry.external_attr = 0o600 << 16
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(entry, xml)
    body = target.getvalue()
    if max(len(xml), len(body)) > LARGEST:
        raise NotEncodable("the file is above 50 MB", code="18")
    return PackedDocument(name, body, md5_base64(body))


def wrap(body: bytes, *, cipher: Cipher | None) -> str:
    """The zip as text for the wire, encrypted if a cipher is given."""
    return base64.b64encode(cipher.encrypt(body) if cipher else body).decode()


def unwrap(file: WireFile, cipher: Cipher | None) -> bytes:
    """The XML bytes of a received file, whatever its entry is called; raises `MalformedDocument` with the reason."""
    if (file.hash_algorithm, file.compression) != (MD5, ZIP):
        raise MalformedDocument("the file names a hash or a compression nobody knows")
    body = _decipher(_decode(file.info), file.encrypt_algorithm, cipher)
    if not hmac.compare_digest(md5_base64(body).encode(), file.digest.strip().encode()):
        raise MalformedDocument("the hash does not match the file")
    if len(body) > LARGEST:
        raise MalformedDocument("the file is above 50 MB")
    try:
        return _only_entry(body)
    except ZIP_TROUBLE as problem:
        raise MalformedDocument("the file is not a zip archive, or a damaged one") from problem


def _decode(info: str) -> bytes:
    try:
        return base64.b64decode("".join(info.split()), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise MalformedDocument("the file is not base64") from problem


def _decipher(data: bytes, algorithm: int, cipher: Cipher | None) -> bytes:
    if algorithm == PLAIN:
        return data
    if algorithm != AES:
        raise MalformedDocument("the file names an encryption nobody knows")
    if cipher is None:
        raise MalformedDocument("the file is encrypted, and no key is configured")
    try:
        return cipher.decrypt(data)
    except ValueError as problem:
        raise MalformedDocument("the file cannot be decrypted with the configured key") from problem


def _only_entry(body: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        entries = [entry for entry in archive.infolist() if not entry.filename.endswith("/")]
        if len(entries) != 1:
            raise MalformedDocument(f"the archive holds {len(entries)} files and not one")
        entry = entries[0]
        if entry.flag_bits & ENCRYPTED_ENTRY:
            raise MalformedDocument("the archive asks for a password")
        if entry.compress_type not in METHODS:
            raise MalformedDocument("the archive is compressed in a way nobody agreed on")
        if entry.file_size > LARGEST or _is_bomb(entry):
            raise MalformedDocument("the file is too large when unpacked")
        with archive.open(entry) as source:
            return source.read(LARGEST)  # never more than the entry's declared size, which was checked


def _is_bomb(entry: zipfile.ZipInfo) -> bool:
    return entry.file_size > max(RATIO_FROM, RATIO_LARGEST * entry.compress_size)
