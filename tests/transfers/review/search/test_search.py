"""A caller's order is found: by everything people say, in every state, and no trace stays where it should not."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import serializers
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.privacy.actions import note_access
from icpportal.privacy.models import AccessNote
from tests.transfers import states
from tests.transfers.builders import (
    administrator_answers,
    make_lead_reviewer,
    make_order,
    make_reviewer,
    make_user,
    sign_in,
    subject_answers,
    type_answers,
)
from tests.transfers.outside import cost
from tests.transfers.review.desk import make_named
from transfers.models import Order, SearchKey
from transfers.review import actions as review
from transfers.review import second_look
from transfers.review.search import parts, queries, spellings

pytestmark = pytest.mark.django_db
SEARCH = reverse("admin:transfers_order_search")
INDEX = reverse("admin:index")
PERSON = {"nature": "individual", "id_type": "2", "id_number": "649999198502140009", "name": "林示范"}
# what people say, and why the order was found by it
SAID = {
    "paper-shop.cn": "domain name",
    "https://www.Paper-Shop.cn/news?id=1": "domain name",
    "paper": "domain name",
    "shop": "domain name",
    "aper-sh": "domain name",
    "hop.c": "domain name",
    "宁ICP备00000012号-1": "filing number",
    "宁ICP备00000012号": "filing number",
    "宁icp备00000012": "filing number",
    "ICP备00000012号": "filing number",
    "00000012": "filing number",
    "00000012-1": "filing number",
    "宁夏示例纸业有限公司": "name of the subject",
    "宁夏示例纸业": "name of the subject",
    "示例纸业": "name of the subject",
    "示例": "name of the subject",
    "银川示例纸业": "name of the subject",  # people told of it may not know the place for certain
    "91649999000000019l": "document number of the subject",
    "林示范": "name of the subject lead",
    " 林 示范 ": "name of the subject lead",
    "649999 19850214 0009": "document number of the subject lead",
    "13900000001": "mobile of the subject lead",
    "+86 139-0000-0001": "mobile of the subject lead",
    "0951-5550100": "another phone of the subject lead, another phone of the website administrator",
    "13900000003": "another phone of the subject lead, another phone of the website administrator",
    "陈样例": "name of the website administrator",
    "649999198806060008": "document number of the website administrator",
    "13900000002": "mobile of the website administrator",
    "13700000077": "mobile of the account",
}
SENT = [state for state in states.ALL if state != states.DRAFT]


def staff(role: str) -> User:
    make_reviewer()  # creates the roles
    if role in ("reviewer", "lead"):
        return make_reviewer() if role == "reviewer" else make_lead_reviewer()
    return make_user(held_roles=({"auditor": AUDITOR, "operations": OPERATIONS}[role],))


def make_wanted(state: str = states.SUBMITTED, **columns: Any) -> Order:
    """The order that every caller means."""
    owner = make_user(mobile="13700000077")
    columns = {"submitted_at": timezone.now(), **columns}
    return make_order(owner, state=state, domain="paper-shop.cn", subject_number="宁ICP备00000012号", **columns)


def another() -> Order:
    """An order of other people, which none of the callers' words finds."""
    other = {"name": "天津样品五金经营部", "id_number": "91129999000000028K"}
    people = {
        "type": type_answers("12", domain="wujin.com", **other),
        "subject": subject_answers(
            lead_name="赵样品",
            lead_id_number="129999199001010007",
            lead_phone1="13900000011",
            lead_phone2="",
            lead_emergency="13900000013",
        ),
        "administrator": administrator_answers(
            admin_name="钱样品",
            admin_id_number="129999199101010009",
            admin_phone1="13900000012",
            admin_phone2="",
            admin_emergency="13900000013",
        ),
    }
    return make_order(state=states.SUBMITTED, province="12", domain="wujin.com", answers=people)


def type_in(client: Client, words: str, language: str = "en", at: str = SEARCH) -> Any:
    """Opens a page of the desk, types into the box at its head and presses Enter."""
    client.cookies["django_language"] = language
    page = html.document_fromstring(client.get(at).content.decode())
    (box,) = page.xpath('//form[@role="search"]')
    (field,) = box.xpath('.//input[@type="search"]')
    assert page.xpath(f'//label[@for="{field.get("id")}"]')[0].text_content().strip()
    return client.post(box.get("action"), {field.get("name"): words})


def rows(answer: Any) -> list[list[str]]:
    """The table of the answer, cell by cell."""
    page = html.document_fromstring(answer.content.decode())
    return [
        [" ".join(" ".join(cell.itertext()).split()) for cell in row] for row in page.xpath("//table//tbody/tr[td]")
    ]


def words_of(answer: Any) -> str:
    page = html.document_fromstring(answer.content.decode())
    return " ".join(page.xpath("//main")[0].text_content().split())


# --- what finds an order ---------------------------------------------------------------------


@pytest.mark.parametrize("said", SAID)
def test_a_reviewer_finds_the_order_by_what_a_caller_says(client: Client, said: str) -> None:
    order = make_wanted()
    another()

    answer = type_in(sign_in(client, make_reviewer()), said)

    assert [(row[0], row[2]) for row in rows(answer)] == [(order.reference, SAID[said])]
    assert reverse("admin:transfers_order_case", args=[order.pk]) in answer.content.decode()


@pytest.mark.parametrize("write", [str, str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} "])
def test_an_orders_number_opens_its_case(client: Client, write: Any) -> None:
    order = make_wanted()

    answer = type_in(sign_in(client, make_reviewer()), write(order.reference), at=INDEX)

    assert answer["Location"] == reverse("admin:transfers_order_case", args=[order.pk])


@pytest.mark.parametrize("state", SENT)
@pytest.mark.parametrize("said", ["13900000002", "00000012", "示例纸业"])
def test_the_order_is_found_in_every_state(client: Client, state: str, said: str) -> None:
    order = make_wanted(state)

    assert [row[0] for row in rows(type_in(sign_in(client, make_reviewer()), said))] == [order.reference]


@pytest.mark.parametrize(
    "said",
    [
        "13900000009",
        "林示",
        "示范",
        "apershop",
        "纸业",
        "0012",
        "649999198502140000",
        "%",
        "_____",
        "夏示例",
        "a b",
        "!!",
    ],
)
def test_unknown_words_find_nothing_and_the_page_says_what_can_be_searched(client: Client, said: str) -> None:
    make_wanted()

    answer = type_in(sign_in(client, make_reviewer()), said)

    assert rows(answer) == []
    assert "No order was found" in words_of(answer)
    assert "Company: its name from the beginning" in words_of(answer)


def test_the_complete_name_of_a_company_comes_before_others_with_the_same_name_elsewhere(client: Client) -> None:
    order = make_wanted()
    elsewhere = make_order(
        state=states.SUBMITTED, answers={"type": type_answers("12", name="天津示例纸业有限公司", domain="t.cn")}
    )
    client = sign_in(client, make_reviewer())

    found = {said: {row[0] for row in rows(type_in(client, said))} for said in ("宁夏示例纸业", "示例纸业")}

    both = {order.reference, elsewhere.reference}
    assert found == {"宁夏示例纸业": {order.reference}, "示例纸业": both}


def test_a_person_is_found_only_by_the_complete_name_even_as_a_subject(client: Client) -> None:
    order = make_wanted(answers={"type": type_answers(**PERSON)})
    client = sign_in(client, make_reviewer())

    whole, part = (rows(type_in(client, said)) for said in ("林示范", "林示"))

    assert [(row[0], row[2]) for row in whole] == [(order.reference, "name of the subject, name of the subject lead")]
    assert part == []


def test_a_result_says_what_the_order_is_and_who_has_it(client: Client) -> None:
    order, reviewer = make_wanted(), make_reviewer(email="gao@example.com")
    User.objects.filter(pk=reviewer.pk).update(name="Gao Yang")
    review.assign_to_me(order, User.objects.get(pk=reviewer.pk))

    (row,) = rows(type_in(sign_in(client, make_reviewer()), "13900000002"))

    assert row == [
        order.reference,
        "paper-shop.cn 宁夏示例纸业有限公司",
        "mobile of the website administrator",
        "Transfer",
        "Waiting for review",
        "First review",
        "Ningxia",
        "Gao Yang",
    ]


@pytest.mark.parametrize(
    ("state", "columns", "basket"),
    [
        (states.SUBMITTED, {"returns": 1}, "Returned again"),
        (states.SUBMITTED, {}, "First review"),
        (states.PHOTO_REVIEW, {}, "Photo in review"),
        (states.AUTHORITY_REVIEW, {}, "With the authority"),
        (states.AUTHORITY_REVIEW, {"held": True}, "With the authority · on hold"),
        (states.RETURNED, {}, "—"),
    ],
)
def test_a_result_names_the_basket_in_which_the_order_is(
    client: Client, state: str, columns: dict[str, Any], basket: str
) -> None:
    make_wanted(state, **columns)

    (row,) = rows(type_in(sign_in(client, make_reviewer()), "13900000002"))

    assert row[5] == basket


def test_a_result_that_waits_for_a_second_look_is_in_the_basket_of_second_looks(client: Client) -> None:
    second_look.ask(make_wanted(), make_reviewer(), "accept", ["drawn"], timezone.now())

    (row,) = rows(type_in(sign_in(client, make_reviewer()), "13900000002"))

    assert row[5] == "For a second look"


def test_the_orders_that_were_found_are_read_once_with_their_baskets(client: Client) -> None:
    make_wanted()
    sign_in(client, make_reviewer())

    with CaptureQueriesContext(connection) as asked:
        type_in(client, "13900000002")

    assert sum('"transfers_order"."id" IN' in each["sql"] for each in asked) == 1


def test_the_result_is_chinese_for_a_chinese_reader(client: Client) -> None:
    make_wanted()

    answer = type_in(sign_in(client, make_reviewer()), "13900000002", language="zh-hans")
    nothing = type_in(client, "13900000009", language="zh-hans")

    assert rows(answer)[0][2:] == ["网站负责人手机号", "接入备案", "待审核", "初次审核", "宁夏", "—"]
    assert "未找到订单" in words_of(nothing)
    assert re.findall(r"[A-Za-z]{4,}", words_of(nothing).replace("paper-shop.cn", "").replace("shop", "")) == []


def test_beyond_fifty_results_more_specific_words_are_requested(client: Client) -> None:
    now = timezone.now()
    made = [
        make_order(state=states.SUBMITTED, domain=f"paper{number}.cn", entered_at=now - timedelta(hours=number))
        for number in range(52)
    ]
    client = sign_in(client, make_reviewer())

    many, few = type_in(client, "paper"), type_in(client, "paper5")

    assert [row[0] for row in rows(many)] == [order.reference for order in made[:50]]
    assert "More than 50 orders were found" in words_of(many)
    assert len(rows(few)) == 3  # 5, 50 and 51
    assert "3 orders found" in words_of(few)


@pytest.mark.parametrize(("said", "is_found"), [("aper-sh", False), ("hop.c", False), ("shop", True)])
def test_without_an_index_of_parts_the_beginnings_of_words_find_a_domain(
    client: Client, said: str, is_found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wanted()
    monkeypatch.setattr(parts, "is_ready", lambda: False)

    assert bool(rows(type_in(sign_in(client, make_reviewer()), said))) is is_found


def test_a_check_reports_where_parts_find_no_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts.parts_find_domains(databases=["default"]) == []
    monkeypatch.setattr(parts, "has_index", lambda _connection: False)

    (warning,) = parts.parts_find_domains(databases=["default"])

    assert "pg_trgm" in (warning.hint or "")
    assert parts.parts_find_domains(databases=None) == []  # a check that queries no database


@pytest.mark.services
def test_a_database_that_refuses_the_extension_is_left_unchanged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "has_index", lambda _connection: False)
    monkeypatch.setattr(parts, "EXTENSION", "CREATE EXTENSION no_such_extension")

    with transaction.atomic():  # the failed statement is rolled back
        assert parts.make_index(connection) is False
        transaction.set_rollback(True)

    assert SearchKey.objects.count() == 0


# --- who finds, and what they see ------------------------------------------------------------


def test_the_name_of_a_person_is_masked_in_results(client: Client) -> None:
    order = make_wanted(answers={"type": type_answers(**PERSON)})

    answer = type_in(sign_in(client, make_reviewer()), "13900000002")

    assert rows(answer)[0][:2] == [order.reference, "paper-shop.cn 林*范"]
    assert "林示范" not in answer.content.decode()


def test_operations_have_no_box_and_are_refused(client: Client) -> None:
    make_wanted()
    client = sign_in(client, staff("operations"))

    assert 'role="search"' not in client.get(INDEX).content.decode()
    assert [client.post(SEARCH, {"find": "13900000002"}).status_code, client.get(SEARCH).status_code] == [403, 403]


@pytest.mark.parametrize("said", ["林示范", "13900000002", "649999198806060008", "示例纸业"])
def test_the_auditor_finds_a_persons_entries_in_the_log_and_reads_no_value(client: Client, said: str) -> None:
    order, reviewer, auditor = make_wanted(), make_named("Reader of it"), staff("auditor")
    note_access(actor=reviewer, what="order", reference=order.reference, reason="review", client="")
    client = sign_in(client, auditor)

    answer = type_in(client, said)
    found = html.fromstring(answer.content)
    (log,) = found.xpath("//tbody//a/@href")

    assert rows(answer)[0][0] == order.reference
    assert not any(value in answer.content.decode() for value in ("paper-shop.cn", "林*范", "宁夏示例"))
    assert str(order.pk) not in answer.content.decode()  # no link to the case
    assert "Reader of it" in client.get(log).content.decode()
    note = AccessNote.objects.get(actor=auditor)
    assert (note.reason, note.client) == ("search log", "127.0.0.1")


def test_the_number_of_an_order_leads_the_auditor_to_its_log(client: Client) -> None:
    order = make_wanted()

    answer = type_in(sign_in(client, staff("auditor")), order.reference)

    assert answer["Location"] == f"{INDEX}?reference={order.reference}"


def test_an_applicant_and_a_visitor_find_no_search(client: Client) -> None:
    order = make_wanted()
    answers = [client.post(SEARCH, {"find": "13900000002"})]
    answers += [sign_in(client, order.owner).post(SEARCH, {"find": order.reference}), client.get(SEARCH)]

    assert [answer.status_code for answer in answers] == [302, 404, 404]
    assert answers[0]["Location"] == f"{reverse('account_login')}?next={SEARCH}"
    assert AccessNote.objects.count() == 0


@pytest.mark.parametrize("state", [states.DRAFT, states.EXPIRED, states.WITHDRAWN])
def test_an_order_never_submitted_is_found_by_public_values_and_reveals_nothing_personal(
    client: Client, state: str
) -> None:
    order = make_wanted(state, submitted_at=None)
    client = sign_in(client, make_reviewer())

    answers = [type_in(client, said) for said in ("paper-shop.cn", "00000012", order.reference)]
    personal = [type_in(client, said) for said in ("13900000002", "示例纸业", "林示范", "13700000077")]

    for answer in answers:
        ((reference, domain, *_rest),) = rows(answer)
        assert (reference, domain) == (order.reference, "paper-shop.cn")
        assert str(order.pk) not in answer.content.decode()  # no link to the case
    assert [rows(answer) for answer in personal] == [[], [], [], []]


# --- what is left of a search ----------------------------------------------------------------


def test_the_access_log_records_the_kind_and_the_number_of_results_and_not_the_words(client: Client) -> None:
    order, reviewer = make_wanted(), make_reviewer()
    client = sign_in(client, reviewer)

    for said in ("13900000002", "13900000001", "林示范", "13900000009", "shop"):
        type_in(client, said)
    make_order(state=states.SUBMITTED, domain="shop.com")
    type_in(client, "shop")

    notes = AccessNote.objects.order_by("pk").values_list("actor", "what", "reference", "reason", "times")
    assert list(notes) == [
        (reviewer.pk, "search phone", order.reference, "search", 2),
        (reviewer.pk, "search name", order.reference, "search", 1),
        (reviewer.pk, "search nothing", "× 0", "search", 1),
        (reviewer.pk, "search domain", order.reference, "search", 1),
        (reviewer.pk, "search domain", "× 2", "search", 1),
    ]


def test_the_auditor_reads_in_words_what_was_searched(client: Client) -> None:
    make_wanted()
    type_in(sign_in(client, make_reviewer()), "13900000002")

    page = sign_in(client, staff("auditor")).get(reverse("admin:privacy_accessnote_changelist")).content.decode()

    assert "Search of orders: phone" in page
    assert "Search: somebody asks about an order" in page


@pytest.mark.parametrize("said", ["13900000002", "陈样例", "649999198806060008", "没有这个人", "13900000009"])
def test_nothing_typed_is_in_address_log_session_or_access_row(
    client: Client, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    make_wanted()
    client = sign_in(client, make_reviewer())

    answer = type_in(client, said)

    left = [
        answer.request["PATH_INFO"],
        answer.request["QUERY_STRING"],
        str(dict(client.session)),
        str(client.cookies),
        serializers.serialize("json", [*AccessNote.objects.all(), *SearchKey.objects.all()], ensure_ascii=False),
        *(
            f"{record.getMessage()} {record.__dict__}"
            for record in caplog.records
            if record.name != "django.db.backends"
        ),
    ]
    assert "answered" in "".join(left)  # the log exists
    assert [text for text in left if said in text] == []
    assert answer["Cache-Control"].find("no-store") >= 0


def test_no_name_number_or_phone_of_an_order_is_in_its_keys() -> None:
    order = make_wanted()
    kept = set(SearchKey.objects.values_list("kind", "key"))

    public = {key for kind, key in kept if kind in ("domain", "number")}
    assert public == {"paper-shop.cn", "shop.cn", "宁ICP备00000012号", "宁ICP备00000012号-1", "00000012", "00000012-1"}
    assert all(re.fullmatch("[0-9a-f]{32}", key) for _kind, key in kept if key not in public)
    assert order.answer("type")["name"] not in str(kept)


@pytest.mark.parametrize("said", ["", "   ", "x" * 121, "林\u200b示范"])
def test_an_impossible_search_is_reported(client: Client, said: str) -> None:
    make_wanted()

    answer = type_in(sign_in(client, make_reviewer()), said)

    assert answer.status_code == 200
    assert html.document_fromstring(answer.content.decode()).xpath('//p[@role="alert"]')[0].text_content()
    assert AccessNote.objects.count() == 0


def test_typed_text_is_escaped(client: Client) -> None:
    answer = type_in(sign_in(client, make_reviewer()), "\"><script>alert('x')</script>")

    assert "<script>alert" not in answer.content.decode()


# --- what it costs ---------------------------------------------------------------------------


@pytest.mark.usefixtures("steady_cache")
def test_one_result_and_many_take_as_many_queries_and_at_most_fifteen(client: Client) -> None:
    client = sign_in(client, make_reviewer())
    client.get(INDEX)
    make_wanted()

    def asked(said: str) -> int:
        client.post(SEARCH, {"find": said})  # creates the access row
        return cost(lambda: client.post(SEARCH, {"find": said}))

    one = {said: asked(said) for said in SAID}
    for number in range(4):
        make_order(state=states.SUBMITTED, domain=f"paper-shop{number}.cn", subject_number="宁ICP备00000012号")

    assert {said: asked(said) for said in ("13900000002", "00000012", "示例")} == {
        said: one[said] for said in ("13900000002", "00000012", "示例")
    }
    assert max(one.values()) <= 15


@pytest.mark.services
@pytest.mark.parametrize(
    "keys",
    [
        queries.by_value([*spellings.phones("13900000002"), *spellings.documents("13900000002")], []),
        queries.by_value(spellings.persons("林示范"), ["00000012"]),
        queries.by_domain("paper"),
    ],
)
def test_every_query_is_answered_from_the_index(keys: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = keys.explain()

    assert re.search(r"Index (Only )?Scan (using|on) search_key\b", plan), plan
    assert "Seq Scan" not in plan


def test_the_explained_query_is_the_pages_own(client: Client) -> None:
    order = make_wanted()

    found = [
        queries.by_value(spellings.phones("13900000002"), []),
        queries.by_value([], ["00000012"]),
        queries.by_domain("paper"),
    ]

    assert [{key.order_id for key in keys} for keys in found] == [{order.pk}] * 3
