"""The sequence numbers of files, and the query for the last one."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.demo.ministry.conftest import NUMBER, PASSWORD, SITE
from tests.demo.ministry.provider import access, code, decrypt, document, encrypt, md5, zip_of

XML = document(XZJR=access(SITE, 7, PASSWORD))


def numbers(root):
    return [int(one.text) for one in root.iterfind("dataSequences/dataSequence")]


def test_only_the_next_number_is_accepted(desk, provider):
    assert [provider.uploaded(XML, number) for number in (1, 2, 3)] == [0, 0, 0]
    assert desk.status()["last_sequence"] == 3


@pytest.mark.parametrize(
    ("sequence", "missing"),
    [(1, [2]), (0, [2]), (3, [2]), (5, [2, 3, 4]), (2**31, None), ("x", [2]), (-1, [2])],
)
def test_another_number_is_refused_with_the_missing_ones_and_nothing_is_stored(desk, provider, sequence, missing):
    provider.upload(XML, 1)

    answer = provider.upload(XML, 1, dataSequence=sequence)

    assert (code(answer), numbers(answer)) == (14, missing or list(range(2, 102)))
    assert (desk.status()["last_sequence"], len(desk.reports())) == (1, 1)


def test_the_same_file_with_the_same_number_is_refused_and_counts_once(desk, provider):
    first, second = provider.upload(XML, 1), provider.upload(XML, 1)

    assert (code(first), code(second), numbers(second)) == (0, 14, [2])
    assert len(desk.reports()) == 1


def test_of_two_senders_with_the_same_number_one_is_accepted(desk, provider):
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda _: provider.uploaded(XML, 1), range(6)))

    assert sorted(codes) == [0, 14, 14, 14, 14, 14]
    assert desk.status()["last_sequence"] == 1


def test_numbers_are_listed_only_with_code_14(provider):
    assert provider.upload(XML, 1).find("dataSequences") is None
    assert provider.upload(XML, 2, pwdHash="x").find("dataSequences") is None


def test_before_the_first_upload_the_previous_one_is_number_0_and_empty(provider):
    info = provider.ask("isp_querypreviousupload").find("fileInfos")

    assert {part.tag: part.text for part in info} == {
        "hashAlgorithm": "0",
        "compressionFormat": "0",
        "encryptAlgorithm": "0",
        "dataSequence": "0",
        "return_FileName": None,
        "beianInfo": None,
        "beianInfoHash": None,
    }


@pytest.mark.parametrize("plain", [True, False])
def test_the_previous_upload_comes_back_as_it_was_sent(provider, plain):
    provider.upload(XML, 1)
    body = zip_of(second__xml=document(XZJR=access(SITE, 8, PASSWORD)))
    provider.upload(b"", 2, body=body, plain=plain)
    provider.upload(XML, 9)

    info = provider.ask("isp_querypreviousupload").find("fileInfos")

    sent = body if plain else encrypt(body)
    assert info.findtext("dataSequence") == "2"
    assert info.findtext("return_FileName") == "second.xml"
    assert info.findtext("beianInfoHash") == md5(body)
    assert info.findtext("encryptAlgorithm") == ("0" if plain else "1")
    assert base64.b64decode(info.findtext("beianInfo")) == sent
    assert (sent if plain else decrypt(sent)) == body


def test_a_file_that_breaks_the_schema_has_used_up_its_number(desk, provider):
    assert provider.uploaded(b"<UploadData/>", 1) == 0
    assert provider.uploaded(XML, 2) == 0
    assert [row["code"] for row in desk.reports()] == ["", "5004"]


def test_the_authority_knows_only_what_the_file_contains(desk, provider):
    """A report is known by its content: site, ids, addresses, pictures."""
    provider.upload(XML, 1)

    body = desk.report("1")["body"]
    assert (desk.report("1")["subject_number"], body["addresses"], body["password_fits"]) == (
        NUMBER,
        [{"own_id": 700, "first": "192.0.2.10", "last": "192.0.2.11"}],
        True,
    )
    assert PASSWORD not in str(desk.report("1"))
