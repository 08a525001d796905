"""Two concurrent presses while another website is added: one order, everything taken over once."""

import pytest

from tests.transfers import states
from tests.transfers.builders import make_order, make_user, moves, type_answers
from tests.transfers.onfile import FURTHER, make_filed, papers
from tests.transfers.together import together, words
from transfers.documents import actions as paper_actions
from transfers.documents import reuse
from transfers.filing_type.transfer_another import begin
from transfers.models import Order, TypeCheck
from transfers.orders.actions import AlreadyOrdered

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = range(3)  # either side can win a race


def check_of(first, domain=FURTHER):
    return TypeCheck.objects.create(
        owner=first.owner,
        answers=type_answers(domain=domain),
        outcome="transfer_another",
        subject_number=first.subject_number,
        site_number=f"{first.subject_number}-2",
    )


def press(check):
    return lambda: begin(TypeCheck.objects.get(pk=check.pk), again=("lead_id", "subject_id"))


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_double_press_begins_one_order_with_every_paper_once(_round):
    check = check_of(make_filed(make_user()))

    ends = together(press(check), press(check))

    assert words(ends) == ["done", "done"]
    assert len({order.pk for order in ends}) == 1
    order = Order.objects.get(domain=FURTHER)
    assert len(papers(order)) == order.papers.count() == 3
    assert moves(order) == ["start", "use_again", "use_again"]


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_domains_of_one_subject_begin_one_order_and_the_other_is_told(_round):
    first = make_filed(make_user())
    checks = [check_of(first), check_of(first, "third-example.com")]

    ends = together(*(press(check) for check in checks))

    assert words(ends) == ["AlreadyOrdered", "done"]
    assert Order.objects.filter(kind=states.TRANSFER_ANOTHER).count() == 1
    assert sum(isinstance(end, AlreadyOrdered) for end in ends) == 1


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_presses_on_use_again_leave_one_paper_per_side(_round):
    first = make_filed(make_user())
    order = make_order(
        first.owner, domain=FURTHER, kind=states.TRANSFER_ANOTHER, answers={"type": type_answers(domain=FURTHER)}
    )
    offer = reuse.for_slot(order, "lead_id")

    def use():
        fresh = Order.objects.get(pk=order.pk)
        paper_actions.use_again(fresh, offer.earlier, slot="lead_id", actor=order.owner)

    ends = together(use, use)

    assert words(ends) == ["done", "done"]
    assert order.papers.filter(retired_at=None).count() == 2
    assert ("lead_id", 1) in papers(first)
