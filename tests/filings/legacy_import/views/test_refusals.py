"""Every refusal of an import, with its exact text in both languages; none starts anything."""

import re
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from filings.models import LegacyImport, LegacyRecord
from filings.models import legacy_states as states
from icpportal.accounts.models import User
from tests.filings.legacy_import.dumps import EMAIL, HASH, PASSWORD, account, filing, write_csv

PAGE = "/import/"
DAY = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
ROW = {"account_email": EMAIL, "account_password": HASH}


def imported_elsewhere(old, lin, chen, settings):
    old(filing())
    LegacyImport.objects.create(owner=chen, account=account(), holds=True, state=states.IMPORTED, entered_at=DAY)


def claimed_all(old, lin, chen, settings):
    old(filing())
    LegacyRecord.objects.update(imported_at=DAY)


def another_password(old, lin, chen, settings):
    old(filing(account_password="md5$ab$" + "0" * 32))


def empty(old, lin, chen, settings):
    old({"kind": "account", **ROW})


def never_activated(old, lin, chen, settings):
    old(filing(account_active="0"))


def open_order_alone(old, lin, chen, settings):
    old({"kind": "order", **ROW})


def one_account_an_account(old, lin, chen, settings):
    settings.IMPORT_ONE_OLD_ACCOUNT = True
    old(filing(), filing(account_email="first@x.cn", domain="first.com"))
    LegacyImport.objects.create(owner=lin, account=account("first@x.cn"), holds=True, state=states.IMPORTED)


SAID = {
    "wrong": (
        another_password,
        "old_pair_wrong",
        "The account or password is wrong. Check both, find the account, or ask for a reset",
        "账号或密码不正确，请核对后重试，或找回账号、申请重置",
    ),
    "imported": (
        imported_elsewhere,
        "old_imported",
        "It was imported on 20 Nov 09:30 already: sign in with the account used then, or call us",
        "此原账号已于 11月20日09:30 导入，请用导入时的账号登录，或致电我们",
    ),
    "claimed": (
        claimed_all,
        "old_imported",
        "It was imported on 20 Nov 09:30 already: sign in with the account used then, or call us",
        "此原账号已于 11月20日09:30 导入，请用导入时的账号登录，或致电我们",
    ),
    "empty": (
        empty,
        "old_empty",
        "There is no filing in that account: try another old account",
        "此账号没有备案信息，请换一个原账号",
    ),
    "inactive": (
        never_activated,
        "old_inactive",
        "The old account was never activated, so there is nothing to import. Start a transfer here instead",
        "原账号未激活，没有可导入的信息，请直接在本平台办理接入备案",
    ),
    "open order": (
        open_order_alone,
        "old_open_order",
        "The old account has only an open order, which cannot be moved: call us to close it, then start here",
        "原账号只有未完成的订单，无法导入，请致电我们关闭后在本平台办理",
    ),
    "one only": (
        one_account_an_account,
        "here_has_subject",
        "This account has imported a filing already: sign in with another account and import there",
        "本账号已导入过备案信息，请换一个账号登录后导入",
    ),
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("name", SAID)
@time_machine.travel(DAY, tick=False)  # a day of another year is said with its year
def test_each_refusal_has_its_exact_text(client, old, lin, chen, settings, name, language):
    given, code, english, chinese = SAID[name]
    given(old, lin, chen, settings)
    before = LegacyImport.objects.count()
    User.objects.filter(pk=lin.pk).update(language=language)
    client.cookies["django_language"] = language
    client.force_login(lin)

    answer = client.post(PAGE, {"old_account": EMAIL, "old_password": PASSWORD})

    (problem,) = answer.context["form"].errors.as_data()["__all__"]
    (said,) = problem.messages
    assert (problem.code, said) == (code, {"en": english, "zh-hans": chinese}[language])
    assert LegacyImport.objects.count() == before
    assert chen.email not in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Filings made after January 2017 need no import."), ("zh-hans", "2017 年 1 月以后的备案无需导入。")],
)
def test_the_page_says_that_newer_filings_need_no_import(client, lin, language, words):
    User.objects.filter(pk=lin.pk).update(language=language)
    client.cookies["django_language"] = language
    client.force_login(lin)

    page = re.sub(r"<[^>]+>", "", client.get(PAGE).content.decode())

    assert words in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Filings made after January 2017 need no import: leave the row out"),
        ("zh-hans", "2017 年 1 月以后的备案无需导入，请去掉此行"),
    ],
)
@pytest.mark.django_db
def test_a_newer_filing_in_a_dump_is_refused_with_an_explanation(tmp_path, language, words):
    dump = write_csv(
        tmp_path / "dump.csv", [filing(filed_on="2017-01-31"), filing(domain="b.com", filed_on="2017-02-01")]
    )
    output = StringIO()

    with pytest.raises(SystemExit):
        call_command("import_legacy", str(dump), "--language", language, stdout=output)

    assert [line for line in output.getvalue().splitlines() if words in line] == [
        f"row 2 · filed_on · {words} · row refused"
    ]
    assert [record.domain for record in LegacyRecord.objects.all()] == ["example.com"]
