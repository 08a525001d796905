"""Any spelling of a value is normalised to the stored one; other input has none."""

import pytest

from transfers.review.search import spellings


@pytest.mark.parametrize("typed", ["T7Q4-M2KX", "t7q4m2kx", " T7Q4 M2KX ", "Ｔ７Ｑ４－Ｍ２ＫＸ"])
def test_a_reference_needs_no_hyphen(typed: str) -> None:
    assert spellings.reference(typed) == "T7Q4-M2KX"


@pytest.mark.parametrize("typed", ["", "T7Q4", "T7Q4-M2K0", "T7Q4-M2KXX", "备案"])
def test_anything_but_a_reference_has_no_spelling(typed: str) -> None:
    assert spellings.reference(typed) == ""


@pytest.mark.parametrize(
    ("number", "typed"),
    [
        (number, typed)
        for number, ways in {
            "粤ICP备00000012号-2": (
                "粤ICP备00000012号-2",
                "粤icp备00000012－2",
                "00000012-2",
                "备00000012号",
                "粤00000012",
            ),
            "京ICP证030173号-1": ("京ICP证030173号-1", "京ICP证030173号", "030173", "ICP证030173号"),
            "京B2-20060259-1": ("京B2-20060259", "京B2-20060259-1", "B2-20060259", "20060259-1"),
            "川ICP备00000012号": ("蜀ICP备00000012号", "川ICP备00000012号", "00000012"),
        }.items()
        for typed in ways
    ],
)
def test_a_filing_number_is_recognised_in_each_of_its_forms(number: str, typed: str) -> None:
    assert set(spellings.typed_number(typed)) <= set(spellings.numbers(number))
    assert spellings.typed_number(typed)


@pytest.mark.parametrize("typed", ["", "云帆", "123", "13900000002", "粤ICP备00000012号-x", "paper-shop.cn"])
def test_anything_but_a_filing_number_has_no_spelling(typed: str) -> None:
    assert spellings.typed_number(typed) == []


@pytest.mark.parametrize("other", ["粤ICP备00000012号-3", "宁ICP备00000012号-2", "粤ICP备00000013号"])
def test_a_different_complete_number_is_different(other: str) -> None:
    assert not set(spellings.typed_number(other)) & set(spellings.numbers("粤ICP备00000012号-2"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("paper-shop.cn", "paper-shop.cn"),
        ("HTTP://WWW.Paper-Shop.cn:8080/a?b#c", "paper-shop.cn"),
        ("blog.paper-shop.cn", "paper-shop.cn"),
        ("paper-shop。cn", "paper-shop.cn"),
        ("paper-", "paper"),
        ("例子", "例子"),
        ("xn--fsqu00a.cn", "xn--fsqu00a.cn"),
        ("xn--7z105589273706950z19.com", "xn--7z105589273706950z19.com"),
        ("12306.cn", "12306.cn"),
        ("ab", ""),
        ("a b", ""),
        ("lin@example.com", ""),
        ("13900000002", ""),
        ("649999198502140009", ""),
        ("91649999000000019L", ""),
        ("", ""),
    ],
)
def test_a_domain_is_extracted_from_the_input_and_a_phone_is_none(typed: str, found: str) -> None:
    assert spellings.typed_domain(typed) == found


def test_a_domain_is_stored_from_each_of_its_words_on_and_as_shown() -> None:
    assert spellings.domains("my-paper-shop.com.cn") == [
        "my-paper-shop.com.cn",
        "paper-shop.com.cn",
        "shop.com.cn",
    ]
    assert spellings.domains("xn--fsqu00a.cn") == ["xn--fsqu00a.cn", "例子.cn"]


@pytest.mark.parametrize(
    ("name", "typed", "found"),
    [
        ("宁夏银川市示例纸业有限公司", "示例纸业", True),
        ("宁夏银川市示例纸业有限公司", "银川示例", True),
        ("深圳市南山区示例（集团）有限公司", "示例集团", True),
        ("昆山示例科技有限公司", "昆山市示例", True),
        ("Example Paper Co., Ltd.", "example paper co", True),
        ("宁夏银川市示例纸业有限公司", "纸业", False),
        ("宁夏银川市示例纸业有限公司", "宁夏", False),
        ("宁夏银川市示例纸业有限公司", "示", False),
        ("北京大学", "北京大学", True),
    ],
)
def test_a_company_is_found_by_the_beginning_of_its_name_whatever_place_is_given(
    name: str, typed: str, found: bool
) -> None:
    asked = {*spellings.typed_company(typed), *spellings.typed_own_name(typed)}

    assert bool(asked & set(spellings.companies(name))) is found


def test_a_given_place_distinguishes_two_companies() -> None:
    assert not set(spellings.typed_company("天津示例纸业")) & set(spellings.companies("宁夏示例纸业有限公司"))


@pytest.mark.parametrize(
    ("spelled", "ways"),
    [
        (spellings.phones, ("13900000002", "+86 139 0000 0002", "0086-139-0000-0002", "１３９０００００００２")),
        (spellings.phones, ("086-0951-5550100", "0951-5550100", "(0951) 5550100", "09515550100")),
        (spellings.documents, ("91649999000000019L", "91649999000000019l", "9164 9999 0000 00019L")),
        (spellings.persons, ("阿依古丽·买买提", "阿依古丽 买买提", "阿依古丽.买买提")),
    ],
)
def test_different_spellings_of_one_value_have_one_key(spelled: object, ways: tuple[str, ...]) -> None:
    found = {tuple(spelled(way)) for way in ways}  # type: ignore[operator]

    assert len(found) == 1
    assert found != {()}


@pytest.mark.parametrize(
    ("spelled", "typed"),
    [
        (spellings.phones, "1234"),
        (spellings.phones, "林示范"),
        (spellings.documents, "林"),
        (spellings.persons, "13900000002"),
    ],
)
def test_anything_but_such_a_value_has_no_key(spelled: object, typed: str) -> None:
    assert spelled(typed) == []  # type: ignore[operator]


def test_one_number_as_a_phone_and_as_a_document_has_two_keys() -> None:
    assert spellings.phones("13900000002") != spellings.documents("13900000002")
