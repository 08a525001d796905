"""The baskets as reviewers see them: their orders, due times and reviewers; claiming and assigning in bulk."""

import re
from datetime import datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from lxml.html import document_fromstring

from icpportal.accounts.models import User
from icpportal.accounts.roles import AUDITOR, OPERATIONS
from icpportal.alarms.causes import cause_of
from icpportal.time_format import BEIJING
from tests.transfers import states
from tests.transfers.builders import (
    make_lead_reviewer,
    make_order,
    make_return,
    make_reviewer,
    make_user,
    moves,
    sign_in,
)
from tests.transfers.outside import cost
from tests.transfers.review.desk import case_of, english, read
from transfers.calls import actions as calls
from transfers.models import DeskSettings, Order
from transfers.orders import actions
from transfers.orders.people import SUBJECT_LEAD
from transfers.review import actions as review
from transfers.review.baskets import due
from transfers.review.leases import assign_to_me

pytestmark = pytest.mark.django_db
QUEUE = reverse("admin:transfers_order_changelist")
NEXT = reverse("admin:transfers_order_next")
NAME = "website.site_name"
FRIDAY = datetime(2026, 11, 27, 17, 0, tzinfo=BEIJING)


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def staff(role):
    make_reviewer()  # creates the roles
    made = {"reviewer": make_reviewer, "lead": make_lead_reviewer}
    if role in made:
        return made[role]()
    if role == "viewer":
        user = make_user(held_roles=(OPERATIONS,))
        user.groups.clear()
        user.user_permissions.set(Permission.objects.filter(codename="view_order"))
        return user
    return make_user(held_roles=({"auditor": AUDITOR, "operations": OPERATIONS}[role],))


def listed_orders(client, **asked):
    """The references of a list, from the top."""
    html = client.get(QUEUE, asked).content.decode()
    rows = html.partition("<tbody>")[2].partition("</tbody>")[0]
    return [
        order.reference
        for order in sorted(Order.objects.all(), key=lambda each: rows.find(each.reference))
        if order.reference in rows
    ]


def set_name(user, name):
    User.objects.filter(pk=user.pk).update(name=name)
    return User.objects.get(pk=user.pk)


def send_back(order):
    make_return(order)
    return order


# --- what lies where -------------------------------------------------------------------------


def test_each_basket_has_its_own_orders(client):
    hour = timedelta(hours=1)
    now = timezone.now()
    first = make_order(state=states.SUBMITTED, entered_at=now - hour)
    again = send_back(make_order(state=states.SUBMITTED, entered_at=now - 2 * hour))
    photo = make_order(state=states.PHOTO_REVIEW, entered_at=now - 3 * hour)
    old = make_order(state=states.SUBMITTED, entered_at=now - timedelta(days=20))
    handing = make_order(state=states.HANDING_OVER)
    phones = make_order(state=states.PHONE_DUE, due_at=now + hour)
    with_authority = make_order(state=states.AUTHORITY_REVIEW)
    turned_down = make_order(state=states.AUTHORITY_RETURNED, due_at=now + hour)
    held = make_order(state=states.HANDING_OVER, held=True)
    draft = make_order()
    client = sign_in(client, make_reviewer())

    lists = {key: listed_orders(client, queue=key) for key in (
        "judge", "review", "again", "photo", "overdue", "phones", "authority", "turned_down", "held", "handing",
    )}  # fmt: skip

    references = {key: [each.reference for each in orders] for key, orders in {
        "judge": [old, photo, again, first], "review": [old, first], "again": [again], "photo": [photo],
        "overdue": [old],
        "phones": [phones], "authority": [with_authority], "turned_down": [turned_down], "held": [held],
    }.items()}  # fmt: skip
    assert {key: found for key, found in lists.items() if key != "handing"} == references
    assert sorted(lists["handing"]) == sorted([handing.reference, held.reference])
    assert draft.reference in listed_orders(client, queue="all")


@pytest.mark.parametrize("role", ["reviewer", "lead"])
@pytest.mark.parametrize("state", [states.DRAFT, states.EXPIRED])
def test_an_order_never_submitted_is_only_for_its_owner(client, role, state):
    """It is listed by number and domain; its name is nowhere, and its case opens for nobody."""
    unsent = make_order(state=state, submitted_at=None)
    sent = make_order(state=states.SUBMITTED)
    for order, name in ((unsent, "未提交示例公司"), (sent, "已提交示例公司")):
        order.answers = {**order.answers, "type": {**order.answers["type"], "name": name}}
        order.save(update_fields=["answers"])
    client = english(client, staff(role))

    html = client.get(QUEUE, {"queue": "all"}).content.decode()
    opened = {order: client.get(case_of(order), follow=True).status_code for order in (unsent, sent)}
    answer = client.post(case_of(unsent), {"move": "look", "look-words": "the customer called"}).status_code

    assert [unsent.reference in html, unsent.domain in html, "已提交示例公司" in html] == [True, True, True]
    assert ["未提交示例公司" in html, case_of(unsent) in html, case_of(sent) in html] == [False, False, True]
    assert (opened, answer) == ({unsent: 404, sent: 200}, 404)
    assert client.get(QUEUE, {"queue": "all", "q": unsent.reference}).status_code == 200  # the list, not a dead end


def test_an_order_with_an_objection_opens_before_it_is_submitted(client):
    order = make_order(submitted_at=None)
    actions.object_to(owner=make_user(), domain=order.domain, subject_key="", words="域名是我们的")
    client = english(client, staff("lead"))

    assert case_of(order) in client.get(QUEUE, {"queue": "all"}).content.decode()
    assert client.get(case_of(order)).status_code == 200


def test_a_returned_order_shows_its_round_whatever_version_returned_it(client):
    """A process of the previous version writes no count, nor did any before the column existed."""
    orders = [make_order(state=states.SUBMITTED) for _ in range(3)]
    here, earlier, never = orders
    for order in (here, earlier):
        review.send_back(order, make_reviewer(), [review.ReturnedField(NAME, None, {"zh": "改名称"})])
    Order.objects.filter(pk=earlier.pk).update(returns=0)
    for order in map(read, (here, earlier)):
        actions.submit(order, actor=order.owner)

    html = english(client, make_reviewer()).get(QUEUE, {"queue": "again"}).content.decode()

    assert [each.reference in html for each in orders] == [True, True, False]
    assert html.count("round 2") == 2
    assert never.reference in english(client, make_reviewer()).get(QUEUE, {"queue": "review"}).content.decode()


def test_rounds_from_before_are_counted_once_however_often_the_migration_runs(monkeypatch):
    once, twice, never = (make_order(state=states.SUBMITTED) for _ in range(3))
    for order in (once, twice, twice):
        make_return(order)
    never.rounds.create(number=1, reviewer=make_reviewer(), decision="accept")
    Order.objects.update(returns=0)
    migration = import_module("transfers.migrations.0045_baskets_from_indexes")
    monkeypatch.setattr(migration, "AT_ONCE", 1)

    for _ in range(2):
        migration.keep_returns(apps, None)

    assert [read(each).returns for each in (once, twice, never)] == [1, 2, 0]


def test_the_filters_mine_free_and_with_an_objection(client):
    me, colleague = make_reviewer(), make_reviewer()
    mine, theirs, nobodys = (make_order(state=states.SUBMITTED) for _ in range(3))
    assign_to_me(mine, me)
    assign_to_me(theirs, colleague)
    actions.object_to(owner=make_user(), domain=theirs.domain, subject_key="", words="域名是我们的")
    client = sign_in(client, me)

    assert listed_orders(client, queue="mine") == [mine.reference]
    assert listed_orders(client, queue="free") == [nobodys.reference]
    assert listed_orders(client, queue="objections") == [theirs.reference]


def test_the_list_of_baskets_shows_their_counts(client):
    make_order(state=states.SUBMITTED, entered_at=timezone.now() - timedelta(days=20))
    send_back(make_order(state=states.SUBMITTED))
    make_order(state=states.PHOTO_REVIEW)
    client = english(client, make_reviewer())

    html = " ".join(client.get(QUEUE).content.decode().split())

    for words in (
        'All to judge</span> <span class="">3<',
        'Returned again</span> <span class="">1<',
        'Overdue</span> <span class="bad">1<',
    ):
        assert words in html
    assert "3 orders · 1 over their time" in html


# --- by when ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("entered", "now", "words", "tone"),
    [
        (FRIDAY, FRIDAY + timedelta(minutes=30), "30 Nov 18:00", ""),  # the promise ends on the next working day
        (FRIDAY, datetime(2026, 11, 29, 20, 0, tzinfo=BEIJING), "tomorrow 18:00", ""),
        (FRIDAY, datetime(2026, 11, 30, 11, 0, tzinfo=BEIJING), "18:00 · 7 h 00 min", ""),
        (FRIDAY, datetime(2026, 11, 30, 16, 0, tzinfo=BEIJING), "18:00 · 2 h 00 min", "soon"),
        (FRIDAY, datetime(2026, 12, 1, 10, 30, tzinfo=BEIJING), "1 h 30 min over", "over"),  # the night does not count
    ],
)
def test_the_due_time_is_shown_in_working_time(entered, now, words, tone):
    order = Order(entered_at=entered)

    with override("en"):
        found = due.due_of(order, due.DueBy.PROMISE, now, due.calendar_around(now))

    assert (found.words, found.tone) == (words, tone)


def test_an_order_is_overdue_after_its_working_day_and_not_on_the_weekend():
    sunday = datetime(2026, 11, 29, 20, 0, tzinfo=BEIJING)
    monday_evening = datetime(2026, 11, 30, 18, 1, tzinfo=BEIJING)

    assert due.over_before(sunday, due.calendar_around(sunday)) <= FRIDAY
    assert due.over_before(monday_evening, due.calendar_around(monday_evening)) > FRIDAY


# --- narrowed down, page by page --------------------------------------------------------------


def test_filters_are_in_the_address_and_filter_the_list(client):
    here = make_order(state=states.SUBMITTED, province="64", nature="enterprise", findings=2)
    there = make_order(state=states.SUBMITTED, province="44", nature="individual", findings=0)
    me = make_reviewer()
    assign_to_me(there, me)
    client = sign_in(client, me)

    assert listed_orders(client, province="64") == [here.reference]
    assert listed_orders(client, nature="individual") == [there.reference]
    assert listed_orders(client, look="findings") == [here.reference]
    assert listed_orders(client, who="nobody") == [here.reference]
    assert listed_orders(client, who="me") == [there.reference]
    assert len(listed_orders(client, nature="no such", who="<script>", kind="x", look="y")) == 2


def test_a_reviewers_own_provinces_come_first_and_can_be_left(client):
    mine = make_order(state=states.SUBMITTED, province="64")
    other = make_order(state=states.SUBMITTED, province="44")
    me = make_reviewer()
    client = english(client, me)
    client.post(reverse("admin:desk_settings"), {"provinces": ["64"], "single_keys": "on"})

    assert listed_orders(client) == [mine.reference]
    assert sorted(listed_orders(client, province="all")) == sorted([mine.reference, other.reference])
    assert DeskSettings.objects.get(user=me).provinces == "64"


def test_the_next_page_begins_after_the_last_row_and_keeps_every_filter(client):
    start = timezone.now() - timedelta(days=3)
    orders = [
        make_order(state=states.SUBMITTED, entered_at=start + timedelta(minutes=n), province="64") for n in range(27)
    ]
    make_order(state=states.SUBMITTED, entered_at=start, province="44")
    client = english(client, make_reviewer())

    page = client.get(QUEUE, {"province": "64"})
    after = page.context["page"].next_url
    second = client.get(after)

    assert [row.reference for row in page.context["page"].rows] == [each.reference for each in orders[:25]]
    assert [row.reference for row in second.context["page"].rows] == [each.reference for each in orders[25:]]
    assert second.context["page"].next_url == ""
    assert client.get(QUEUE, {"after": "nonsense~x"}).status_code == 200


@pytest.mark.usefixtures("steady_cache")
def test_the_list_takes_as_many_queries_for_one_row_as_for_three_and_at_most_fifteen(client):
    client = sign_in(client, make_lead_reviewer())
    assign_to_me(make_order(state=states.SUBMITTED), make_reviewer())
    for path in (QUEUE, reverse("admin:index")):
        client.get(path)
    one = cost(lambda: client.get(QUEUE))
    for _ in range(2):
        assign_to_me(send_back(make_order(state=states.SUBMITTED)), make_reviewer())

    assert cost(lambda: client.get(QUEUE)) == one
    assert one <= 15
    assert cost(lambda: client.get(reverse("admin:index"))) <= 15


# --- taking ----------------------------------------------------------------------------------


def test_take_next_opens_the_most_urgent_free_order_of_the_list(client):
    me = make_reviewer()
    hour = timedelta(hours=1)
    now = timezone.now()
    taken = make_order(state=states.SUBMITTED, entered_at=now - 9 * hour)
    assign_to_me(taken, make_reviewer())
    own = make_order(me, state=states.SUBMITTED, entered_at=now - 8 * hour)
    wanted = make_order(state=states.SUBMITTED, entered_at=now - 7 * hour, province="64")
    make_order(state=states.SUBMITTED, entered_at=now - 6 * hour, province="44")
    client = sign_in(client, me)

    answer = client.post(NEXT, {"list": "queue=judge&province=64&nonsense=1"})

    case = reverse("admin:transfers_order_case", args=[wanted.pk])
    assert answer.url == f"{case}?queue=judge&province=64"
    assert (read(wanted).reviewer, read(own).reviewer) == (me, None)


def test_an_empty_basket_is_reported_and_the_list_stays(client):
    client = english(client, make_reviewer())

    answer = client.post(NEXT, {"list": "queue=photo"})

    assert answer.url == f"{QUEUE}?queue=photo"
    assert "Nothing is free" in client.get(answer.url).content.decode()


def test_take_in_a_row_reports_who_was_faster(client):
    order = make_order(state=states.SUBMITTED)
    assign_to_me(order, set_name(make_reviewer(), "高扬"))
    client = english(client, make_reviewer())

    answer = client.post(QUEUE, {"take": str(order.pk)})

    assert "高扬 has had this order since" in client.get(answer.url).content.decode()


# --- several at once --------------------------------------------------------------------------


def test_each_row_of_a_bulk_action_has_its_own_result(client):
    me = make_reviewer()
    free, gone = make_order(state=states.SUBMITTED), make_order(state=states.WITHDRAWN)
    theirs = make_order(state=states.SUBMITTED)
    assign_to_me(theirs, set_name(make_reviewer(), "高扬"))
    client = english(client, me)

    answer = client.post(QUEUE, {"act": "claim", "pick": [str(each.pk) for each in (free, theirs, gone)]}, follow=True)
    html = answer.content.decode()

    assert read(free).reviewer == me
    assert "1 done, 2 not done" in html
    assert f"{free.reference}: assigned to you" in html
    assert f"{theirs.reference}: 高扬 has had this order since" in html
    assert f"{gone.reference}: it has moved on" in html


@pytest.mark.parametrize(("role", "works_on"), [("reviewer", "judged"), ("lead", "judged"), ("operations", "held")])
def test_only_orders_that_a_button_of_the_list_works_on_have_a_tick_box(client, role, works_on):
    orders = {
        "judged": make_order(state=states.SUBMITTED),
        "held": make_order(state=states.HANDING_OVER, held=True),
        "over": make_order(state=states.APPROVED),
    }
    client = english(client, staff(role))

    html = client.get(QUEUE, {"queue": "all"}).content.decode()

    assert orders["over"].reference in html
    assert [key for key, each in orders.items() if f'name="pick" value="{each.pk}"' in html] == [works_on]


@pytest.mark.parametrize("role", ["reviewer", "lead", "operations"])
def test_a_list_without_a_tick_box_has_no_buttons_that_ask_for_one(client, role):
    order = make_order(state=states.AUTHORITY_REVIEW)

    html = english(client, staff(role)).get(QUEUE, {"queue": "authority"}).content.decode()

    assert order.reference in html
    assert ['name="act"' in html, 'id="to"' in html, "Pick" in html] == [False, False, False]


def picked_in(html):
    """The keys of the orders with a tick, and the chosen colleague."""
    page = document_fromstring(html)
    ticks, chosen = '//input[@name="pick"][@checked]/@value', '//select[@id="to"]/option[@selected]/@value'
    return page.xpath(ticks), page.xpath(chosen)


def test_ticks_stay_when_more_orders_are_picked_than_one_action_takes(client):
    picked = sorted(str(make_order(state=states.SUBMITTED).pk) for _ in range(11))
    make_order(state=states.SUBMITTED)

    html = english(client, make_reviewer()).post(QUEUE, {"act": "claim", "pick": picked}, follow=True).content.decode()

    assert "at most 10 at once" in html
    assert (sorted(picked_in(html)[0]), html.count('name="pick"')) == (picked, 12)


def test_ticks_stay_when_no_colleague_is_chosen_and_the_colleague_when_nothing_is_ticked(client):
    order, colleague = str(make_order(state=states.SUBMITTED).pk), str(make_reviewer().pk)
    client = english(client, make_lead_reviewer())

    ticked = client.post(QUEUE, {"act": "assign", "pick": [order]}, follow=True).content.decode()
    chosen = client.post(QUEUE, {"act": "assign", "to": colleague}, follow=True).content.decode()

    assert [picked_in(ticked), picked_in(chosen)] == [([order], []), ([], [colleague])]


def test_releasing_an_order_one_does_not_have_is_reported(client):
    me = make_reviewer()
    mine, nobodys = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    assign_to_me(mine, me)
    client = english(client, me)

    html = client.post(QUEUE, {"act": "release", "pick": [str(mine.pk), str(nobodys.pk)]}, follow=True).content.decode()

    assert (read(mine).reviewer, "1 done, 1 not done" in html) == (None, True)
    assert f"{nobodys.reference}: nobody has it" in html


def test_a_chinese_domain_is_shown_as_people_write_it_wherever_an_order_is_named(client):
    """Its owner wrote it so, and papers and callers name it so; the register stores it in ASCII."""
    me = make_lead_reviewer()
    mine = make_order(state=states.SUBMITTED, domain="xn--fsqu00a.cn")
    make_order(state=states.SUBMITTED, domain="xn--fsqu00a.com")
    assign_to_me(mine, me)
    call = calls.ask(mine, me, role=SUBJECT_LEAD, about="x")
    objection = actions.object_to(owner=make_user(), domain=mine.domain, subject_key="", words="x")
    client = english(client, me)

    places = [
        *(reverse(f"admin:{name}") for name in ("index", "desk_calls", "desk_objections")),
        *(reverse("admin:desk_call", args=[call.pk]), reverse("admin:desk_objection", args=[objection.pk])),
        *(case_of(mine, page) for page in ("case", "more")),
        QUEUE,
    ]
    pages = {place: client.get(place).content.decode() for place in places}

    shown = [document_fromstring(page).xpath("string(//main)") for page in pages.values()]
    assert ["例子.cn" in text for text in shown] == [True] * len(places)
    typed = "https://www.xn--fsqu00a.cn/"  # the address of the home page, as entered
    assert ["xn--" in text.replace(typed, "") for text in shown] == [False] * len(places)


def test_nobody_claims_a_whole_page_at_once(client):
    orders = [make_order(state=states.SUBMITTED) for _ in range(11)]
    client = english(client, make_reviewer())

    html = client.post(QUEUE, {"act": "claim", "pick": [str(each.pk) for each in orders]}, follow=True).content.decode()

    assert "at most 10 at once" in html
    assert not Order.objects.filter(reviewer__isnull=False).exists()


@pytest.mark.parametrize("role", ["reviewer", "lead"])
def test_a_lead_assigns_to_a_colleague_and_a_reviewer_cannot(client, role):
    order, colleague = make_order(state=states.SUBMITTED), set_name(make_reviewer(), "高扬")
    client = english(client, staff(role))

    answer = client.post(QUEUE, {"act": "assign", "to": str(colleague.pk), "pick": [str(order.pk)]})

    assert (answer.status_code, read(order).reviewer) == ((302, colleague) if role == "lead" else (403, None))


def test_assigning_to_nobody_and_selecting_nothing_do_nothing(client):
    order = make_order(state=states.SUBMITTED)
    client = english(client, make_lead_reviewer())

    said = [
        client.post(QUEUE, data, follow=True).content.decode()
        for data in ({"act": "assign", "pick": [str(order.pk)]}, {"act": "claim"})
    ]

    assert ["choose a colleague" in said[0], "pick at least one order" in said[1]] == [True, True]
    assert read(order).reviewer is None


# --- who may do what --------------------------------------------------------------------------


def test_operations_release_held_orders_and_open_no_case(client):
    held = make_order(state=states.HANDING_OVER, held=True)
    client = english(client, staff("operations"))

    html = client.get(QUEUE, {"queue": "held"}).content.decode()
    client.post(QUEUE + "?queue=held", {"act": "release_hold", "pick": [str(held.pk)]})

    assert held.reference in html
    assert "/case/" not in html.partition("<tbody>")[2]
    assert "林示范" not in html
    assert (read(held).held, read(held).report) == (False, 2)
    assert moves(held) == ["released"]


def test_operations_read_beside_a_held_order_what_the_code_means_and_find_its_reports(client):
    held = make_order(
        state=states.HANDING_OVER, held=True, authority_code="1053", authority_words="林示范 13900000002 不符"
    )
    asked = {"queue": "held"}
    pages = {
        role: english(client, staff(role)).get(QUEUE, asked).content.decode() for role in ("reviewer", "operations")
    }
    client.cookies["django_language"] = "zh-hans"
    in_chinese = client.get(QUEUE, asked).content.decode()

    rows = {role: " ".join(document_fromstring(html).xpath("string(//tbody)").split()) for role, html in pages.items()}
    assert "1053 · Our reporting unit was deleted: ask the authority" in rows["operations"]
    assert "本报备单位已删除，请联系管局" in in_chinese
    assert f"{reverse('admin:miit_report_changelist')}?q={held.reference}" in pages["operations"]
    assert "1053" not in rows["reviewer"], "reviewers read it in the case"
    assert ["林示范" in pages["operations"], "13900000002" in pages["operations"]] == [False, False]
    with override("en"):
        assert "“Orders on hold” names the code" in str(cause_of("orders.held").act)


def test_operations_read_that_an_order_is_on_hold_without_a_code_and_where_its_words_are(client):
    held = make_order(state=states.HANDING_OVER, held=True)
    client = english(client, staff("operations"))

    row = document_fromstring(client.get(QUEUE, {"queue": "held"}).content.decode()).xpath("string(//tbody)")

    assert held.reference in row
    assert "The authority gave no code; what it said is in the reports" in " ".join(row.split())


def test_a_lead_reads_in_the_case_that_the_order_is_on_hold_and_who_acts(client):
    held = make_order(state=states.HANDING_OVER, held=True, authority_code="1053")
    free = make_order(state=states.HANDING_OVER)
    english(client, staff("lead"))

    cases = [client.get(case_of(order)).content.decode() for order in (held, free)]

    said = "A fault on our side keeps this order from the authority. Operations resubmit it once the fault is fixed"
    assert [said in case for case in cases] == [True, False]


def test_operations_read_that_a_colleague_has_released_a_held_order_before(client):
    held = make_order(state=states.HANDING_OVER, held=True)
    client = english(client, staff("operations"))
    actions.release_hold(read(held), actor=staff("operations"))

    html = client.post(QUEUE, {"act": "release_hold", "pick": [str(held.pk)]}, follow=True).content.decode()

    assert "0 done, 1 not done" in html
    assert f"{held.reference}: it has moved on" in html
    assert (read(held).report, moves(held)) == (2, ["released"])


@pytest.mark.parametrize("role", ["reviewer", "auditor", "viewer"])
def test_others_cannot_release_a_held_order(client, role):
    held = make_order(state=states.HANDING_OVER, held=True)

    answer = sign_in(client, staff(role)).post(QUEUE, {"act": "release_hold", "pick": [str(held.pk)]})

    assert (answer.status_code, read(held).held) == (403, True)


@pytest.mark.parametrize("role", ["auditor", "operations", "viewer"])
@pytest.mark.parametrize("how", ["act", "take", "next"])
def test_claiming_an_order_is_for_reviewers(client, role, how):
    order = make_order(state=states.SUBMITTED)
    client = sign_in(client, staff(role))
    typed = {"act": {"act": "claim", "pick": [str(order.pk)]}, "take": {"take": str(order.pk)}, "next": {}}[how]

    answer = client.post(NEXT if how == "next" else QUEUE, typed)

    assert (answer.status_code, read(order).reviewer) == (403, None)


def test_the_queue_is_completely_chinese_for_a_chinese_reader(client):
    make_order(state=states.HANDING_OVER, held=True)

    html = sign_in(client, make_reviewer()).get(QUEUE, {"queue": "held"}).content.decode()

    assert [words in html for words in ("待提交管局", "已挂起", "全部待审", "省份")] == [True, True, True, True]
    assert [words in html for words in ("held<", "Filings", " 以 ", "All to judge")] == [False, False, False, False]


def test_chinese_sentences_of_the_desk_have_chinese_full_stops(client):
    first, second = make_order(state=states.SUBMITTED), make_order(state=states.SUBMITTED)
    client = sign_in(client, make_reviewer())

    home = " ".join(document_fromstring(client.get(reverse("admin:index")).content.decode()).text_content().split())
    acted = client.post(QUEUE, {"act": "claim", "pick": [str(first.pk), str(second.pk)]}, follow=True)

    assert "您负责的省份：全部。" in home
    assert re.search(r"月\d+日（周.） \d\d:\d\d，(工作时间至|现在是非工作时间)", home)
    done = [f"{each.reference}：已分配给您" for each in Order.objects.filter(reviewer__isnull=False)]
    assert len(done) == 2
    assert any(f"已办理 2 件，未办理 0 件：{'；'.join(each)}" in acted.content.decode() for each in (done, done[::-1]))


@pytest.mark.parametrize("sent", [{"take": "x"}, {"act": "claim", "pick": ["x", ""]}])
def test_an_invalid_page_key_claims_nothing(client, sent):
    order = make_order(state=states.SUBMITTED)

    assert english(client, make_reviewer()).post(QUEUE, sent).status_code == 302
    assert read(order).reviewer is None


def test_a_leads_list_makes_one_query_for_the_reviewers(client):
    client.force_login(staff("lead"))
    client.get(QUEUE)

    with CaptureQueriesContext(connection) as asked:
        client.get(QUEUE)

    assert sum('"auth_group"' in each["sql"] and 'FROM "accounts_user"' in each["sql"] for each in asked) == 1
