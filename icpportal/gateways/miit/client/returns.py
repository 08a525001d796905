"""Parses the XML string that every method returns inside the SOAP answer, tolerantly."""

import re
from dataclasses import dataclass, field

from lxml import etree

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import xml
from icpportal.gateways.miit.client.crypto import WireFile

DIGITS = re.compile(r"[0-9]{1,18}")
WORDS_LONGEST = 1000
FILED = {0: True, 1: False}  # Bazt
RIGHT = {0: True, 1: False}  # VerifyRes


@dataclass(frozen=True)
class Reply:
    """The return code (`msg_code`) and the authority's words, which are for staff."""

    code: int
    words: str = ""


@dataclass(frozen=True)
class UploadReply(Reply):
    """With code 14: the numbers they are missing."""

    missing: tuple[int, ...] = ()


@dataclass(frozen=True)
class DownloadReply(Reply):
    """The received file, whatever the code; `None` if there is none."""

    file: WireFile | None = None


@dataclass(frozen=True)
class PreviousReply(Reply):
    """The last accepted upload: number, hash, file name, content; 0 and empty if there never was one."""

    sequence: int = 0
    digest: str = ""
    name: str = ""
    file: WireFile | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True)
class StatusReply(Reply):
    """Whether it is on file, `None` when the reply does not say; with the numbers it contains."""

    filed: bool | None = None
    subject_number: str = field(default="", repr=False)
    site_name: str = field(default="", repr=False)
    site_number: str = field(default="", repr=False)


@dataclass(frozen=True)
class PasswordReply(Reply):
    """Whether it is right, `None` when the reply does not say."""

    right: bool | None = None


def read_reply(text: str) -> Reply:
    """A reply with nothing but its code."""
    return Reply(*_code_and_words(_root(text)))


def read_upload(text: str) -> UploadReply:
    """The reply to an upload."""
    root = _root(text)
    numbers = (_number(element) for element in xml.elements(root) if xml.local_name(element) == "datasequence")
    return UploadReply(*_code_and_words(root), missing=tuple(number for number in numbers if number is not None))


def read_download(text: str) -> DownloadReply:
    """The reply to a download; there is a file if `fileInfos` contains one, whatever the code says."""
    root = _root(text, huge=True)
    return DownloadReply(*_code_and_words(root), file=_file(xml.first_named(root, "fileInfos")))


def previous(text: str) -> PreviousReply:
    """The last accepted upload; a success without a number is nonsense, not "never"."""
    root = _root(text, huge=True)
    code, words = _code_and_words(root)
    sequence = _number(xml.first_named(root, "dataSequence"))
    if code == 0 and sequence is None:
        raise Retryable("the ministry did not say which upload was its last")
    digest, name = _text(root, "beianInfoHash"), _text(root, "return_FileName")
    return PreviousReply(code, words, sequence or 0, digest, name, file=_file(xml.first_named(root, "fileInfos")))


def status(text: str, condition: str) -> StatusReply:
    """Whether it is on file; `Retryable` when the answer is about something else."""
    root = _root(text)
    echo = _text(root, "Cxtj")
    if echo and echo.casefold() != condition.strip().casefold():
        raise Retryable("the ministry answered another question than ours")
    return StatusReply(
        *_code_and_words(root),
        filed=_meaning_of(root, "Bazt", FILED),
        subject_number=_text(root, "Ztbah"),
        site_name=_text(root, "Wzmc"),
        site_number=_text(root, "Wzbah"),
    )


def read_password(text: str) -> PasswordReply:
    """Whether it is right."""
    root = _root(text)
    return PasswordReply(*_code_and_words(root), right=_meaning_of(root, "VerifyRes", RIGHT))


def _root(text: str, *, huge: bool = False) -> etree._Element:
    if not text.strip():
        raise Retryable("the ministry answered with nothing")
    return xml.parse(text, huge=huge)


def _code_and_words(root: etree._Element) -> tuple[int, str]:
    code = _number(xml.first_named(root, "msg_code"))
    if code is None:
        raise Retryable("the ministry answered without a return code")
    return code, _text(root, "msg")[:WORDS_LONGEST]


def _meaning_of(root: etree._Element, name: str, meaning: dict[int, bool]) -> bool | None:
    """The meaning of a figure when the call succeeded; with any other code it is not an answer."""
    number = _number(xml.first_named(root, name))
    return meaning.get(number) if number is not None and _code_and_words(root)[0] == 0 else None


def _file(infos: etree._Element | None) -> WireFile | None:
    info = "" if infos is None else _text(infos, "beianInfo")
    if infos is None or not info:
        return None
    return WireFile(
        name=_text(infos, "return_FileName"),
        info=info,
        digest=_text(infos, "beianInfoHash"),
        hash_algorithm=_algorithm(infos, "hashAlgorithm"),
        encrypt_algorithm=_algorithm(infos, "encryptAlgorithm"),
        compression=_algorithm(infos, "compressionFormat"),
    )


def _algorithm(infos: etree._Element, name: str) -> int:
    """0 when missing, as everywhere in the interface; -1 for nonsense, which nobody knows: the file is damaged."""
    element = xml.first_named(infos, name)
    if not xml.text_of(element):
        return 0
    number = _number(element)
    return -1 if number is None else number


def _number(element: etree._Element | None) -> int | None:
    """An element's number, with or without surrounding white space."""
    found = DIGITS.fullmatch(xml.text_of(element))
    return int(found[0]) if found else None


def _text(root: etree._Element, name: str) -> str:
    return xml.text_of(xml.first_named(root, name))
