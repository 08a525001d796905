"""Reading the returned string in all its forms."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpportal.gateways.errors import Retryable
from icpportal.gateways.miit.client import returns
from icpportal.gateways.miit.client.crypto import WireFile
from icpportal.gateways.miit.client.returns import (
    DownloadReply,
    PasswordReply,
    PreviousReply,
    Reply,
    StatusReply,
    UploadReply,
)

READERS = {
    "acknowledged": returns.read_reply,
    "uploaded": returns.read_upload,
    "downloaded": returns.read_download,
    "previous": returns.previous,
    "status": lambda text: returns.status(text, "example.com"),
    "verified": returns.read_password,
}
INFOS = """<fileInfos><hashAlgorithm>0</hashAlgorithm><compressionFormat>0</compressionFormat>
<encryptAlgorithm> 1 </encryptAlgorithm><dataSequence> 12 </dataSequence><return_FileName> r1 </return_FileName>
<beianInfo>QUJD</beianInfo><beianInfoHash> aGFzaA== </beianInfoHash></fileInfos>"""


def answer(more="", code="0", msg="ok"):
    return f'<return version="V.3.0"><msg_code>{code}</msg_code><msg>{msg}</msg>{more}</return>'


@pytest.mark.parametrize(
    "text",
    [
        answer(),
        '<?xml version="1.0" encoding="GBK"?>' + answer(),
        '\ufeff\n<?xml version="1.0" encoding="GBK" standalone="no" ?>\n' + answer(),
        answer().replace(' version="V.3.0"', ""),
        answer(code="\n\t 000 "),
        answer("<unknown><deep>9</deep></unknown>"),
        answer().replace("<return", '<r:return xmlns:r="urn:x"').replace("</return", "</r:return"),
        answer().replace("return", "isp_return"),
        answer(msg="<![CDATA[ok]]>", code="<![CDATA[0]]>"),
    ],
)
def test_a_code_is_read_in_any_form(text):
    assert returns.read_reply(text) == Reply(0, "ok")


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "0",
        "<html><body>down</body></html>",
        "<html><br></html>",
        answer(code=""),
        answer(code="zero"),
        answer(code="-1"),
        answer(code="1.5"),
        answer(code="０"),
        answer().replace("msg_code", "code"),
        answer()[:-5],
        "<!DOCTYPE return>" + answer(),
        '<!DOCTYPE r [<!ENTITY e "0">]>' + answer(code="&e;"),
    ],
)
def test_an_answer_without_a_code_is_retryable(read, text):
    with pytest.raises(Retryable):
        read(text)


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
@settings(max_examples=60)
@given(data=st.data())
def test_garbage_is_always_retryable(read, data):
    text = data.draw(st.text() | st.text("<>/=&;![]?abmsg_code\"' 0123\n", max_size=60), "text")
    good = answer(INFOS + "<StatusInfo><Bazt>0</Bazt></StatusInfo><VerifyRes>0</VerifyRes>")
    place = data.draw(st.integers(0, len(good)), "place")
    for given_text in (text, good[:place] + text + good[place:], answer(text), good[:place]):
        with suppress(Retryable):
            assert isinstance(read(given_text), Reply)


def test_an_upload_may_miss_several_numbers():
    numbers = "".join(f"<dataSequence>{n}</dataSequence>" for n in (" 7 ", "8", "", "x"))

    reply = returns.read_upload(answer(f"<dataSequences>{numbers}</dataSequences>", code="14", msg="缺"))

    assert reply == UploadReply(14, "缺", missing=(7, 8))


@pytest.mark.parametrize("code", [0, 1, 3, 2, 999])
def test_a_file_is_returned_whenever_the_answer_has_one(code):
    file = WireFile("r1", "QUJD", "aGFzaA==", 0, 1, 0)

    assert returns.read_download(answer(INFOS, code=str(code))) == DownloadReply(code, "ok", file=file)


@pytest.mark.parametrize("more", ["", "<fileInfos/>", INFOS.replace("QUJD", " ")])
def test_an_empty_file_is_none(more):
    assert returns.read_download(answer(more, code="2")) == DownloadReply(2, "ok", file=None)


def test_missing_algorithms_are_zero_and_nonsense_is_unknown():
    more = "<fileInfos><beianInfo>QUJD</beianInfo><hashAlgorithm>md5</hashAlgorithm></fileInfos>"

    assert returns.read_download(answer(more)).file == WireFile("", "QUJD", "", -1, 0, 0)


def test_the_last_upload_has_number_hash_and_name():
    assert returns.previous(answer(INFOS)) == PreviousReply(0, "ok", 12, "aGFzaA==", "r1")


def test_before_the_first_upload_the_number_is_zero():
    more = "<fileInfos><dataSequence>0</dataSequence><return_FileName/><beianInfo/><beianInfoHash/></fileInfos>"

    assert returns.previous(answer(more)) == PreviousReply(0, "ok", 0, "", "")


def test_a_last_upload_without_a_number_is_nonsense_and_not_none():
    with pytest.raises(Retryable, match="which upload"):
        returns.previous(answer())


def test_a_refused_query_for_the_last_upload_keeps_its_code():
    assert returns.previous(answer(code="902")) == PreviousReply(902, "ok", 0, "", "")


@pytest.mark.parametrize(
    ("said", "filed"),
    [("<Bazt>0</Bazt>", True), ("<Bazt> 1\n</Bazt>", False), ("<Bazt>2</Bazt>", None), ("<Bazt/>", None), ("", None)],
)
def test_filed_is_zero_and_anything_else_is_unknown(said, filed):
    assert returns.status(answer(f"<StatusInfo>{said}</StatusInfo>"), "example.com").filed is filed


def test_a_status_contains_the_numbers():
    more = """<StatusInfo><Cxtjlx>0</Cxtjlx><Cxtj> EXAMPLE.com </Cxtj><Bazt>0</Bazt><Ztbah>京ICP备00000000号</Ztbah>
<Wzmc>站</Wzmc><Wzbah>京ICP备00000000号-1</Wzbah></StatusInfo>"""

    reply = returns.status(answer(more), " example.COM")

    assert reply == StatusReply(0, "ok", True, "京ICP备00000000号", "站", "京ICP备00000000号-1")
    assert "京ICP备" not in repr(reply)


def test_an_answer_about_another_domain_is_retryable():
    more = "<StatusInfo><Cxtj>other.com</Cxtj><Bazt>0</Bazt></StatusInfo>"

    with pytest.raises(Retryable, match="another question"):
        returns.status(answer(more), "example.com")


@pytest.mark.parametrize(
    ("said", "right"),
    [("0", True), ("\n   0\t ", True), (" 1 ", False), ("2", None), ("yes", None), ("", None)],
)
def test_a_password_is_right_or_wrong_despite_white_space(said, right):
    assert returns.read_password(answer(f"<VerifyRes>{said}</VerifyRes>")) == PasswordReply(0, "ok", right)


def test_a_figure_beside_a_refusal_is_no_answer():
    assert returns.read_password(answer("<VerifyRes>0</VerifyRes>", code="22")) == PasswordReply(22, "ok", None)
    assert returns.status(answer("<Bazt>1</Bazt>", code="902"), "example.com").filed is None


def test_very_long_words_are_truncated():
    assert len(returns.read_reply(answer(msg="字" * 5000)).words) == 1000
