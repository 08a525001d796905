import pytest

from filings.equality import is_same_text


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("示例（宁夏）有限公司", "示例(宁夏)有限公司", True),
        ("示例 有限公司", "示例有限公司", True),
        ("ＡＢＣ示例", "abc示例", True),
        ("阿依•样例", "阿依·样例", True),
        ("示例路 5 号", "示例路5号", True),
        ("JOHN  SMITH", "John Smith", True),
        ("示例路5 12室", "示例路51 2室", False),
        ("示例有限公司", "示范有限公司", False),
        ("示例（宁夏）有限公司", "示例（银川）有限公司", False),
        ("", "示例", False),
    ],
)
def test_two_texts_are_the_same_whatever_their_width_case_and_spaces(first, second, same):
    assert (is_same_text(first, second), is_same_text(second, first)) == (same, same)
