"""Applying for a code: one promise gives one code; and a forfeited code is gone."""

import pytest

from icpportal.gateways.inventory.fake import FakeInventory
from tests.icpportal.gateways.inventory.conftest import instance
from tests.verification.service_codes.test_actions import BROKEN, CHEN, LIN, NOW, ORDER, OTHER_ORDER, servers  # noqa: F401
from verification.models import ServiceCode
from verification.service_codes import actions as service_codes
from verification.service_codes import usability
from verification.service_codes.actions import CodeRefused, OfferChanged

pytestmark = pytest.mark.django_db


def server(instance_id="i-1", account=LIN):
    return next(row for row in FakeInventory.accounts[account] if row.id == instance_id)


def apply(slot, instance_id="i-1", account=LIN):
    return service_codes.apply(server(instance_id, account), account, slot, now=NOW)


def slots():
    return list(ServiceCode.objects.values_list("slot", "state", "silent"))


def test_the_promised_slot_is_issued_once_and_shown_again_afterwards():
    (first, is_new), (second, is_newer) = apply(2), apply(2)

    assert (is_new, is_newer) == (True, False)
    assert first == second
    assert slots() == [(2, "free", False)]


def test_an_issued_code_is_found_again_whatever_happened_to_it():
    code, _ = apply(1)
    service_codes.bind(code.pk, ORDER)

    assert apply(1) == (code, False)


@pytest.mark.parametrize("slot", [0, -1, 6])
def test_a_slot_beyond_the_quota_is_refused_with_the_quota(slot):
    with pytest.raises(CodeRefused) as refused:
        apply(slot)

    assert refused.value.rule == "instance_quota"
    assert slots() == []


@pytest.mark.parametrize("rule", BROKEN)
def test_an_instance_that_does_not_qualify_gives_none(rule):
    with pytest.raises(CodeRefused) as refused:
        apply(1, rule)

    assert refused.value.rule == rule
    assert slots() == []


@pytest.mark.parametrize("columns", [{"account": LIN, "silent": True}, {"account": CHEN}])
def test_a_slot_taken_in_the_meantime_is_no_code_of_mine(columns):
    ServiceCode.objects.create(instance_id="i-1", slot=1, product="ecs", **columns)

    with pytest.raises(OfferChanged):
        apply(1)


def test_a_code_that_was_shown_is_chosen_last():
    hidden = service_codes.pick_instance("i-1", LIN, ORDER, now=NOW)
    service_codes.release(ORDER)

    service_codes.mark_shown(hidden)
    other = service_codes.pick_instance("i-1", LIN, OTHER_ORDER, now=NOW)

    assert other != hidden


def test_a_forfeited_code_is_gone_permanently_and_nobody_elses_is():
    code, other = apply(1)[0], apply(2)[0]
    service_codes.bind(code.pk, ORDER)
    service_codes.bind(other.pk, OTHER_ORDER)

    lost, again = service_codes.burn(ORDER), service_codes.burn(ORDER)

    assert (lost, again) == (True, False)
    assert slots() == [(1, "forfeited", False), (2, "bound", False)]
    assert not service_codes.bind(code.pk, ORDER)
    assert usability.judge_typed(str(code.pk), LIN, "ecs", ORDER, now=NOW) == "code_not_usable"


def test_a_used_code_is_not_forfeited():
    code, _ = apply(1)
    service_codes.bind(code.pk, ORDER)
    service_codes.spend(ORDER)

    assert not service_codes.burn(ORDER)
    assert slots() == [(1, "used", False)]


# --- a code that was handed over -------------------------------------------------------------------


def make_handed_over(**columns):
    return ServiceCode.objects.create(
        **{"instance_id": "i-1", "slot": 1, "product": "ecs", "account": LIN, "kept_by": CHEN, **columns}
    )


@pytest.mark.parametrize(
    ("account", "rule"), [(LIN, "code_handed_over"), (CHEN, "ok"), ("wu@example.com", "code_not_usable")]
)
def test_the_giver_who_types_a_handed_over_code_is_told_only_what_concerns_them(account, rule):
    assert usability.judge_typed(str(make_handed_over().pk), account, "ecs", ORDER, now=NOW) == rule


def test_the_keeper_is_told_which_of_their_orders_has_it():
    code = make_handed_over(state="bound", holder=ORDER)

    assert usability.holder_of(str(code.pk), CHEN) == ORDER
    assert usability.judge_typed(str(code.pk), CHEN, "ecs", OTHER_ORDER, now=NOW) == "code_bound"


def test_a_handed_over_code_no_longer_counts_as_left_for_the_server():
    FakeInventory.accounts[LIN] = [instance("i-1", codes_max=1)]
    make_handed_over(silent=True)

    choice = usability.choices(LIN, ORDER, now=NOW)[0]

    assert (choice.rule, choice.left) == ("instance_quota", 0)
    with pytest.raises(CodeRefused):
        service_codes.pick_instance("i-1", LIN, ORDER, now=NOW)
