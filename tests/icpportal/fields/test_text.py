import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from icpportal.fields.text import (
    character_name,
    hidden_character,
    normalise_number,
    plain_label,
    refuse_hidden,
)

SEEN_NOWHERE = {
    "\x00": "U+0000 NULL",
    "\x07": "U+0007",
    "\t": "U+0009 TAB",
    "\x7f": "U+007F DELETE",
    "\x85": "U+0085",
    "\u00ad": "U+00AD SOFT HYPHEN",
    "\u200b": "U+200B ZERO WIDTH SPACE",
    "\u200d": "U+200D ZERO WIDTH JOINER",
    "\u200e": "U+200E LEFT-TO-RIGHT MARK",
    "\u2028": "U+2028 LINE SEPARATOR",
    "\u202e": "U+202E RIGHT-TO-LEFT OVERRIDE",
    "\u2060": "U+2060 WORD JOINER",
    "\u2066": "U+2066 LEFT-TO-RIGHT ISOLATE",
    "\u2069": "U+2069 POP DIRECTIONAL ISOLATE",
    "\u3164": "U+3164 HANGUL FILLER",
    "\ufeff": "U+FEFF ZERO WIDTH NO-BREAK SPACE",
    "\ufffd": "U+FFFD REPLACEMENT CHARACTER",
    "\uffff": "U+FFFF",
    "\U000e0041": "U+E0041 TAG LATIN CAPITAL LETTER A",
}
NAMES = [
    "林示范",
    "阿依古丽·买买提",
    "𠮷野示例",
    "㛃示",
    "赵\U00031350样",  # extension H: newer than the Unicode tables of Python 3.11
    "邉\U000e0101示",  # the form of a rare character, chosen by a variation selector
    "O'Neil-Example",
    "示例　公司",
    "Ünï Sample",
]


@pytest.mark.parametrize(("char", "name"), SEEN_NOWHERE.items())
def test_an_invisible_character_is_refused_by_its_name(char, name):
    with override("en"), pytest.raises(ValidationError) as refused:
        refuse_hidden(f"陈{char}样例", "name of the subject")

    assert refused.value.code == "hidden_chars"
    assert refused.value.messages == [
        f"Remove the hidden character {name} from the name of the subject and type it again"
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_real_name_has_no_hidden_characters(name):
    assert hidden_character(name) == ""


def test_a_variation_selector_without_a_chinese_character_before_it_is_hidden():
    assert hidden_character("a\ufe0f") == "\ufe0f"
    assert hidden_character("\ufe0f样") == "\ufe0f"


def test_a_line_break_is_hidden_in_one_line_and_allowed_in_several():
    assert hidden_character("甲\n乙") == "\n"
    assert hidden_character("甲\n乙", lines=True) == ""
    assert hidden_character("甲\t乙", lines=True) == "\t"


def test_a_character_without_a_name_is_named_by_its_number():
    assert character_name("\x01") == "U+0001"


@pytest.mark.parametrize(
    ("typed", "regular"),
    [
        ("６４９９９９　１９８５０２１４　０００９", "649999198502140009"),
        ("91-649999—00000001 9L", "91649999000000019L"),
        ("9164\u20119999\u221200", "9164999900"),
        ("ＡＢc", "ABc"),
        (" 1 2\u00a03\u20034\t5\n", "12345"),
        ("", ""),
    ],
)
def test_a_number_loses_its_width_spaces_and_dashes(typed, regular):
    assert normalise_number(typed) == regular


@given(st.text())
def test_a_normalised_number_stays_unchanged(typed):
    once = normalise_number(typed)

    assert normalise_number(once) == once


@given(st.text(alphabet="0123456789ABCDEFX", max_size=18), st.lists(st.sampled_from(" -　－–—"), max_size=5))
def test_spaces_and_dashes_never_change_a_number(number, noise):
    assert normalise_number("".join(noise) + number + "".join(noise)) == number


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("Name of the subject", "name of the subject"),
        ("Contact 1 (mobile)", "contact 1"),
        ("Email address", "email address"),
        ("ID card", "ID card"),
        ("联系方式1（手机）", "联系方式1"),
        ('Administrator <span lang="zh-Hans">网站负责人</span>', "administrator 网站负责人"),
        (None, "answer"),
    ],
)
def test_a_label_becomes_a_word_inside_a_sentence(label, word):
    with override("en"):
        assert plain_label(label) == word
