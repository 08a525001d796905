"""Service codes: five per instance for its whole life, bound once, spent once, and a stranger learns nothing."""

import threading
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.inventory import fake
from tests.bad import aside
from tests.icpportal.gateways.inventory.conftest import instance
from verification.models import ServiceCode, ServiceCodeState
from verification.service_codes import actions as service_codes
from verification.service_codes import expiry as code_expiry
from verification.service_codes import usability
from verification.service_codes.actions import CodeRefused

NOW = datetime(2026, 11, 25, 8, 20, tzinfo=UTC)
LIN, CHEN = "lin@example.com", "chen@example.com"
ORDER, OTHER_ORDER = "T7Q4-M2KX", "T9AA-BB22"
BROKEN = {
    "instance_region": {"mainland": False},
    "instance_payg": {"billing": "payg", "ends_on": None},
    "instance_expired": {"ends_on": date(2026, 11, 25)},
    "instance_term": {"started_on": date(2026, 11, 1), "ends_on": date(2026, 12, 1)},
    "instance_no_ip": {"public_ip": ""},
    "instance_ipv6": {"public_ip": "2001:db8::10"},
}


@pytest.fixture(autouse=True)
def servers(settings, monkeypatch):
    """Lin has two good servers and one of each bad kind, Chen has one good server of his own."""
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.FakeInventory"
    lin = [instance("i-1"), instance("i-2"), *(instance(rule, **change) for rule, change in BROKEN.items())]
    monkeypatch.setattr(fake.FakeInventory, "accounts", {LIN: lin, CHEN: [instance("i-chen")]})
    return fake.FakeInventory.accounts


def issue(instance_id="i-1", account=LIN, **change):
    row = next(row for row in fake.FakeInventory.accounts[account] if row.id == instance_id)
    code = service_codes.issue(row, account, now=NOW)
    if change:
        ServiceCode.objects.filter(pk=code.pk).update(**change)
    return code.pk


def on_instance(instance_id, account, **change):
    """A code of any instance, good or bad, as left over from an earlier time."""
    return ServiceCode.objects.create(
        **{"instance_id": instance_id, "slot": 1, "product": "ecs", "account": account, **change}
    ).pk


def judge(typed, account=LIN, product="ecs", holder=ORDER):
    return usability.judge_typed(str(typed), account, product, holder, now=NOW)


def states(instance_id="i-1"):
    return [(code.slot, code.state, code.holder) for code in ServiceCode.objects.filter(instance_id=instance_id)]


# --- what is typed -----------------------------------------------------------------------------

CODE = uuid.UUID("00000000-0000-4000-8000-0000000001af")


@pytest.mark.parametrize(
    "typed",
    [
        "00000000-0000-4000-8000-0000000001af",
        "00000000-0000-4000-8000-0000000001AF",
        "000000000000400080000000000001af",
        "  00000000 0000 4000 8000 0000000001af\n",
        "00000000–0000—4000−8000-0000000001af",
        "OOOOOOOO-oooo-4OOO-8ooo-ooooooooolaf",
        "00000000-0000-4000-8000-000000000Iaf",
        "００００００００-0000-4000-8000-0000000001ａｆ",
    ],
)
def test_a_code_is_read_in_any_spelling(typed):
    assert usability.normalise(typed) == CODE


@pytest.mark.parametrize(
    "typed", ["", "00000000-0000-4000-8000-0000000001a", f"{CODE}0", "0000000g-0000-4000-8000-0000000001af", "令" * 32]
)
def test_an_invalid_code_is_refused_without_a_query(db, django_assert_num_queries, typed):
    with django_assert_num_queries(0):
        assert judge(typed) == "code_shape"


# --- may it be used? ---------------------------------------------------------------------------


def test_a_free_code_of_an_instance_of_mine_is_ok(db):
    assert judge(issue()) == "ok"


def test_a_free_code_from_another_account_is_ok(db):
    assert judge(issue("i-chen", CHEN)) == "ok"


def test_a_code_bound_to_this_order_stays_valid(db):
    code = issue()
    service_codes.bind(code, ORDER)

    assert judge(code) == "ok"


@pytest.mark.parametrize("rule", BROKEN)
def test_the_rule_broken_by_my_own_instance_is_named(db, rule):
    assert judge(on_instance(rule, LIN)) == rule


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"state": ServiceCodeState.USED, "holder": OTHER_ORDER}, "code_used"),
        ({"state": ServiceCodeState.USED, "holder": ORDER}, "code_used"),
        ({"state": ServiceCodeState.BOUND, "holder": OTHER_ORDER}, "code_bound"),
        ({"state": ServiceCodeState.EXPIRED}, "instance_expired"),
        ({"state": ServiceCodeState.REVOKED}, "code_not_usable"),
        ({"product": "hosting"}, "product_wrong"),
    ],
)
def test_the_problem_of_a_code_of_mine_is_named(db, change, rule):
    assert judge(issue(**change)) == rule


NOT_MINE = {
    "unknown": lambda: uuid.uuid4(),
    "used": lambda: issue("i-chen", CHEN, state=ServiceCodeState.USED, holder=OTHER_ORDER),
    "bound elsewhere": lambda: issue("i-chen", CHEN, state=ServiceCodeState.BOUND, holder=OTHER_ORDER),
    "expired": lambda: issue("i-chen", CHEN, state=ServiceCodeState.EXPIRED),
    "revoked": lambda: issue("i-chen", CHEN, state=ServiceCodeState.REVOKED),
    "of another product": lambda: issue("i-chen", CHEN, product="hosting"),
    "of a server gone from the list": lambda: on_instance("i-gone", CHEN),
    **{rule: (lambda rule=rule: on_instance(rule, "someone@example.com")) for rule in BROKEN},
}


@pytest.mark.parametrize("kind", NOT_MINE)
def test_an_unusable_code_of_somebody_else_always_gets_the_same_answer(db, kind):
    assert judge(NOT_MINE[kind]()) == "code_not_usable"


@pytest.mark.parametrize("kind", [*NOT_MINE, "mine and good", "mine and used"])
def test_every_code_costs_the_same_work(db, monkeypatch, kind):
    mine = {"mine and good": issue, "mine and used": lambda: issue(state=ServiceCodeState.USED, holder=OTHER_ORDER)}
    code = {**NOT_MINE, **mine}[kind]()
    asked = []
    monkeypatch.setattr(fake.FakeInventory, "suffer", lambda self, timeout: asked.append(1))

    with CaptureQueriesContext(connection) as queries:
        judge(code)

    assert (len(queries), len(asked)) == (1, 1)


@pytest.mark.parametrize("kind", ["known", "unknown"])
def test_while_the_server_list_is_down_nobody_learns_whether_a_code_exists(db, settings, kind):
    code = issue("i-chen", CHEN) if kind == "known" else uuid.uuid4()
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"

    with pytest.raises(Retryable):
        judge(code)


def test_checking_changes_nothing(db):
    code = issue()

    for _ in range(3):
        judge(code)

    assert states() == [(1, "free", "")]


def test_only_the_account_of_the_instance_learns_who_holds_a_code(db):
    code = issue()
    service_codes.bind(code, OTHER_ORDER)

    assert usability.holder_of(str(code).upper(), "LIN@example.com") == OTHER_ORDER
    assert usability.holder_of(str(code), CHEN) == ""
    assert usability.holder_of("no code", LIN) == ""


# --- issuing -----------------------------------------------------------------------------------


def test_an_instance_gives_five_codes_and_no_sixth(db):
    codes = [issue() for _ in range(5)]

    with pytest.raises(CodeRefused) as refused:
        issue()

    assert refused.value.rule == "instance_quota"
    assert len(set(codes)) == 5
    assert states() == [(slot, "free", "") for slot in range(1, 6)]


def test_a_used_revoked_or_expired_code_is_not_replaced(db):
    for state, holder in (("used", ORDER), ("revoked", ""), ("expired", ""), ("bound", OTHER_ORDER), ("free", "")):
        issue(state=state, holder=holder)

    with pytest.raises(CodeRefused):
        issue()


def test_a_quota_belongs_to_the_instance(db):
    for _ in range(5):
        issue()

    assert issue("i-2") is not None


def test_an_instance_with_a_quota_of_one_has_one_code(db, servers):
    servers[CHEN].append(instance("i-market", codes_max=1))

    issue("i-market", CHEN)

    with pytest.raises(CodeRefused):
        issue("i-market", CHEN)


@pytest.mark.parametrize("rule", BROKEN)
def test_an_instance_that_does_not_qualify_gives_no_code(db, rule):
    with pytest.raises(CodeRefused) as refused:
        issue(rule)

    assert refused.value.rule == rule
    assert not ServiceCode.objects.exists()


def test_the_database_itself_refuses_a_slot_issued_twice(db):
    on_instance("i-1", LIN, slot=3)

    with pytest.raises(IntegrityError), transaction.atomic():
        on_instance("i-1", LIN, slot=3)


@pytest.mark.parametrize(
    "change",
    [
        {"slot": 0},
        {"state": ServiceCodeState.BOUND, "holder": ""},
        {"state": ServiceCodeState.FREE, "holder": ORDER},
        {"state": ServiceCodeState.REVOKED, "holder": ORDER},
    ],
)
def test_the_database_itself_refuses_an_inconsistent_code(db, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        on_instance("i-1", LIN, **change)


# --- binding, releasing, spending ----------------------------------------------------------------


def test_a_free_code_is_bound_once(db):
    code = issue()

    first, second, again = (
        service_codes.bind(code, ORDER, now=NOW),
        service_codes.bind(code, OTHER_ORDER, now=NOW),
        service_codes.bind(code, ORDER, now=NOW),
    )

    assert (first, second, again) == (True, False, True)
    assert states() == [(1, "bound", ORDER)]


@pytest.mark.parametrize("state", ["used", "expired", "revoked"])
def test_an_expired_code_cannot_be_bound(db, state):
    code = issue(state=state, holder=OTHER_ORDER if state == "used" else "")

    assert not service_codes.bind(code, ORDER)
    assert states()[0][1] == state


def test_an_order_that_takes_another_code_releases_its_old_one(db):
    first, second = issue(), issue("i-2")
    service_codes.bind(first, ORDER)

    service_codes.bind(second, ORDER)

    assert (states("i-1"), states("i-2")) == ([(1, "free", "")], [(1, "bound", ORDER)])


def test_an_order_that_fails_to_take_another_code_keeps_its_old_one(db):
    mine, taken = issue(), issue("i-2", state=ServiceCodeState.BOUND, holder=OTHER_ORDER)
    service_codes.bind(mine, ORDER)

    assert not service_codes.bind(taken, ORDER)
    assert not service_codes.bind(uuid.uuid4(), ORDER)
    assert (states("i-1"), states("i-2")) == ([(1, "bound", ORDER)], [(1, "bound", OTHER_ORDER)])


def test_an_order_whose_new_code_is_taken_at_the_last_moment_keeps_its_old_one(db, monkeypatch):
    mine, wanted = issue(), issue("i-2")
    service_codes.bind(mine, ORDER)
    free = service_codes._free

    def taken_meanwhile(codes):
        ServiceCode.objects.filter(pk=wanted).update(state=ServiceCodeState.BOUND, holder=OTHER_ORDER)
        return free(codes)

    monkeypatch.setattr(service_codes, "_free", taken_meanwhile)

    assert not service_codes.bind(wanted, ORDER)
    assert (states("i-1"), states("i-2")) == ([(1, "bound", ORDER)], [(1, "bound", OTHER_ORDER)])


def test_an_abandoned_order_releases_its_code_and_nobody_elses(db):
    service_codes.bind(issue(), ORDER)
    service_codes.bind(issue(), OTHER_ORDER)

    released, again = service_codes.release(ORDER), service_codes.release(ORDER)

    assert (released, again) == (True, False)
    assert states() == [(1, "free", ""), (2, "bound", OTHER_ORDER)]


def test_an_approved_order_spends_its_code_permanently(db):
    code = issue()
    service_codes.bind(code, ORDER)

    spent, again = service_codes.spend(ORDER, used_for="example.com", now=NOW), service_codes.spend(ORDER)
    released = service_codes.release(ORDER)

    row = ServiceCode.objects.get()
    assert (spent, again, released) == (True, False, False)
    assert (row.state, row.holder, row.used_for, row.used_at) == ("used", ORDER, "example.com", NOW)


def test_a_later_order_with_the_same_holder_text_leaves_the_used_code_alone(db):
    service_codes.bind(issue(), ORDER)
    service_codes.spend(ORDER)

    service_codes.bind(issue(), ORDER)

    assert states() == [(1, "used", ORDER), (2, "bound", ORDER)]


def test_only_the_account_revokes_a_code_and_only_a_free_one(db):
    free, bound = issue(), issue()
    service_codes.bind(bound, ORDER)

    done = [
        service_codes.revoke(free, CHEN),
        service_codes.revoke(bound, LIN),
        service_codes.revoke(free, "LIN@example.com"),
        service_codes.revoke(free, LIN),
    ]

    assert done == [False, False, True, False]
    assert states() == [(1, "revoked", ""), (2, "bound", ORDER)]


def in_parallel(count, call):
    """Runs `call(n)` in so many threads at once; returns their results or exceptions."""
    start, found = threading.Barrier(count), []

    def run(number: int) -> None:
        start.wait(5)
        try:
            found.append(call(number))
        except CodeRefused as refused:
            found.append(refused.rule)
        except Exception as problem:
            found.append(repr(problem))
        connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_of_twelve_orders_that_want_one_code_at_once_one_gets_it():
    code = issue()

    won = in_parallel(12, lambda number: service_codes.bind(code, f"order {number}"))

    assert sorted(won) == [False] * 11 + [True]


@pytest.mark.django_db(transaction=True)
def test_twelve_applications_at_once_get_five_codes():
    found = in_parallel(12, lambda _: service_codes.issue(instance("i-1"), LIN, now=NOW).slot)

    assert sorted(str(one) for one in found) == ["1", "2", "3", "4", "5"] + ["instance_quota"] * 7


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_bind_two_codes_to_one_order_leave_it_with_one():
    codes = [issue("i-1"), issue("i-2")]

    won = in_parallel(2, lambda number: service_codes.bind(codes[number], ORDER))

    assert won == [True, True]
    assert ServiceCode.objects.filter(state="bound", holder=ORDER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_order_that_chooses_its_instance_nine_times_at_once_has_one_code_bound():
    slots = in_parallel(9, lambda _: service_codes.pick_instance("i-1", LIN, ORDER, now=NOW).slot)

    assert set(slots) <= {1, 2, 3, 4, 5}
    assert ServiceCode.objects.filter(state="bound", holder=ORDER).count() == 1


# --- picking an instance -------------------------------------------------------------------------


def pick(instance_id="i-1", account=LIN, holder=ORDER):
    return service_codes.pick_instance(instance_id, account, holder, now=NOW)


def refusal(call):
    with pytest.raises(CodeRefused) as refused:
        call()
    return refused.value.rule


def test_choosing_an_instance_issues_and_binds_a_code_that_nobody_has_seen(db):
    code = pick()

    assert (code.instance_id, code.state, code.holder, code.silent) == ("i-1", "bound", ORDER, True)


def test_choosing_again_gives_the_same_code(db):
    assert pick().pk == pick().pk
    assert len(states()) == 1


def test_choosing_another_instance_releases_the_first_code_and_choosing_back_takes_it_again(db):
    first = pick("i-1")

    pick("i-2")
    back = pick("i-1")

    assert back.pk == first.pk
    assert (states("i-1"), states("i-2")) == ([(1, "bound", ORDER)], [(1, "free", "")])


def test_a_code_shown_to_somebody_is_not_taken_while_there_are_others(db):
    shown = issue()

    picked = pick()

    assert picked.pk != shown
    assert states() == [(1, "free", ""), (2, "bound", ORDER)]


def test_a_code_that_was_shown_is_taken_when_no_other_is_left(db):
    for _ in range(4):
        issue(state=ServiceCodeState.REVOKED)
    shown = issue()

    assert pick().pk == shown


def rule_of(instance_id: str, holder: str = ORDER) -> str:
    """The text of an instance in the list of choices; "" if it is not in the list."""
    found = usability.choices(LIN, holder, now=NOW)
    return next((choice.rule for choice in found if choice.instance.id == instance_id), "")


def test_a_server_whose_codes_are_all_used_says_so(db):
    for number in range(5):
        issue(state=ServiceCodeState.USED, holder=f"order {number}")

    assert refusal(pick) == "instance_quota"
    assert rule_of("i-1") == "instance_quota"


@pytest.mark.parametrize("rule", BROKEN)
def test_choosing_an_unqualified_instance_names_the_rule(db, rule):
    assert refusal(lambda: pick(rule)) == rule
    assert rule_of(rule) == rule
    assert not ServiceCode.objects.exists()


@pytest.mark.parametrize("instance_id", ["i-chen", "i-nobody", ""])
def test_an_instance_of_somebody_else_is_like_a_missing_one(db, instance_id):
    assert refusal(lambda: pick(instance_id)) == "code_not_usable"
    assert rule_of(instance_id) == ""


def test_the_choices_list_every_instance_with_its_rule_the_usable_ones_first(db):
    issue("i-2")
    issue("i-2", state=ServiceCodeState.USED, holder=OTHER_ORDER)

    found = usability.choices(LIN, ORDER, now=NOW)

    assert [(choice.instance.id, choice.rule, choice.left) for choice in found] == [
        ("i-1", "ok", 5),
        ("i-2", "ok", 4),
        *((rule, rule, 5) for rule in BROKEN),
    ]


def test_an_instance_whose_last_code_this_order_has_can_still_be_chosen(db):
    for number in range(4):
        issue(state=ServiceCodeState.USED, holder=f"order {number}")
    pick()

    mine = rule_of("i-1")
    other = rule_of("i-1", OTHER_ORDER)

    assert (mine, other) == ("ok", "instance_quota")


def test_the_choices_take_one_query_for_one_instance_and_for_eight(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert len(usability.choices(CHEN, ORDER, now=NOW)) == 1
    with django_assert_num_queries(1):
        assert len(usability.choices(LIN, ORDER, now=NOW)) == 8


def test_a_step_that_binds_a_code_takes_few_queries(db):
    code = issue()

    typed = real_queries(lambda: service_codes.bind(code, ORDER))
    picked = real_queries(lambda: pick("i-2"))

    assert (typed, picked) == (2, 6)  # the second also releases the code of the first


def real_queries(call):
    """The number of queries of a call, without savepoints."""
    with CaptureQueriesContext(connection) as found:
        call()
    return sum("SAVEPOINT" not in query["sql"] for query in found.captured_queries)


# --- codes of dead servers -----------------------------------------------------------------------


def test_free_codes_of_an_expired_server_expire_and_no_others(db, servers):
    issue("i-1")
    service_codes.bind(issue("i-1"), ORDER)
    issue("i-2")
    on_instance("i-gone", LIN)
    later = NOW + timedelta(days=400)
    servers[LIN] = [instance("i-1"), instance("i-2", ends_on=date(2029, 5, 1))]

    would, did, again = (
        code_expiry.expire_dead(now=later, dry_run=True),
        code_expiry.expire_dead(now=later),
        code_expiry.expire_dead(now=later),
    )

    assert (would, did, again) == (1, 1, 0)
    assert states("i-1") == [(1, "expired", ""), (2, "bound", ORDER)]
    assert states("i-2") == [(1, "free", "")]
    assert states("i-gone") == [(1, "free", "")]


def test_one_server_that_breaks_the_query_keeps_no_other_code_from_expiring(db, monkeypatch):
    for number in (1, 2):
        issue(f"i-{number}")
    real = code_expiry.inventory

    class Odd:
        def instance(self, instance_id):
            if instance_id == "i-1":
                raise KeyError("an answer without its end")
            return real().instance(instance_id)

    monkeypatch.setattr(code_expiry, "inventory", Odd)
    monkeypatch.setattr(code_expiry, "is_expired", lambda *_: True)

    assert code_expiry.expire_dead(now=NOW + timedelta(days=400)) == 1
    assert (states("i-1"), states("i-2")) == ([(1, "free", "")], [(1, "expired", "")])
    assert aside() == [("service_codes.expired", "i-1")]


@pytest.fixture
def asked(monkeypatch):
    """The servers that the list was asked about."""
    ids: list[str] = []
    instance = fake.FakeInventory.instance

    def ask(self, instance_id, **more):
        ids.append(instance_id)
        return instance(self, instance_id, **more)

    monkeypatch.setattr(fake.FakeInventory, "instance", ask)
    return ids


def test_a_server_is_queried_when_its_time_comes_and_not_each_hour(db, servers, asked):
    soon = (NOW + timedelta(days=3)).date()
    names = ("i-1", "i-1", "i-2", "i-3", "i-gone")
    servers[LIN] = [instance(name) for name in names]
    for name in names:
        issue(name)
    servers[LIN] = [instance("i-1", ends_on=soon), instance("i-2", ends_on=None), instance("i-3")]

    rounds = {}
    for hours in (0, 1, 25, 24 * 4, 24 * 8):
        asked.clear()
        code_expiry.expire_dead(now=NOW + timedelta(hours=hours))
        rounds[hours] = sorted(asked)

    assert rounds[0] == ["i-1", "i-2", "i-3", "i-gone"]
    assert (rounds[1], rounds[25]) == ([], ["i-gone"])
    assert rounds[24 * 4] == ["i-1", "i-gone"]
    assert states("i-1") == [(1, "expired", ""), (2, "expired", "")]
    assert rounds[24 * 8] == ["i-2", "i-3", "i-gone"]


def test_a_run_queries_a_batch_of_servers_and_the_next_one_continues(db, servers, asked, monkeypatch):
    monkeypatch.setattr(code_expiry, "ASKED_AT_ONCE", 2)
    servers[LIN] = [instance(f"i-{number}") for number in range(3)]
    for number in range(3):
        issue(f"i-{number}")
    servers[LIN] = [instance(f"i-{number}", ends_on=NOW.date()) for number in range(3)]

    assert [code_expiry.expire_dead(now=NOW) for _ in range(3)] == [2, 1, 0]
    assert sorted(asked) == ["i-0", "i-1", "i-2"]


def test_a_run_ends_in_time_however_slow_the_list_is(db, servers, asked, monkeypatch):
    monkeypatch.setattr(code_expiry, "ASKING_SECONDS", -1.0)
    issue("i-1")

    assert code_expiry.expire_dead(now=NOW + timedelta(days=400)) == 0
    assert asked == []


def test_a_server_that_is_always_refused_does_not_block_the_others(db, servers, monkeypatch):
    for number in (1, 2):
        issue(f"i-{number}")
    servers[LIN] = [instance(f"i-{number}", ends_on=NOW.date()) for number in (1, 2)]
    found = fake.FakeInventory.instance

    def ask(self, instance_id, **more):
        if instance_id == "i-1":
            raise Refused("bad id", code="400")
        return found(self, instance_id, **more)

    monkeypatch.setattr(fake.FakeInventory, "instance", ask)

    for hours in (1, 2):
        with pytest.raises(Refused):
            code_expiry.expire_dead(now=NOW + timedelta(hours=hours))
    assert (states("i-1"), states("i-2")) == ([(1, "free", "")], [(1, "expired", "")])


def test_no_code_expires_while_the_server_list_is_down(db, settings):
    issue()
    settings.INVENTORY_GATEWAY = "icpportal.gateways.inventory.fake.Down"

    with pytest.raises(Retryable):
        code_expiry.expire_dead(now=NOW + timedelta(days=400))

    assert states() == [(1, "free", "")]


def test_a_code_is_masked_in_the_name_of_its_row(db):
    code = issue()

    assert str(code) not in str(ServiceCode.objects.get())
    assert str(ServiceCode.objects.get()) == "i-1 1"
    assert not ServiceCode.objects.get().in_hand
