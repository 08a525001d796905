"""Any download is read as it was meant, or is broken; nothing else happens."""

from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Address

from hypothesis import assume, given
from hypothesis import strategies as st

from icpportal.gateways.miit.documents.types import CodeRow, Download, MalformedDocument, Result, Verdict
from icpportal.gateways.miit.documents.versions import version
from icpportal.gateways.miit.types import (
    AddressRange,
    FiledAccess,
    FiledContact,
    FiledRecord,
    FiledSite,
    Level,
    StruckRecord,
)
from icpportal.time_format import BEIJING
from tests.icpportal.gateways.miit.documents import writing
from tests.icpportal.gateways.miit.documents.samples import GOLDEN, golden

GOLDEN_DOWNLOADS = ("bajg.xml", "basj.xml", "zxsj.xml", "jcdm.xml")
NAMES = ("Jgdm", "Czlx", "Shsj", "Shjg", "Ztid", "Wzid", "Jrid", "Qsip", "Fbdd", "Zxlb", "Jlid", "Id", "Sfyx", "Xianid")
GOLDEN_FILES = [golden(path.name) for path in sorted(GOLDEN.glob("*.xml"))]
CHARACTERS = st.one_of(
    st.sampled_from("京备号张王李示例·（）<>&\"'𠮷㛃€"),
    st.characters(
        codec="gb18030", exclude_categories=("Cc", "Cn", "Cs", "Zs", "Zl", "Zp"), exclude_characters="\ufffd;；"
    ),
)
WORDS = st.text(CHARACTERS, max_size=12)
SAID = st.text(CHARACTERS, min_size=1, max_size=12)
IDS = st.integers(0, 2**63 - 1)
SMALL = st.lists(st.integers(1, 64), max_size=3).map(tuple)
ADDRESSES = st.tuples(st.integers(1, 2**32 - 1), st.integers(1, 2**32 - 1)).map(
    lambda pair: AddressRange(str(IPv4Address(pair[0])), str(IPv4Address(pair[1])))
)
CONTACTS = st.builds(
    FiledContact, name=WORDS, phone=WORDS, mobile=WORDS, email=WORDS, id_type=st.none() | IDS, id_number=WORDS
)
ACCESSES = st.builds(
    FiledAccess,
    access_id=IDS,
    provider=st.none() | IDS,
    own_id=st.none() | IDS,
    places=SMALL,
    methods=SMALL,
    addresses=st.lists(ADDRESSES, max_size=2).map(tuple),
)
SITES = st.builds(
    FiledSite,
    site_id=IDS,
    site_number=WORDS,
    names=st.lists(SAID, max_size=2).map(tuple),
    domains=st.lists(SAID, max_size=2).map(tuple),
    home_url=WORDS,
    administrator=CONTACTS,
    accesses=st.lists(ACCESSES, max_size=2).map(tuple),
    content=SMALL,
    languages=SMALL,
)
RECORDS = st.builds(
    FiledRecord,
    subject_id=IDS,
    subject_number=WORDS,
    name=WORDS,
    nature=st.none() | IDS,
    id_type=st.none() | IDS,
    id_number=WORDS,
    id_address=WORDS,
    region=st.just("") | st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    address=WORDS,
    lead=CONTACTS,
    sites=st.lists(SITES, max_size=2).map(tuple),
)
VERDICTS = st.builds(Verdict, code=st.integers(1, 9999).map(str), words=WORDS)
RESULTS = st.builds(
    Result,
    operation=st.none() | IDS,
    handle=WORDS,
    verdicts=st.lists(VERDICTS, min_size=1, max_size=3).map(tuple),
    note=WORDS,
)
MOMENTS = st.datetimes(datetime(1992, 1, 1), datetime(2100, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=BEIJING)
)
DECISIONS = st.builds(
    Result, operation=st.none() | IDS, handle=WORDS, approved=st.booleans(), opinion=WORDS, at=st.none() | MOMENTS
)
STRUCK = st.builds(StruckRecord, st.sampled_from(Level), IDS)
CODES = st.one_of(
    st.builds(CodeRow, st.just("Dwxz"), IDS, SAID, valid=st.booleans(), note=WORDS),
    st.builds(CodeRow, st.just("Zjlx"), IDS, SAID, under=IDS.map(str), valid=st.booleans(), note=WORDS),
)
DOWNLOADS = st.builds(
    Download,
    kind=st.just(""),
    version=st.sampled_from(["V.3.0", "V.3.1", ""]),
    results=st.tuples(st.lists(RESULTS, max_size=2), st.lists(DECISIONS, max_size=2)).map(
        lambda both: (*both[0], *both[1])
    ),
    records=st.lists(RECORDS, max_size=2, unique_by=lambda record: record.subject_id).map(tuple),
    struck=st.lists(STRUCK, max_size=2).map(tuple),
    codes=st.lists(CODES, max_size=2).map(tuple),
)


@given(file=DOWNLOADS, encoding=st.sampled_from(["GBK", "UTF-8"]))
def test_what_was_written_is_what_is_read(file, encoding):
    xml = writing.download(file, encoding)
    assume(encoding == "UTF-8" or xml.isascii() or not is_utf8(xml))  # by chance it may be both

    found = version().read(xml)

    assert replace(found, kind="", remarks=()) == file


@given(file=st.sampled_from(GOLDEN_FILES), data=st.data())
def test_any_damage_is_read_or_broken(file, data):
    damaged = bytearray(file)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged)))
        damaged[place : place + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=6))

    _read_or_broken(bytes(damaged))


@given(file=st.sampled_from(GOLDEN_FILES), data=st.data())
def test_half_a_file_is_broken(file, data):
    end = data.draw(st.integers(0, len(file.rstrip()) - 1))

    assert _read_or_broken(file[:end]) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_broken(data):
    _read_or_broken(data)
    _read_or_broken(b"<DownloadData><ICP><BAJG>" + data + b"</BAJG></ICP></DownloadData>")


@given(file=st.sampled_from(GOLDEN_DOWNLOADS), name=st.sampled_from(NAMES), text=st.text(max_size=40))
def test_any_value_in_any_place_is_read(file, name, text):
    value = "".join(character for character in text if character.isprintable() and character not in "&<")
    changed = golden(file).decode("gbk").replace(f"<{name}>", f"<{name}>{value}")

    assert version().read(changed.encode("gb18030")).kind == file.removesuffix(".xml").upper()


def is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _read_or_broken(data: bytes) -> Download | None:
    try:
        found = version().read(data)
    except MalformedDocument:
        return None
    assert isinstance(found, Download)
    assert len(found.kind) <= 20
    assert all(len(remark) < 80 for remark in found.remarks)
    return found
