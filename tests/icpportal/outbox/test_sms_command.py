"""`sms templates` prints what to register with a supplier; a sent text fills in exactly the registered template."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command

from icpportal.outbox.texts import catalogue
from icpportal.outbox.texts.registered import registered_texts


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PUBLIC_BASE_URL, settings.PROVIDER_HOTLINE = "https://beian.example.com", "400-000-0000"


def output_of(*arguments):
    out = StringIO()
    call_command("sms", "templates", *arguments, stdout=out)
    return out.getvalue()


def test_alibaba_clouds_format_names_the_placeholders_and_contains_the_rest_in_full(settings):
    settings.SMS_TEMPLATES = {"code_sign_up.zh": "SMS_100001"}

    output = output_of("--supplier", "aliyun")

    assert (
        "code_sign_up.zh · verification · number: SMS_100001 · filled in: 1 code, 2 code\n"
        "  注册验证码 ${code}，10 分钟内有效，勿告诉他人。\n"
        "  @beian.example.com #${code}\n"
    ) in output
    assert (
        "  ${domain} 备案填写您为网站负责人，请 24 小时内打开 https://beian.example.com/${link} 查看并答复\n" in output
    )
    assert "code_cancel.zh · notice · number: none · filled in: 1 code, 2 domain, 3 code\n" in output


def test_tencent_clouds_format_numbers_them_and_is_that_of_the_current_supplier(settings):
    settings.SMS_GATEWAY = "icpportal.gateways.sms.tencent.TencentSms"

    output = output_of()

    assert "  {1} 备案未通过：{2}。疑问请致电 400-000-0000。\n" in output
    assert "  注册验证码 {1}，10 分钟内有效，勿告诉他人。\n  @beian.example.com #{2}\n" in output


def test_the_texts_without_a_number_are_named_at_the_end(settings):
    names = [each.name for each in registered_texts("aliyun")]
    settings.SMS_TEMPLATES = {name: "SMS_1" for name in names if name != "order_refused.en"}

    output = output_of()

    end = f"totals: {len(names)} texts, 1 without a number in SMS_TEMPLATES\n  without a number: order_refused.en\n"
    assert output.endswith(end)
    assert len(json.loads(output_of("--json"))) == len(names) > 120


def test_the_filled_in_template_equals_the_message():
    """Every text in both languages: the registered template with a message's values is that message."""
    for each in registered_texts("aliyun"):
        template, *version, folder = each.name.split(".")
        context = {name: f"({name})" for name in each.places if name != "link"}
        context |= {"link": "https://beian.example.com/phone/abc/"} if version == ["link"] else {}
        context |= {"account": "w***@example.com"} if version == ["named"] else {}

        rendered = catalogue.render(template, "sms", folder, context)

        values = dict(rendered.filled.values)
        text = re.sub(r"\$\{(\w+)\}", lambda found, values=values: values[found.group(1)], each.text)
        assert (rendered.filled.name, [name for name, _value in rendered.filled.values]) == (each.name, [*each.places])
        assert rendered.text.endswith(text)
