import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy, override

from icpportal.fields.language_marks import has_han, sign, zh_mark, zh_runs
from icpportal.fields.marked_text import zh_parts


@pytest.mark.parametrize("text", ["林", "𠮷", "㛃", "〇", "abc中"])
def test_chinese_is_recognised(text):
    assert has_han(text)


@pytest.mark.parametrize("text", ["", "abc", "123", "·", "é"])
def test_other_scripts_are_not_chinese(text):
    assert not has_han(text)


def test_chinese_text_is_marked_as_a_whole_and_escaped():
    assert zh_mark("<林> & Co") == '<span lang="zh-Hans">&lt;林&gt; &amp; Co</span>'


def test_other_text_is_only_escaped():
    assert zh_mark("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(
    ("sentence", "marked"),
    [
        (
            'File the main domain 示例.中国: remove "<b>"',
            'File the main domain <span lang="zh-Hans">示例</span>.<span lang="zh-Hans">中国</span>: '
            "remove &quot;&lt;b&gt;&quot;",
        ),
        ("at 示例路1号2号楼301室 now", 'at <span lang="zh-Hans">示例路1号2号楼301室</span> now'),
        (
            "宁ICP备00000000号-1 stays valid",
            '<span lang="zh-Hans" class="num">宁ICP备00000000号-1</span> stays valid',
        ),
        (
            "order H7M9-MSK4: we call from 010-0000-0001, 9:00–18:00",
            'order <span class="num">H7M9-MSK4</span>: we call from <span class="num">010-0000-0001</span>, '
            '<span class="num">9:00–18:00</span>',
        ),
        ("ABC-H7M9-MSK4, transfer-another39.cn, 2026-11-01", "ABC-H7M9-MSK4, transfer-another39.cn, 2026-11-01"),
        ("no Chinese", "no Chinese"),
        ("林", '<span lang="zh-Hans">林</span>'),
    ],
)
def test_only_the_chinese_words_of_a_sentence_are_marked(sentence, marked):
    assert zh_runs(sentence) == marked


@pytest.mark.parametrize(
    ("text", "is_number"),
    [("粤ICP备50466696号-1", True), ("京ICP证060001号", True), ("京ICP证060001号 示例", False), ("示例官网", False)],
)
def test_a_filing_number_is_kept_together_and_not_spaced_like_words(text: str, is_number: bool) -> None:
    assert ('class="num"' in zh_mark(text)) == is_number


@pytest.mark.parametrize("function", [zh_mark, zh_runs])
def test_the_result_is_not_escaped_again(function):
    assert hasattr(function("林"), "__html__")


@pytest.mark.parametrize(
    ("language", "said"), [("en", ["One. Two", "one: two", "one, two"]), ("zh-hans", ["一。二", "一：二", "一、二"])]
)
def test_a_sign_between_two_texts_is_that_of_the_language(language, said):
    first, second = ("一", "二") if language == "zh-hans" else ("one", "two")

    with translation.override(language):
        sentences = f"{first.capitalize()}{sign('.')}{sign(' ')}{second.capitalize()}"
        assert [sentences, f"{first}{sign(': ')}{second}", f"{first}{sign(', ')}{second}"] == said


def test_a_label_is_marked_in_the_language_of_each_page():
    label = gettext_lazy("Documents")

    for language, words in (("en", "Documents"), ("zh-hans", "上传资料"), ("en", "Documents")):
        with override(language):
            assert zh_parts(label) == words
