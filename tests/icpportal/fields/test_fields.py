import pytest
from django import forms
from django.utils.translation import override

from icpportal.fields.fields import (
    ChoiceField,
    DomainField,
    EmailField,
    MobileField,
    MultipleChoiceField,
    NumberField,
    PhoneField,
    PlainTextField,
)


class Typed(forms.Form):
    name = PlainTextField(label="Name of the subject", max_length=8)
    remark = PlainTextField(label="Remarks (optional)", max_length=20, lines=True, required=False)
    number = NumberField(label="Document number")
    mobile = MobileField(label="Contact 1 (mobile)")
    phone = PhoneField(label="Contact 2 (mobile or landline)")
    email = EmailField(label="Email address")
    domain = DomainField(label="Domain name")
    nature = ChoiceField(label="Nature of the subject", choices=[("individual", "个人")])
    content = MultipleChoiceField(label="Site content", choices=[("1", "一"), ("2", "二")])
    legal = ChoiceField(
        label="Is this the legal representative?", choices=[("yes", "是")], error_messages={"required": "Choose yes"}
    )


GOOD = {
    "name": "  阿依·𠮷㛃 ",
    "remark": "一\r\n二",
    "number": "６４９９ 9919-85",
    "mobile": "+86 139 0000 0002",
    "phone": "0951-5550100",
    "email": " lin@EXAMPLE.com ",
    "domain": "https://www.示例.中国/",
    "nature": "individual",
    "content": ["2"],
    "legal": "yes",
}


def errors(**changes):
    with override("en"):
        form = Typed({**GOOD, **changes})
        return {
            field: [(error.code, next(iter(error))) for error in found.as_data()]
            for field, found in form.errors.items()
        }


def test_good_answers_are_normalised_and_names_stay_unchanged():
    form = Typed(GOOD)

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {
        "name": "阿依·𠮷㛃",
        "remark": "一\n二",
        "number": "6499991985",
        "mobile": "13900000002",
        "phone": "086-0951-5550100",
        "email": "lin@example.com",
        "domain": "xn--fsq092h.xn--fiqs8s",
        "nature": "individual",
        "content": ["2"],
        "legal": "yes",
    }


def test_each_empty_answer_is_requested_by_name():
    with override("en"):
        found = Typed({}).errors.get_json_data()

    assert {field: (rows[0]["code"], rows[0]["message"]) for field, rows in found.items()} == {
        "name": ("required", "Enter the name of the subject"),
        "number": ("required", "Enter the document number"),
        "mobile": ("required", "Enter the contact 1"),
        "phone": ("required", "Enter the contact 2"),
        "email": ("required", "Enter the email address"),
        "domain": ("required", "Enter the domain name"),
        "nature": ("choose", "Choose the nature of the subject"),
        "content": ("choose", "Choose the site content"),
        "legal": ("choose", "Choose yes"),
    }


@pytest.mark.parametrize("field", ["name", "number", "mobile", "phone", "email", "domain", "remark"])
@pytest.mark.parametrize("char", ["\x00", "\u200b", "\u202e"])
def test_every_text_field_refuses_hidden_characters_by_name_and_once(field, char):
    found = errors(**{field: f"13{char}9"})

    assert [code for code, _ in found[field]] == ["hidden_chars"]
    assert f"U+{ord(char):04X}" in found[field][0][1]


@pytest.mark.parametrize(
    ("field", "copied"),
    [
        ("mobile", "\u202d139 0000 0002\u202c"),
        ("phone", "\u2068086-0951-5550100\u2069"),
        ("number", "\ufeff6499991985\u200b"),
        ("email", "\u200elin@example.com\u200f"),
        ("domain", "\u200bexample.com\u200b "),
    ],
)
def test_marks_that_an_address_book_puts_around_a_number_are_forgiven(field, copied):
    assert errors(**{field: copied}) == {}


def test_around_a_name_they_are_refused():
    assert [code for code, _ in errors(name="\u202d示例\u202c")["name"]] == ["hidden_chars"]


@pytest.mark.parametrize("answer", [{"nature": "army"}, {"nature": "\x00"}, {"content": ["2", "9"]}])
def test_an_answer_not_offered_is_refused(answer):
    (field,) = answer

    assert [code for code, _ in errors(**answer)[field]] == ["choose"]


def test_a_name_that_is_too_long_is_told_the_limit():
    assert errors(name="例" * 9) == {"name": [("too_long", "Shorten the name of the subject to 8 characters")]}
    assert errors(name="例" * 8) == {}


def test_the_page_never_truncates_a_name_silently():
    assert "maxlength" not in str(Typed()["name"])


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("mobile", "0951-5550100", "mobile_bad"),
        ("phone", "951", "landline_bad"),
        ("email", "lin@", "email_bad"),
        ("domain", "192.0.2.1", "domain_ip"),
        ("domain", "a.example.com", "domain_sub"),
    ],
)
def test_a_wrong_kind_is_refused_with_the_code_of_its_sentence(field, typed, code):
    assert [code for code, _ in errors(**{field: typed})[field]] == [code]


def test_the_entry_stays_in_the_field():
    form = Typed({**GOOD, "domain": "a.example.com", "name": "\u202e示例"})

    assert form["domain"].value() == "a.example.com"
    assert form["name"].value() == "\u202e示例"


def test_a_stored_domain_is_shown_as_people_write_it():
    assert Typed(initial={"domain": "xn--fsq092h.xn--fiqs8s"})["domain"].value() == "示例.中国"


def test_in_chinese_the_sentences_are_chinese():
    class Chinese(forms.Form):
        name = PlainTextField(label="主办单位或主办人名称", max_length=8)
        lead_phone1 = MobileField(label="联系方式1（手机）")
        lead_phone2 = PhoneField(label="联系方式2（手机或固话）")
        nature = ChoiceField(label="主办单位性质", choices=[("individual", "个人")])

    with override("zh-hans"):
        found = Chinese({"name": "例" * 9, "lead_phone1": "1"}).errors.get_json_data()

    assert {field: rows[0]["message"] for field, rows in found.items()} == {
        "name": "主办单位或主办人名称最多 8 个字，请缩短",
        "lead_phone1": "请填写 11 位大陆手机号，以 1 开头",
        "lead_phone2": "请填写联系方式2",
        "nature": "请选择主办单位性质",
    }
