"""Papers of earlier orders: which can be used again, for whom, until when; they are checked like any other."""

from datetime import date

import pytest
from django.utils import timezone
from django.utils.translation import override

from filings.models import Subject
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, make_user, subject_answers, type_answers
from tests.transfers.onfile import FURTHER, make_filed, papers, subject_of
from transfers.check import readiness
from transfers.documents import actions as paper_actions
from transfers.documents import reuse, validity
from transfers.documents.actions import OrderChanged
from transfers.models import Order
from transfers.orders import queries
from verification.documents.actions import retire
from verification.models import Document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


@pytest.fixture
def first():
    return make_filed(make_user())


def draft(first, **columns) -> Order:
    answers = {"type": type_answers(domain=FURTHER), **columns.pop("pages", {})}
    return make_order(first.owner, domain=FURTHER, kind=states.TRANSFER_ANOTHER, answers=answers, **columns)


def offered(first) -> dict[str, str]:
    return {each.earlier.slot: str(each.why_not) for each in reuse.for_subject(first.owner, subject_of(first))}


# --- which papers ---


def test_documents_of_people_and_subject_are_offered_and_none_made_for_one_order(first):
    assert offered(first) == {"admin_id": "", "lead_id": "", "subject_id": ""}
    assert {"statement", "photo"} & {slot for slot, _side in papers(first)} == {"statement"}


def test_of_several_orders_the_newest_upload_counts(first):
    second = make_filed(first.owner, domain="second-example.com")

    assert {each.earlier.origin for each in reuse.for_subject(first.owner, subject_of(first))} == {second.reference}


@pytest.mark.parametrize("state", [states.DRAFT, states.REFUSED, states.WITHDRAWN, states.AUTHORITY_RETURNED])
def test_only_approved_papers_can_be_used_again(first, state):
    Order.objects.filter(pk=first.pk).update(state=state)

    assert offered(first) == {}


def test_papers_of_another_account_or_subject_are_not_offered(first):
    order = draft(first)
    Order.objects.filter(pk=first.pk).update(owner=make_user())
    assert reuse.for_slot(order, "lead_id") is None

    Order.objects.filter(pk=first.pk).update(owner=order.owner, subject_key="0" * 64)
    assert reuse.for_slot(order, "lead_id") is None


def test_a_paper_with_a_missing_or_deleted_side_is_not_offered(first):
    retire(first.papers.get(slot="lead_id", side=2).document)
    retire(first.papers.get(slot="subject_id").document)

    assert offered(first) == {"admin_id": ""}


def test_a_plain_transfer_is_offered_none(first):
    order = make_order(first.owner, domain=FURTHER, answers={"type": type_answers(domain=FURTHER)})

    assert reuse.for_slot(order, "lead_id") is None


# --- until when ---


@pytest.mark.parametrize(
    ("today", "why"),
    [
        (date(2034, 11, 13), ""),
        (date(2034, 11, 14), "The document expires within 3 months: upload the new one"),
        (date(2035, 2, 14), "The document expires within 3 months: upload the new one"),
        (date(2035, 2, 15), "This document has expired: upload the new one"),
    ],
)
def test_an_expired_document_or_one_about_to_expire_cannot_be_used(first, today, why):
    earlier = next(each for each in reuse.earlier_papers(first.owner, first.subject_key) if each.slot == "lead_id")

    assert str(reuse.why_not(earlier, today=today)) == why


def test_a_document_without_an_expiry_can_be_used():
    first = make_filed(make_user(), subject=subject_answers(lead_id_until=""))

    assert offered(first)["lead_id"] == ""


def test_a_renewed_document_is_not_the_one_in_the_picture(first):
    order = draft(first, pages={"subject": subject_answers(lead_id_until="2045-02-14")})

    offer = reuse.for_slot(order, "lead_id")

    assert offer is not None
    assert str(offer.why_not) == "The expiry date you entered is different: upload the current document"


# --- of whom ---


def test_a_lead_changed_on_the_record_is_reported(first):
    subject = subject_of(first)
    other = subject.people.exclude(pk=subject.lead_id).get()
    Subject.objects.filter(pk=subject.pk).update(lead=other)

    assert offered(first)["lead_id"] == "The subject lead has changed: upload the new lead's ID document"


def test_another_person_in_the_order_is_offered_no_paper_of_the_earlier_one(first):
    order = draft(first, pages={"subject": subject_answers(lead_id_number="649999197903030003")})

    assert reuse.for_slot(order, "lead_id") is None


def test_the_administrator_of_an_earlier_order_can_be_the_lead_of_this_one(first):
    pages = {
        "subject": subject_answers(lead_id_number="649999198806060008", lead_id_until="2038-06-06"),
        "administrator": {"same_person": "yes"},
    }
    offer = reuse.for_slot(draft(first, pages=pages), "lead_id")

    assert offer is not None
    assert (offer.earlier.slot, str(offer.why_not)) == ("admin_id", "")


def test_a_licence_is_used_again_when_the_record_only_writes_the_name_otherwise(first):
    subject = subject_of(first)
    subject.name = subject.name.replace("示例", " 示例 ")
    subject.save()
    order = draft(first)
    order.answers["type"]["name"] = subject.name

    offer = reuse.for_slot(order, "subject_id")

    assert offer is not None
    assert (offered(first)["subject_id"], str(offer.why_not)) == ("", "")


def test_a_subject_with_another_name_shows_its_present_licence(first):
    order = draft(first)
    order.answers["type"]["name"] = "宁夏示例纸业集团有限公司"

    offer = reuse.for_slot(order, "subject_id")

    assert offer is not None
    assert str(offer.why_not) == "The subject's name has changed: upload its current document"


# --- used, judged, taken out ---


def use(order, slot):
    offer = reuse.for_slot(order, slot)
    assert offer is not None
    paper_actions.use_again(order, offer.earlier, slot=slot, actor=order.owner)


def stale(order) -> set[str]:
    order = Order.objects.get(pk=order.pk)
    return {paper.slot for paper in queries.papers_of(order) if validity.is_stale(order, paper)}


def test_a_reused_paper_is_in_both_orders_with_all_its_sides(first):
    order = draft(first)
    use(order, "lead_id")

    assert papers(order) == {("lead_id", 1): first.reference, ("lead_id", 2): first.reference}
    assert {("lead_id", 1), ("lead_id", 2)} <= set(papers(first))
    assert stale(order) == set()


def test_a_paper_reused_twice_is_listed_once(first):
    order = draft(first)
    use(order, "lead_id")
    use(Order.objects.get(pk=order.pk), "lead_id")

    assert order.papers.count() == 2
    assert [event.move for event in order.events.all()] == ["use_again"]


@pytest.mark.parametrize(
    ("page", "answers"),
    [
        ("subject", subject_answers(lead_id_number="649999197903030003")),
        ("subject", subject_answers(lead_id_until="2045-02-14")),
    ],
)
def test_another_person_or_expiry_entered_later_makes_it_invalid(first, page, answers):
    order = draft(first)
    use(order, "lead_id")

    order.answers = {**order.answers, page: answers}
    order.save()

    assert stale(order) == {"lead_id"}
    gaps = readiness.paper_gaps(order, list(queries.papers_of(order)))
    assert any("no longer matches your answers" in str(gap.words) for gap in gaps)


def test_a_new_upload_has_the_corrected_expiry(first):
    order = draft(first)
    order.papers.create(
        slot="lead_id",
        mark=validity.mark_of(order, "lead_id"),
        document=Document.objects.create(kind="lead_id", holder=order.reference, size=1, width=1, height=1),
    )

    order.answers = {**order.answers, "subject": subject_answers(lead_id_until="2045-02-14")}
    order.save()

    assert stale(order) == set()


def test_without_the_persons_consent_in_this_order_it_cannot_be_submitted(first):
    order = draft(first)
    use(order, "lead_id")

    gaps = readiness.paper_gaps(order, list(queries.papers_of(order)))

    assert any("this person has not agreed yet" in str(gap.words) for gap in gaps)


def test_a_paper_removed_or_replaced_here_stays_in_its_original_order(first):
    order = draft(first)
    use(order, "lead_id")

    for side in (1, 2):
        paper_actions.remove(Order.objects.get(pk=order.pk), slot="lead_id", side=side)

    assert papers(order) == {}
    assert ("lead_id", 1) in papers(first)
    assert {paper.document.state for paper in first.papers.filter(slot="lead_id")} == {"ready"}


def test_an_order_submitted_since_accepts_no_paper(first):
    order = draft(first)
    offer = reuse.for_slot(order, "lead_id")
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)

    with pytest.raises(OrderChanged):
        paper_actions.use_again(order, offer.earlier, slot="lead_id", actor=order.owner)

    assert papers(order) == {}


def test_a_reused_paper_can_be_reused_again_and_names_its_original_order(first):
    second = make_filed(first.owner, domain="second-example.com", with_papers=False)
    Order.objects.filter(pk=second.pk).update(kind=states.TRANSFER_ANOTHER, state=states.DRAFT)
    second.refresh_from_db()
    use(second, "lead_id")
    Order.objects.filter(pk=second.pk).update(state=states.APPROVED, created_at=timezone.now())

    offer = reuse.for_slot(draft(first), "lead_id")

    assert offer is not None
    assert (offer.earlier.order, offer.earlier.origin, str(offer.why_not)) == (second, first.reference, "")


def test_the_administrators_document_is_valid_while_the_administrator_is_the_same(first):
    assert reuse.for_slot(draft(first), "admin_id") is not None
    Order.objects.filter(owner=first.owner, state=states.DRAFT).update(state=states.ABANDONED)

    changed = draft(first, pages={"administrator": administrator_answers(admin_id_number="649999197903030003")})

    assert reuse.for_slot(changed, "admin_id") is None
