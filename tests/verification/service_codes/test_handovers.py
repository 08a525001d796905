"""Handing a code over: offered, answered only by the other account, both notified, and never a code for two."""

import threading

import pytest
from django.db import IntegrityError, connections, transaction

from icpportal.outbox.models import Message
from tests.transfers.builders import make_user
from verification.models import CodeHandover, ServiceCode
from verification.service_codes import actions as service_codes
from verification.service_codes import handovers
from verification.service_codes.handovers import HandoverNotPossible

pytestmark = pytest.mark.django_db

ORDER = "T7Q4-M2KX"


@pytest.fixture
def lin():
    return make_user("lin@example.com", language="en")


@pytest.fixture
def chen():
    return make_user("chen@example.com", language="zh-hans")


def code_of(user, slot=1, **columns):
    return ServiceCode.objects.create(instance_id="i-1", slot=slot, product="ecs", account=user.email, **columns)


def recipients_of(step=""):
    """The recipients of notes on the site, of one step or of all."""
    rows = Message.objects.filter(channel="site", template__contains=step).select_related("user")
    return sorted((row.template, row.user.email) for row in rows)


def stands(code):
    return ServiceCode.objects.values_list("state", "account", "kept_by").get(pk=code.pk)


def ends(offered):
    return CodeHandover.objects.values_list("state", flat=True).get(pk=offered.pk)


# --- offering ------------------------------------------------------------------------------------


def test_an_offer_moves_nothing_and_notifies_both_by_text_mail_and_site(lin, chen):
    code = code_of(lin)

    offered = handovers.offer(code, lin, chen)

    assert stands(code) == ("free", lin.email, "")
    assert offered.is_open
    assert recipients_of() == [("handover_offered", chen.email), ("handover_sent", lin.email)]
    sent = sorted(Message.objects.values_list("channel", "template"))
    assert sent == [(by, f"handover_{which}") for by in ("email", "site", "sms") for which in ("offered", "sent")]


def test_no_message_contains_the_code_or_a_complete_address(lin, chen):
    code = code_of(lin)

    handovers.accept(handovers.offer(code, lin, chen))

    for row in Message.objects.all():
        words = str(row.payload["context"])
        assert str(code.code) not in words
        assert lin.email not in words
        assert chen.email not in words
        assert "@" not in row.key


def test_each_is_notified_in_the_language_of_the_account(lin, chen):
    handovers.offer(code_of(lin), lin, chen)

    languages = {row.template: row.payload["language"] for row in Message.objects.all()}
    assert languages == {"handover_sent": "en", "handover_offered": "zh-hans"}


def test_the_same_offer_twice_is_one_with_one_notice(lin, chen):
    code = code_of(lin)

    first, second = handovers.offer(code, lin, chen), handovers.offer(code, lin, chen)

    assert first == second
    assert len(recipients_of()) == 2


def test_an_offered_code_cannot_be_offered_to_somebody_else(lin, chen):
    code = code_of(lin)
    handovers.offer(code, lin, chen)

    with pytest.raises(HandoverNotPossible) as refused:
        handovers.offer(code, lin, make_user("wu@example.com"))

    assert refused.value.rule == "handover_pending"
    assert CodeHandover.objects.count() == 1


def test_nobody_hands_a_code_to_oneself(lin):
    with pytest.raises(HandoverNotPossible) as refused:
        handovers.offer(code_of(lin), lin, lin)

    assert refused.value.rule == "handover_self"


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "bound", "holder": ORDER},
        {"state": "used", "holder": ORDER},
        {"state": "revoked"},
        {"state": "expired"},
        {"state": "forfeited"},
        {"kept_by": "wu@example.com"},
    ],
)
def test_only_a_free_code_that_one_keeps_can_be_offered(lin, chen, columns):
    code = code_of(lin, **columns)

    with pytest.raises(HandoverNotPossible) as refused:
        handovers.offer(code, lin, chen)

    assert refused.value.rule == "handover_not_free"
    assert recipients_of() == []


def test_a_code_of_another_account_is_not_mine_to_offer(lin, chen):
    with pytest.raises(HandoverNotPossible):
        handovers.offer(code_of(lin), chen, make_user("wu@example.com"))


def test_the_database_itself_refuses_two_open_offers_of_a_code(lin, chen):
    code = code_of(lin)
    handovers.offer(code, lin, chen)

    with pytest.raises(IntegrityError), transaction.atomic():
        CodeHandover.objects.create(code=code, giver=lin, taker=make_user("wu@example.com"))


# --- answering ------------------------------------------------------------------------------------


def test_an_accepted_code_is_the_other_accounts_and_both_are_notified_once(lin, chen):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)

    for _ in range(2):
        handovers.accept(offered)

    assert stands(code) == ("free", lin.email, chen.email)
    assert recipients_of("handover_accepted") == [("handover_accepted", email) for email in (chen.email, lin.email)]
    assert len(recipients_of()) == 4


@pytest.mark.parametrize("answer", ["decline", "take_back"])
def test_a_declined_or_taken_back_code_stays_and_both_are_notified_once(lin, chen, answer):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)

    for _ in range(2):
        getattr(handovers, answer)(offered)
    handovers.accept(offered)

    state = {"decline": "declined", "take_back": "taken_back"}[answer]
    assert ends(offered) == state
    assert stands(code) == ("free", lin.email, "")
    assert recipients_of(f"handover_{state}") == [(f"handover_{state}", email) for email in (chen.email, lin.email)]
    assert len(recipients_of()) == 4


def test_after_acceptance_it_cannot_be_taken_back(lin, chen):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)
    stale = CodeHandover.objects.get(pk=offered.pk)
    handovers.accept(offered)

    handovers.take_back(stale)

    assert ends(offered) == stale.state == "accepted"
    assert stands(code) == ("free", lin.email, chen.email)


def test_a_code_used_in_the_meantime_is_not_handed_over_and_both_are_notified(lin, chen):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)
    assert service_codes.bind(code.pk, ORDER)

    handovers.accept(offered)

    assert ends(offered) == "overtaken"
    assert stands(code) == ("bound", lin.email, "")
    assert recipients_of("handover_failed") == [("handover_failed", email) for email in (chen.email, lin.email)]
    assert len(recipients_of()) == 4


def test_a_code_released_again_can_still_be_accepted(lin, chen):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)
    service_codes.bind(code.pk, ORDER)
    service_codes.release(ORDER)

    handovers.accept(offered)

    assert stands(code) == ("free", lin.email, chen.email)


def test_revoking_an_offered_code_ends_the_offer_and_notifies_both(lin, chen):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)

    revoked, again = (handovers.revoke(code, lin.email) for _ in range(2))
    handovers.accept(offered)

    assert (revoked, again) == (True, False)
    assert ends(offered) == "overtaken"
    assert stands(code) == ("revoked", lin.email, "")
    assert len(recipients_of()) == 4


def test_a_code_can_be_handed_on_and_back_to_the_owner_of_its_server(lin, chen):
    code = code_of(lin)
    handovers.accept(handovers.offer(code, lin, chen))
    code.refresh_from_db()

    handovers.accept(handovers.offer(code, chen, lin))

    assert stands(code) == ("free", lin.email, "")


# --- who may use it -------------------------------------------------------------------------------


def test_only_the_keeper_of_a_handed_over_code_can_bind_it(lin, chen):
    code = code_of(lin)
    handovers.accept(handovers.offer(code, lin, chen))

    tries = [service_codes.bind(code.pk, ORDER, account=account) for account in ("", lin.email, "wu@example.com")]

    assert tries == [False, False, False]
    assert service_codes.bind(code.pk, ORDER, account=chen.email)


def test_the_giver_can_neither_revoke_nor_choose_it(lin, chen):
    code = code_of(lin, silent=True)
    handovers.accept(handovers.offer(code, lin, chen))

    assert not handovers.revoke(code, lin.email)
    assert handovers.revoke(code, chen.email)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["take_back", "decline", "bind", "revoke"])
def test_accepting_while_something_else_happens_leaves_one_winner(lin, chen, rival):
    code = code_of(lin)
    offered = handovers.offer(code, lin, chen)
    start = threading.Barrier(2)
    acts = {
        "bind": lambda: service_codes.bind(code.pk, ORDER),
        "revoke": lambda: handovers.revoke(code, lin.email),
    }
    mine = CodeHandover.objects.select_related("code", "giver", "taker")

    def run(act):
        start.wait()
        act()
        connections.close_all()

    rows = [mine.get(pk=offered.pk), mine.get(pk=offered.pk)]
    rivals = acts.get(rival) or (lambda: getattr(handovers, rival)(rows[1]))
    threads = [threading.Thread(target=run, args=(act,)) for act in (lambda: handovers.accept(rows[0]), rivals)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    state, _, kept_by = stands(code)
    assert (ends(offered) == "accepted") == (kept_by == chen.email)
    assert kept_by == "" or state == "free"
    assert len(recipients_of()) == 4
