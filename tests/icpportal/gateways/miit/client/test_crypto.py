"""The envelope of a file on the wire, with the published vectors."""

import base64
import hashlib
import io
import string
import zipfile
from contextlib import suppress

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import example, given, settings
from hypothesis import strategies as st

from icpportal.gateways.miit.client import crypto
from icpportal.gateways.miit.client.crypto import Cipher, WireFile, md5_base64, pack, pwd_hash, rand_val, unwrap, wrap
from icpportal.gateways.miit.documents.types import MalformedDocument, NotEncodable

KEY, IV = "0123456789abcdef", "0102030405060708"
CIPHER = Cipher(KEY, IV)
NAME = "beianinfo7.xml"


def archive(*entries, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as into:
        for name, data in entries:
            into.writestr(name, data)
    return target.getvalue()


def came(body, **wrong):
    given = {"name": "r1", "info": wrap(body, cipher=None), "digest": md5_base64(body)} | wrong
    return WireFile(**given)


@pytest.mark.parametrize(
    ("password", "salt", "proof"),
    [
        ("1234567890", "abcdefghij", "9fq6VgG8bDFoWECeX62u2Q=="),
        ("Passw0rd", "AbCdEfGhIj0123456789", "+xQxK+xoG5+Um37DGyCPgg=="),
    ],
)
def test_the_published_password_hashes_are_reproduced(password, salt, proof):
    assert pwd_hash(password, salt) == proof


def test_a_password_is_hashed_in_gbk():
    assert (
        pwd_hash("密码", "a" * 20) == base64.b64encode(hashlib.md5("密码".encode("gbk") + b"a" * 20).digest()).decode()
    )


def test_the_published_ciphertext_and_digest_are_reproduced():
    assert wrap(b"hello", cipher=CIPHER) == "FL1SM7AKsiwls1Ghnd/yEA=="
    assert md5_base64(b"hello") == "XUFAKrxLKna5cZ2REBfFkg=="


def test_a_salt_is_twenty_letters_and_digits_and_never_the_same():
    salts = [rand_val() for _ in range(50)]

    assert {len(salt) for salt in salts} == {20}
    assert set("".join(salts)) <= set(string.ascii_letters + string.digits)
    assert len(set(salts)) == 50


def test_the_same_document_gives_the_same_bytes():
    packed = pack(b"<a/>", NAME)

    assert pack(b"<a/>", NAME) == packed
    assert packed.digest == base64.b64encode(hashlib.md5(packed.body).digest()).decode()
    assert "body" not in repr(packed)


def test_an_ordinary_zip_program_reads_the_file():
    with zipfile.ZipFile(io.BytesIO(pack(b"<a/>" * 100, NAME).body)) as opened:
        (entry,) = opened.infolist()

        assert (entry.filename, entry.compress_type) == (NAME, zipfile.ZIP_DEFLATED)
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)  # not the current time: the hash is known before sending
        assert opened.read(entry) == b"<a/>" * 100


@pytest.mark.parametrize("name", ["", "备案.xml", "../x.xml", "a b", "a/b", "a" * 129, "a.b.c"])
def test_a_file_is_named_with_ascii_letters_and_digits(name):
    with pytest.raises(ValueError, match="ASCII letters and digits"):
        pack(b"<a/>", name)


def test_a_document_above_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(crypto, "LARGEST", 10)

    with pytest.raises(NotEncodable) as unfit:
        pack(b"<aaaaaaaaaaaaaa/>", NAME)

    assert unfit.value.code == "18"


@pytest.mark.parametrize("length", [16, 24, 32])
@settings(max_examples=25)
@given(xml=st.binary(max_size=3000))
@example(xml=b"")
def test_anything_packed_and_wrapped_can_be_unpacked(length, xml):
    cipher = Cipher("k" * length, IV)
    packed = pack(xml, NAME)

    file = WireFile("any name", wrap(packed.body, cipher=cipher), packed.digest, encrypt_algorithm=1)

    assert unwrap(file, cipher) == xml
    assert unwrap(WireFile("n", wrap(packed.body, cipher=None), packed.digest), cipher) == xml


@pytest.mark.parametrize(
    ("key", "iv", "setting"),
    [
        ("", IV, "MIIT_AES_KEY"),
        ("k" * 15, IV, "MIIT_AES_KEY"),
        ("k" * 33, IV, "MIIT_AES_KEY"),
        ("钥" * 16, IV, "MIIT_AES_KEY"),
        (KEY, "", "MIIT_AES_IV"),
        (KEY, "v" * 17, "MIIT_AES_IV"),
        (KEY, "数" * 16, "MIIT_AES_IV"),
    ],
)
def test_a_key_of_the_wrong_length_names_its_setting(key, iv, setting):
    with pytest.raises(ImproperlyConfigured, match=setting):
        Cipher(key, iv)


def test_a_key_is_never_shown():
    assert KEY not in repr(CIPHER)
    assert IV not in repr(CIPHER)


def test_white_space_around_base64_and_hash_is_harmless():
    body = archive(("a.xml", b"<a/>"))
    info = "\r\n".join(wrap(body, cipher=None)[at : at + 20] for at in range(0, 400, 20))

    assert unwrap(came(body, info=f"\n {info} \n", digest=f"\n {md5_base64(body)} \n"), None) == b"<a/>"


def test_the_name_and_the_folder_of_the_entry_do_not_matter():
    body = archive(("sub/", b""), ("../../etc/备案.xml", b"<a/>"))

    assert unwrap(came(body), None) == b"<a/>"


def test_an_uncompressed_entry_is_read_too():
    assert unwrap(came(archive(("a", b"<a/>"), method=zipfile.ZIP_STORED)), None) == b"<a/>"


GOOD = archive(("a.xml", b"<a/>"))


def password_wanted():
    body = bytearray(GOOD)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        body[body.index(signature) + offset] |= 1
    return bytes(body)


def damaged_zip():
    body = bytearray(archive(("a.xml", bytes(range(256)) * 9)))
    body[60] ^= 0xFF
    return bytes(body)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (came(GOOD, info="not base64!"), "not base64"),
        (came(GOOD, info="备案"), "not base64"),
        (came(GOOD, digest=""), "hash"),
        (came(GOOD, digest="备案"), "hash"),
        (came(GOOD, digest=hashlib.md5(GOOD).hexdigest()), "hash"),
        (came(GOOD, digest=md5_base64(base64.b64encode(GOOD))), "hash"),
        (came(GOOD, hash_algorithm=1), "nobody knows"),
        (came(GOOD, compression=-1), "nobody knows"),
        (came(GOOD, encrypt_algorithm=2), "nobody knows"),
        (came(GOOD, encrypt_algorithm=1), "decrypted"),
        (came(GOOD, info="", encrypt_algorithm=1), "decrypted"),
        (came(b""), "not a zip"),
        (came(b"PK\x03\x04 no"), "not a zip"),
        (came(GOOD[:-10]), "not a zip"),
        (came(damaged_zip()), "damaged"),
        (came(archive()), "0 files"),
        (came(archive(("folder/", b""))), "0 files"),
        (came(archive(("a", b"1"), ("b", b"2"))), "2 files"),
        (came(password_wanted()), "password"),
        (came(archive(("a", b"1" * 99), method=zipfile.ZIP_BZIP2)), "nobody agreed"),
        (came(archive(("a", bytes(8 * 1024 * 1024)))), "too large"),
    ],
)
def test_errors_of_a_file_are_described_in_words(file, words):
    with pytest.raises(MalformedDocument, match=words):
        unwrap(file, CIPHER)


def test_a_file_above_the_limit_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(crypto, "LARGEST", 300)
    body = archive(("a", b"<a/>" * 100))

    with pytest.raises(MalformedDocument, match="too large when unpacked"):
        unwrap(came(body), None)


def test_an_archive_above_the_limit_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(crypto, "LARGEST", 200)

    with pytest.raises(MalformedDocument, match="above 50 MB"):
        unwrap(came(b"x" * 200 + GOOD), None)


def test_an_entry_with_a_false_size_is_damaged():
    body = bytearray(archive(("a.xml", b"<a/>" * 50)))
    central = body.index(b"PK\x01\x02")
    body[central + 24 : central + 28] = (4).to_bytes(4, "little")

    with pytest.raises(MalformedDocument, match="damaged"):
        unwrap(came(bytes(body)), None)


def test_an_encrypted_file_without_a_key_says_so():
    packed = pack(b"<a/>", NAME)

    with pytest.raises(MalformedDocument, match="no key"):
        unwrap(WireFile("n", wrap(packed.body, cipher=CIPHER), packed.digest, encrypt_algorithm=1), None)


@settings(max_examples=300)
@given(
    place=st.integers(0, len(GOOD) - 1),
    other=st.binary(min_size=1, max_size=4),
    algorithm=st.integers(0, 2),
)
@example(place=87, other=b"\0", algorithm=0)  # an entry without a name
def test_a_tampered_archive_is_read_or_broken_and_nothing_else(place, other, algorithm):
    body = GOOD[:place] + other + GOOD[place + len(other) :]
    with suppress(MalformedDocument):
        assert isinstance(unwrap(came(body, encrypt_algorithm=algorithm), CIPHER), bytes)


@settings(max_examples=100)
@given(info=st.text(), digest=st.text(), algorithm=st.integers(-1, 2))
def test_garbage_is_broken_and_nothing_else(info, digest, algorithm):
    with pytest.raises(MalformedDocument):
        unwrap(WireFile("n", info, digest, encrypt_algorithm=algorithm), CIPHER)
