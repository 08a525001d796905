"""Actions of staff at the desk are in the audit chain, and the auditor finds them and saves them as a file."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import URLResolver, reverse
from django.utils import timezone
from django.utils.translation import override
from lxml.html import document_fromstring

from filings.legacy_import.lifecycle import CLAIM_TABLE
from filings.models.legacy_states import SENT
from icpportal.accounts.roles import AUDITOR, OPERATIONS, ensure
from icpportal.alarms.models import Alarm
from icpportal.audit import chain
from icpportal.audit.actions import append
from icpportal.audit.models import AuditEntry
from icpportal.audit.page_names import page_words
from icpportal.audit.verification import verify
from icpportal.audit.words import CHANGE, DONE, EXPORT, FROM, LOOK, MOVE, REFUSED, SIGN_IN
from icpportal.lifecycle import LEAD, REVIEWER, MoveTable
from icpportal.privacy.access_words import REASONS
from icpportal.privacy.actions import REVIEW
from tests.icpportal.accounts.sign_in.test_second_factor import with_app
from tests.transfers.builders import PASSWORD, fire, make_order, make_reviewer, make_user, sign_in
from tests.transfers.cancels import prove
from tests.transfers.review.desk import case_of, read
from transfers.orders.moves import TABLE as ORDERS
from transfers.orders.states import RETURNED, SUBMITTED
from transfers.review import leases
from verification.backdrops.lifecycle import TABLE as BACKDROPS
from verification.models.backdrop_states import REQUESTED

LIST = reverse("admin:audit_auditentry_changelist")
# open to all staff, or to everybody
BEFORE_ANY_ROLE = {
    "index", "login", "logout", "password_change", "password_change_done", "jsi18n", "view_on_site",
}  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client, settings: Any) -> Client:
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    return sign_in(client, make_user(held_roles=(AUDITOR,)))


def acts(**wanted: Any) -> list[str]:
    return list(AuditEntry.objects.filter(**wanted).order_by("pk").values_list("act", flat=True))


def references(page: Any) -> list[str]:
    return re.findall(r'class="field-reference"[^>]*>([^<]*)<', page.content.decode())


def test_opening_claiming_and_judging_a_case_leave_one_entry_each(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    reviewer, order = make_reviewer(), make_order(state=SUBMITTED.key)
    leases.assign_to_me(order, reviewer)
    sign_in(client, reviewer)

    for _ in range(2):
        assert client.get(case_of(order)).status_code == 200
    fire(read(order), "send_back", "reviewer", actor=reviewer)

    assert acts(reference=order.reference) == [LOOK, MOVE]
    move = AuditEntry.objects.get(act=MOVE)
    assert (move.actor, move.what) == (reviewer, "send_back")
    assert move.said == {"as": "reviewer", "from": SUBMITTED.key, "to": RETURNED.key}


def test_an_applicants_actions_are_not_recorded() -> None:
    order = make_order(state=SUBMITTED.key)
    fire(order, "withdraw", "applicant", actor=order.owner)

    assert not AuditEntry.objects.exists()


def test_a_change_in_a_form_of_the_desk_is_an_entry_without_the_name_of_the_row(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    prove(client, make_user(held_roles=(OPERATIONS,)))
    person = make_user(email="li.na@example.com")

    page = reverse("admin:accounts_user_change", args=[person.pk])
    assert client.post(page, {"name": "Li Na", "is_active": "on", "held_roles": ["applicant"]}).status_code == 302

    entry = AuditEntry.objects.get(act=CHANGE)
    assert (entry.what, entry.reference) == ("accounts.user", str(person.pk))
    assert "li.na" not in str(entry.__dict__)


def test_the_auditor_finds_entries_by_action_person_order_day_and_number(auditor: Client) -> None:
    one, other = make_reviewer(), make_reviewer()
    now = timezone.now()
    append(LOOK, actor=one, what="order", reference="T7Q4-AAAA", now=now - timedelta(days=9))
    append(MOVE, actor=other, what="accept", reference="T7Q4-BBBB", now=now)

    def found(**asked: str) -> list[str]:
        return references(auditor.get(LIST, asked))

    assert found() == ["T7Q4-BBBB", "T7Q4-AAAA", "-"], "the auditor's own sign-in is the first"
    assert found(q="t7q4-aaaa") == found(act=LOOK) == found(actor=str(one.pk)) == ["T7Q4-AAAA"]
    assert found(q=f"{timezone.localtime(now):%Y-%m-%d}") == found(days="7") == ["T7Q4-BBBB", "-"]
    assert found(q="T7Q4-CCCC") == []


@pytest.mark.parametrize(
    ("what", "words"),
    [("accounts.user", "account"), ("accounts.gone", "accounts.gone"), ("shown a.b.c", "shown a.b.c")],
)
def test_a_row_is_named_by_its_kind_and_an_unknown_one_by_its_key(auditor: Client, what: str, words: str) -> None:
    append(CHANGE, actor=make_reviewer(), what=what, reference="T7Q4-AAAA")

    auditor.cookies["django_language"] = "en"
    page = auditor.get(LIST, {"q": "T7Q4-AAAA"}).content.decode()

    assert re.findall(r'class="field-what_shown"[^>]*>([^<]*)<', page) == [words]


@pytest.mark.parametrize(
    ("address", "english", "chinese"),
    [
        ("transfers_order_add", "New row: order", "新增：订单"),
        ("audit_auditentry_changelist", "List: audit entries", "列表：审计记录"),
        ("desk_reasons", "Reasons for returning", "退回原因"),
        ("desk_export", "Export a list", "导出列表"),
    ],
)
def test_the_auditor_reads_in_words_at_which_page_somebody_was_refused(
    auditor: Client, client: Client, settings: Any, address: str, english: str, chinese: str
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    refused = sign_in(Client(), make_user(held_roles=(OPERATIONS,)))
    assert refused.get(reverse(f"admin:{address}")).status_code == 403

    shown = []
    for language in ("en", "zh-hans"):
        auditor.cookies["django_language"] = language
        page = auditor.get(LIST, {"act": REFUSED}).content.decode()
        shown += re.findall(r'class="field-what_shown"[^>]*>([^<]*)<', page)

    assert shown == [english, chinese]


def test_a_look_at_the_page_of_a_call_is_not_taken_for_the_call_itself(auditor: Client) -> None:
    caller = make_reviewer()
    for act in (LOOK, MOVE):
        append(act, actor=caller, what="call", reference="AB12-CD34")

    page = auditor.get(LIST, {"q": "AB12-CD34"}, headers={"accept-language": "en"}).content.decode()

    assert re.findall(r'class="field-what_shown"[^>]*>([^<]*)<', page) == ["Called", "Call"]


@pytest.mark.parametrize(
    ("table", "what", "left", "english", "chinese"),
    [
        (CLAIM_TABLE, "accept", SENT, "Accepted the claim of an old filing", "通过了旧备案的认领"),
        (CLAIM_TABLE, "decline", SENT, "Declined the claim of an old filing", "驳回了旧备案的认领"),
        (BACKDROPS, "post", REQUESTED, "Backdrop: Posted", "幕布：已寄出"),
        (ORDERS, "accept", SUBMITTED.key, "Details and documents accepted", "信息和资料已通过初审"),
    ],
)
def test_the_auditor_reads_in_words_what_staff_moved(
    auditor: Client, table: MoveTable[Any], what: str, left: str, english: str, chinese: str
) -> None:
    append(MOVE, actor=make_reviewer(), what=what, reference="AB12-CD34", said={"from": left})

    shown = []
    for language in ("en", "zh-hans"):
        auditor.cookies["django_language"] = language
        page = auditor.get(LIST, {"q": "AB12-CD34"}).content.decode()
        shown += re.findall(r'class="field-what_shown"[^>]*>([^<]*)<', page)

    assert shown == [english, chinese]
    unnamed = [row.name for row in table.rows if row.by in {REVIEWER, LEAD, OPERATIONS} and not _is_named(row)]
    assert unnamed == []


def _is_named(row: Any) -> bool:
    return row.name in DONE or all(FROM % (row.name, state) in DONE for state in row.sources)


def test_every_page_of_the_desk_has_a_name_in_words() -> None:
    names = [each.name for each in _patterns(admin.site.urls[0]) if each.name and each.name not in BEFORE_ANY_ROLE]

    with override("en"):
        assert [name for name in names if str(page_words(name)) == name] == []
    assert page_words("gone_row_add") == "gone_row_add", "of a part that was removed since"


def _patterns(found: list[Any]) -> Iterator[Any]:
    for each in found:
        yield from _patterns(each.url_patterns) if isinstance(each, URLResolver) else (each,)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_day_beyond_every_clock_finds_nothing(auditor: Client, day: str) -> None:
    assert auditor.get(LIST, {"q": day}).status_code == 200


def test_a_file_is_saved_with_a_reason_and_saving_it_is_an_entry(auditor: Client) -> None:
    entry = append(LOOK, actor=make_reviewer(), what="order", reference="=T7Q4-AAAA")
    chosen = {"action": "save_as_file", "_selected_action": [entry.pk]}

    auditor.cookies["django_language"] = "en"
    refused = auditor.post(LIST, chosen, follow=True)
    assert "Enter a reason next to the action." in refused.content.decode()
    answer = auditor.post(LIST, {**chosen, "reason": "yearly audit"})

    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["act"], row["which"]) for row in rows] == [(LOOK, "'=T7Q4-AAAA")]
    entry = AuditEntry.objects.get(act=EXPORT)
    assert (entry.reason, entry.reference) == ("yearly audit", "× 1")


@pytest.mark.parametrize("held", [(OPERATIONS,), ("reviewer",), ("lead reviewer",)])
def test_no_other_staff_can_read_the_chain_and_trying_is_an_entry(
    client: Client, settings: Any, held: tuple[str, ...]
) -> None:
    settings.STAFF_SECOND_FACTOR = False
    ensure()
    person = make_user(held_roles=held)
    sign_in(client, person)

    assert client.get(LIST).status_code == 403
    assert AuditEntry.objects.get(act=REFUSED).what == "audit_auditentry_changelist"


def test_many_refusals_in_an_hour_are_one_alarm_that_names_nobody(client: Client, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = False
    settings.REFUSALS_AN_HOUR = 3
    ensure()
    person = make_user(held_roles=(OPERATIONS,))
    sign_in(client, person)

    for tries in range(1, 5):
        client.get(LIST)
        assert Alarm.objects.filter(cause="audit.refused_often").exists() == (tries >= 3)

    assert Alarm.objects.get().reference == str(person.pk)


def test_sign_ins_and_wrong_codes_of_staff_are_entries_and_those_of_applicants_are_not(
    settings: Any,
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    reviewer, applicant = make_reviewer(), make_user()
    for person in (reviewer, applicant):
        with_app(person)
        client = Client()
        client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
        client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert acts() == [REFUSED]
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.what) == (reviewer, "second factor")


def test_the_chain_is_valid_after_a_day_at_the_desk(auditor: Client) -> None:
    order = make_order(state=SUBMITTED.key)
    fire(order, "send_back", "reviewer", actor=make_reviewer())
    auditor.get(LIST)
    chain.link()

    assert (verify().broken, verify().entries) == ("", AuditEntry.objects.count())
    assert SIGN_IN in acts()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"from": SUBMITTED.key, "to": RETURNED.key, "as": REVIEWER}, "Waiting for review → Changes needed · Reviewer"),
        ({"flag": 2, "words": {"en": "closed", "zh-hans": "关闭"}}, "closed"),
        ({"words": "invited"}, "invited"),
    ],
)
def test_the_page_of_an_entry_says_in_words_what_changed(auditor: Client, said: Any, words: str) -> None:
    entry = append(MOVE, actor=make_reviewer(), what="send_back", reason=f"{REVIEW}: why", said=said)
    auditor.cookies["django_language"] = "en"

    page = auditor.get(reverse("admin:audit_auditentry_change", args=[entry.pk])).content.decode()

    shown = " ".join(document_fromstring(page).xpath("string(//main)").split())
    assert words in shown
    assert "Returned for changes" in shown
    assert f"{REASONS[REVIEW]}: why" in shown
    assert ["send_back" in shown, "zh-hans" in shown, SUBMITTED.key in shown] == [False, False, False]


@pytest.mark.parametrize(
    ("language", "kept", "words"),
    [
        ("en", '[{"changed": {"fields": ["Mobile", "Email address"]}}]', "Changed Mobile and Email address."),
        ("zh-hans", '[{"changed": {"fields": ["Email address"]}}]', "已修改电子邮件地址。"),
        ("en", '[{"added": {}}]', "Added."),
        ("en", '[{"changed": {"fields": ["Mob', "Mob"),  # cut off where it was too long
    ],
)
def test_the_auditor_reads_in_words_which_fields_a_form_of_the_desk_changed(
    auditor: Client, language: str, kept: str, words: str
) -> None:
    """The JSON of Django's own log was shown as it is stored."""
    reviewer = make_reviewer()
    change = LogEntry.objects.create(user=reviewer, object_repr="x", action_flag=2, change_message=kept)
    entry = AuditEntry.objects.get(act=CHANGE, at=change.action_time)
    auditor.cookies["django_language"] = language

    page = auditor.get(reverse("admin:audit_auditentry_change", args=[entry.pk])).content.decode()

    shown = " ".join(document_fromstring(page).xpath("string(//main)").split())
    assert words in shown
    assert ("[{" in shown) == (not kept.endswith("]"))


@pytest.mark.parametrize(("language", "title"), [("en", "Signed in"), ("zh-hans", "登录")])
def test_the_page_of_an_entry_uses_words_instead_of_codes(auditor: Client, language: str, title: str) -> None:
    append(SIGN_IN, actor=make_reviewer(), reference="T7Q4-M2KX")
    entry = AuditEntry.objects.latest("pk")
    auditor.cookies["django_language"] = language

    page = auditor.get(reverse("admin:audit_auditentry_change", args=[entry.pk])).content.decode()

    assert re.findall(r"<h1>([^<]*)</h1>", page) == [f"{title} · T7Q4-M2KX"]
