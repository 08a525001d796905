"""Lists of orders as files: their content, who may export them, and a second person for many rows."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.desk.sheets import csv_file, neutral, xlsx_file
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import make_lead_reviewer, make_order, make_reviewer, make_user, sign_in
from tests.transfers.cancels import prove
from tests.transfers.outside import cost
from transfers.models import DeskSettings, ListExport, Order
from transfers.review.exports import actions
from transfers.review.exports.selection import Selection, selection

pytestmark = pytest.mark.django_db
EXPORT = "/admin/desk/export/"
WHY = "Monthly report to the ministry"


@pytest.fixture
def lead() -> User:
    return make_lead_reviewer()


@pytest.fixture
def second() -> User:
    found = make_lead_reviewer()
    found.name = "Zhou"
    found.save()
    return found


def signed_in(user: User) -> Client:
    """With a fresh proof of identity."""
    return prove(Client(headers={"accept-language": "en"}), user)


def make_waiting(number: int, **columns: Any) -> list[Order]:
    """So many orders waiting for review, of one account."""
    first = make_order(state=states.SUBMITTED, **columns)
    others = [
        Order(
            owner=first.owner,
            state=first.state,
            province=first.province,
            rule_profile=first.rule_profile,
            subject_key=f"many{place:060d}",
            domain=f"many{place}.com",
            answers={"type": first.answers["type"]},
        )
        for place in range(number - 1)
    ]
    return [first, *Order.objects.bulk_create(others)]


def own_provinces(user: User, codes: str) -> None:
    DeskSettings.objects.update_or_create(user=user, defaults={"provinces": codes})


def ask(user: User, address: str = EXPORT, **typed: str) -> Any:
    return signed_in(user).post(address, {"file_type": "csv", "because": WHY, **typed})


def fetch(user: User, export: ListExport) -> Any:
    return signed_in(user).post(reverse("admin:desk_export_file", args=[export.pk]))


def respond(user: User, export: ListExport, said: str = "allow") -> Any:
    return signed_in(user).post(reverse("admin:desk_export_answer", args=[export.pk]), {"answer": said}, follow=True)


def page(user: User, address: str = EXPORT) -> str:
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def read(answer: HttpResponse) -> list[list[str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_after_an_old_sign_in_identity_is_proved_again_before_a_list_leaves_the_desk(lead: User) -> None:
    client = sign_in(Client(headers={"accept-language": "en"}), lead)

    asked = client.get(EXPORT)
    sent = client.post(EXPORT, {"file_type": "csv", "because": WHY})

    assert [answer.url.partition("?")[0] for answer in (asked, sent)] == [reverse("account_step_up")] * 2
    assert not ListExport.objects.exists()


def looks() -> set[tuple[str, str, str, int]]:
    assert set(AccessNote.objects.values_list("client", flat=True)) <= {"127.0.0.1"}
    return set(AccessNote.objects.values_list("actor__email", "what", "reason", "times"))


# --- what stands in a file ---


def test_a_lead_exports_the_list_of_the_queue_masked_and_the_look_is_recorded(lead: User) -> None:
    owner = make_user("applicant@example.com", mobile="13912345678")
    order = make_order(owner, state=states.SUBMITTED, province="44")
    order.answers = {**order.answers, "type": {**order.answers["type"], "nature": "individual", "name": "林示范"}}
    order.save()
    make_order(state=states.SUBMITTED, province="12")
    make_order(state=states.PHONE_DUE, province="44")

    answer = ask(lead, f"{EXPORT}?queue=review&province=44")

    rows = read(answer)
    assert len(rows) == 2
    row = dict(zip(*rows, strict=True))
    assert row["Order"] == order.reference
    assert (row["Province"], row["Subject"]) == ("Guangdong", "林*范")
    assert (row["Account"], row["Mobile of the account"]) == ("a***@example.com", "139****5678")
    assert "13912345678" not in answer.content.decode()
    assert looks() == {(lead.email, "list of orders", WHY, 1)}
    made = ListExport.objects.get()
    assert (made.query, made.rows, made.asked_by, made.because) == ("queue=review&province=44", 1, lead, WHY)


def test_a_file_does_not_name_the_owner_of_an_order_never_submitted(lead: User) -> None:
    owner = make_user("applicant@example.com", mobile="13912345678")
    order = make_order(owner, submitted_at=None)

    row = dict(zip(*read(ask(lead, f"{EXPORT}?queue=all")), strict=True))

    assert (row["Order"], row["Domain name"]) == (order.reference, order.domain)
    assert [row[name] for name in ("Subject", "Account", "Mobile of the account")] == ["", "", ""]


def test_a_workbook_has_the_same_content(lead: User) -> None:
    order = make_order(state=states.SUBMITTED)

    answer = ask(lead, file_type="xlsx")

    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [list(row) for row in sheet.values]
    assert rows[0][:2] == ["Order", "State"]
    assert rows[1][:2] == [order.reference, "Waiting for review"]
    assert ".xlsx" in answer["Content-Disposition"]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_formula_is_prefixed_with_an_apostrophe(begin: str) -> None:
    typed = f"{begin}1+1"

    assert neutral(typed) == f"'{typed}"
    assert read(csv_file("x", [[typed]])) == [[f"'{typed}"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_file("x", [[typed]]).content)).active
    assert (sheet["A1"].data_type, str(sheet["A1"].value)[0]) == ("s", "'")


def test_numbers_and_plain_words_stay_unchanged() -> None:
    assert [neutral(each) for each in (-1, "", "a=b", "12-3")] == [-1, "", "a=b", "12-3"]


def test_a_formula_typed_into_an_order_is_exported_as_text(lead: User) -> None:
    make_order(state=states.SUBMITTED, site_number="=cmd()")

    assert dict(zip(*read(ask(lead)), strict=True))["Website number"] == "'=cmd()"


def test_an_unreadable_order_does_not_stop_the_others(lead: User, settings: Any) -> None:
    broken, whole = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    Order.objects.filter(pk=broken.pk).update(kind="unknown")

    rows = read(ask(lead))

    assert [broken.reference, "cannot be read"] in rows
    assert whole.reference in {row[0] for row in rows}


def test_a_list_takes_as_many_queries_however_many_orders_it_has(lead: User) -> None:
    client = signed_in(lead)

    def take() -> None:
        assert client.post(EXPORT, {"file_type": "csv", "because": WHY}).status_code == 200

    make_waiting(1)
    take()  # creates the row of the access log
    few = cost(take)
    make_waiting(9)

    assert cost(take) == few


@pytest.mark.usefixtures("steady_cache")
def test_the_page_takes_as_many_queries_however_many_lists_wait(lead: User, second: User) -> None:
    client = signed_in(second)
    make_waiting(101)
    found = []
    for number in range(3):
        ask(lead, because=f"{WHY}, part {number}")
        found.append(cost(lambda: client.get(EXPORT)))

    assert found[1] == found[2] <= 15
    assert client.get(EXPORT).content.decode().count("Allow") == 3


def test_a_colleague_reads_the_list_in_the_language_of_the_page(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead, f"{EXPORT}?queue=review&province=64")

    answer = signed_in(second).get(EXPORT, headers={"accept-language": "zh-hans"}).content.decode()

    assert "Ningxia" in page(second)
    row = re.search(r'<th scope="row">(.*?)</th>', answer.partition("待第二人批准的列表")[2])
    assert row
    assert "宁夏" in row[1]
    assert re.findall("[A-Za-z]+", row[1]) == []


# --- who may ---


@pytest.mark.parametrize("role", ["reviewer", "auditor", "operations", "applicant"])
def test_only_a_lead_exports(role: str, lead: User) -> None:
    make_waiting(3)
    asked = actions.ask(_all(lead), actor=lead, because=WHY, file_type="csv")
    held = {"reviewer": make_reviewer, "applicant": make_user}
    roles = {"auditor": AUDITOR, "operations": OPERATIONS}
    user = held[role]() if role in held else make_user(held_roles=(roles[role],))

    expected = 404 if role == "applicant" else 403
    assert signed_in(user).get(EXPORT).status_code == expected
    assert [ask(user).status_code, respond(user, asked).status_code, fetch(user, asked).status_code] == [expected] * 3
    assert ListExport.objects.count() == 1
    assert looks() == set()


def test_a_reason_is_required(lead: User) -> None:
    make_waiting(1)

    html = ask(lead, because=" ").content.decode()

    assert "Say what the list is needed for" in html
    assert not ListExport.objects.exists()


def test_a_file_cannot_be_fetched_by_its_address_alone(lead: User) -> None:
    make_waiting(3)
    asked = actions.ask(_all(lead), actor=lead, because=WHY, file_type="csv")

    assert signed_in(lead).get(reverse("admin:desk_export_file", args=[asked.pk])).status_code == 405


# --- a second person ---


def test_a_hundred_orders_need_one_person(lead: User) -> None:
    make_waiting(100)

    assert len(read(ask(lead))) == 101


def test_a_hundred_and_one_orders_need_another_lead_and_are_fetched_once(lead: User, second: User) -> None:
    make_waiting(101)

    assert "must allow it" in page(lead)
    assert ask(lead).status_code == 302
    asked = ListExport.objects.get()
    assert (asked.rows, looks()) == (101, set())
    assert "Waits for a second person" in page(lead)
    assert fetch(lead, asked).status_code == 302  # nobody has allowed it

    assert "Who asks for a list does not allow it" in respond(lead, asked).content.decode()
    assert WHY in page(second)
    assert "The list is allowed" in respond(second, asked).content.decode()

    page_text = page(lead)
    assert "Fetch the file" in page_text
    assert "Zhou" in page_text
    assert fetch(second, asked).status_code == 404  # only for who requested it
    assert len(read(fetch(lead, asked))) == 102
    assert fetch(lead, asked).status_code == 302
    assert "Fetch the file" not in page(lead)
    assert looks() == {(lead.email, "list of orders", WHY, 1), (second.email, "list of orders allowed", WHY, 1)}


def test_who_asked_for_a_list_finds_it_on_their_desk_once_it_is_allowed(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead, because="quarterly report")
    before = page(lead, reverse("admin:index"))
    respond(second, ListExport.objects.get())

    found = [page(user, reverse("admin:index")) for user in (lead, second)]
    fetch(lead, ListExport.objects.get())

    assert ["Fetch the file" in each for each in (before, *found)] == [False, True, False]
    assert "Fetch the file" not in page(lead, reverse("admin:index")), "fetched"


def test_a_button_pressed_twice_asks_a_second_person_once(lead: User, second: User) -> None:
    make_waiting(101)

    ask(lead)
    ask(lead)
    assert page(second).count(WHY) == 1

    ask(lead, file_type="xlsx")
    ask(lead, because="Another reason")
    respond(second, ListExport.objects.earliest("pk"), "decline")
    ask(lead)  # after the answer it is a new request
    assert ListExport.objects.count() == 4


def test_who_asked_for_a_list_can_withdraw_the_request_until_it_is_answered(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead)
    export = ListExport.objects.get()
    assert "Withdraw the request" in page(lead)
    assert "Withdraw the request" not in page(second)

    said = respond(lead, export, "withdraw").content.decode()

    assert "Your request is withdrawn" in said
    assert WHY not in said, "it waits no longer"
    assert WHY not in page(second)
    assert "answered or withdrawn before" in respond(second, export, "allow").content.decode()
    assert fetch(lead, export).status_code == 302
    export.refresh_from_db()
    assert (export.is_granted, export.fetched_at) == (False, None)
    ask(lead)
    assert ListExport.objects.count() == 2, "and the same list can be asked for again"


def test_nobody_withdraws_the_request_of_another_or_one_that_was_allowed(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead)
    export = ListExport.objects.get()

    assert "Your request is withdrawn" not in respond(second, export, "withdraw").content.decode()
    respond(second, export)
    assert "answered or withdrawn before" in respond(lead, export, "withdraw").content.decode()

    assert "Fetch the file" in page(lead)


def test_a_declined_list_cannot_be_fetched(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead)
    asked = ListExport.objects.get()

    assert "The list is declined" in respond(second, asked, "decline").content.decode()

    mine = signed_in(lead).get(EXPORT).content.decode().partition("Lists that you asked for")[2]
    assert ["Zhou" in mine, "Declined" in mine, "Waits for" in mine, "Fetch" in mine] == [True, True, False, False]
    assert fetch(lead, asked).status_code == 302
    assert "It was answered or withdrawn before" in respond(second, asked).content.decode()
    assert looks() == set()


def test_an_allowed_list_can_be_fetched_for_a_day_and_an_unanswered_one_ends(lead: User, second: User) -> None:
    make_waiting(101)
    now = timezone.now()
    asked = actions.ask(_all(lead), actor=lead, because=WHY, file_type="csv", now=now)
    forgotten = actions.ask(_all(lead), actor=lead, because="Nobody answers", file_type="csv", now=now)

    with time_machine.travel(now + actions.ANSWERED_WITHIN, tick=False), pytest.raises(actions.ExportRefused):
        actions.answer(forgotten, actor=second, granted=True, client="")
    actions.answer(asked, actor=second, granted=True, client="", now=now)
    with pytest.raises(actions.ExportRefused):
        actions.fetch(asked, actor=lead, client="", now=now + timedelta(hours=24))
    actions.fetch(asked, actor=lead, client="", now=now + timedelta(hours=23))


def test_no_more_rows_are_exported_than_were_allowed(lead: User, second: User) -> None:
    make_waiting(101)
    ask(lead)
    asked = ListExport.objects.get()
    respond(second, asked)
    make_order(state=states.SUBMITTED)

    assert len(read(fetch(lead, asked))) == 102


def test_exactly_the_orders_shown_and_allowed_are_exported(lead: User, second: User) -> None:
    """Since the request own provinces had changed, orders moved on, and another one came in."""
    shown = make_waiting(101, province="12")
    own_provinces(lead, "12 31")
    own_provinces(second, "65")
    make_order(state=states.SUBMITTED, province="44")
    ask(lead, f"{EXPORT}?queue=judge&province=mine")
    asked = ListExport.objects.get()

    page_text = page(second)
    respond(second, asked)
    own_provinces(lead, "")
    Order.objects.filter(pk=shown[7].pk).update(state=states.RETURNED)
    make_order(state=states.SUBMITTED, province="31")
    rows = read(fetch(lead, asked))

    assert "All to judge · Province: Tianjin, Shanghai" in page_text
    assert "my provinces" not in page_text
    assert {row[0] for row in rows[1:]} == {order.reference for order in shown}


def test_the_owners_of_a_lists_orders_are_named(lead: User, second: User) -> None:
    User.objects.filter(pk=lead.pk).update(name="Gao Yang")
    held = {"reviewer": lead, "claimed_until": timezone.now() + timedelta(minutes=5)}
    make_waiting(101)
    Order.objects.update(**held)

    ask(lead, f"{EXPORT}?queue=judge&who=me")

    assert "All to judge · Province: all · Who has it: Gao Yang" in page(second)
    assert ListExport.objects.get().query == f"queue=judge&province=all&who={lead.pk}"
    assert "省份：全部" in ListExport.objects.get().words["zh-hans"]  # with the colon of that language


def test_a_list_of_the_previous_version_without_orders_must_be_requested_again(lead: User, second: User) -> None:
    make_waiting(101)
    asked = actions.ask(_all(lead), actor=lead, because=WHY, file_type="csv")
    ListExport.objects.update(keys=[])

    assert WHY not in page(second)
    assert "It was answered or withdrawn before, or waited too long" in respond(second, asked).content.decode()
    ListExport.objects.update(is_granted=True)
    assert fetch(lead, asked).status_code == 302


def test_the_table_itself_refuses_a_second_person_who_is_the_first(lead: User) -> None:
    make_waiting(101)
    asked = actions.ask(_all(lead), actor=lead, because=WHY, file_type="csv")

    with pytest.raises(IntegrityError), transaction.atomic():
        ListExport.objects.filter(pk=asked.pk).update(answered_by=lead)


def test_an_empty_list_and_one_of_too_many_orders_cannot_be_exported(lead: User, monkeypatch: Any) -> None:
    assert "The list is empty" in page(lead)
    assert ask(lead).status_code == 302
    make_waiting(4)
    monkeypatch.setattr("transfers.review.exports.selection.MOST", 3)
    monkeypatch.setattr("transfers.review.exports.actions.MOST", 3)
    monkeypatch.setattr("transfers.review.exports.views.MOST", 3)

    assert "The list has more than 3 orders: narrow it down first" in page(lead)
    assert ask(lead).status_code == 302
    assert not ListExport.objects.exists()


def _all(lead: User) -> Selection:
    return selection(QueryDict(), lead, timezone.now())
