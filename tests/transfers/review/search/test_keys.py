"""The search keys of an order stay in step with its answers, whatever writes them, and are deleted with them."""

from io import StringIO
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from icpportal.gateways.miit.types import Answer, AnswerKind
from icpportal.wizard.storage import RowClosed, change, keep
from tests.transfers import states
from tests.transfers.builders import administrator_answers, make_order, make_user, subject_answers, type_answers
from tests.transfers.cancels import make_website
from transfers.authority.results import take_answer
from transfers.cancellation.actions import begin
from transfers.filing_type.decision import Outcome
from transfers.models import Order, SearchKey, TypeCheck
from transfers.orders import actions
from transfers.retention.erasure import erase
from transfers.review.search import backfill, spellings
from transfers.review.search.keys import PARTS, PERSONAL, keys_of
from transfers.review.search.queries import EXACT

pytestmark = pytest.mark.django_db


def stored_keys(order: Order) -> set[tuple[str, str]]:
    return set(SearchKey.objects.filter(order=order).values_list("kind", "key"))


def stale() -> list[str]:
    """The orders whose keys do not match their content."""
    return [order.reference for order in Order.objects.all() if stored_keys(order) != keys_of(order)]


def has(order: Order, kind: str, key: str) -> bool:
    return (kind, key) in stored_keys(order)


def test_every_part_of_an_order_has_a_key() -> None:
    assert {kind for kind, _key in stored_keys(make_order())} == set(PARTS)


def test_an_order_is_found_from_its_first_page_on() -> None:
    answers = type_answers(domain="paper-shop.cn")
    check = TypeCheck.objects.create(
        owner=make_user(), answers=answers, outcome=Outcome.TRANSFER, site_number="宁ICP备00000012号-1"
    )

    order = actions.start(check)

    assert {"domain", "number", "subject_name"} <= {kind for kind, _key in stored_keys(order)}
    assert stale() == []


def test_saving_a_page_changes_the_keys_of_the_order() -> None:
    order = make_order()
    (old,), (new,) = spellings.phones("13900000002"), spellings.phones("13900000009")

    keep(order, "administrator", administrator_answers(admin_phone1="13900000009"))

    assert (has(order, "admin_mobile", old), has(order, "admin_mobile", new)) == (False, True)
    assert stale() == []


def test_a_page_without_searched_values_takes_no_more_queries(django_assert_num_queries: Any) -> None:
    order = make_order()

    with django_assert_num_queries(1):  # the answers, outside a transaction
        keep(order, "website", {"site_name": "示例"})
    assert stale() == []


def test_the_keys_of_an_order_are_made_of_nothing_but_what_it_is_said_to_be_derived_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order, read = make_order(), set()
    plain, answer = Order.__getattribute__, Order.answer
    columns = {field.attname for field in Order._meta.concrete_fields}

    def noted(self: Order, name: str) -> Any:
        if name in columns - {"answers"}:
            read.add(name)
        return plain(self, name)

    def noted_answer(self: Order, step: str) -> dict[str, Any]:
        read.add(step)
        return answer(self, step)

    monkeypatch.setattr(Order, "__getattribute__", noted)
    monkeypatch.setattr(Order, "answer", noted_answer)
    keys_of(order)

    assert read == Order.derived_from


def test_a_change_of_no_searched_value_makes_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    order, made = make_order(state=states.DRAFT), Mock(side_effect=keys_of)
    monkeypatch.setattr("transfers.review.search.keys.keys_of", made)

    keep(order, "website", {"site_name": "示例网"})
    keep(order, "subject", {**order.answer("subject"), "id_address": "示例路9号"})
    assert not made.called
    keep(order, "subject", subject_answers(lead_name="林另示"))
    assert made.called


def test_a_number_that_comes_with_the_filing_password_finds_the_order() -> None:
    order = make_order(site_number="宁ICP备00000012号-1")

    actions.keep_password(order, "0" * 32, number="宁ICP备00000012号-4")

    assert has(order, "number", "宁ICP备00000012号-4")
    assert stale() == []


def test_keys_and_answers_are_written_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order()
    before = stored_keys(order)
    monkeypatch.setattr("transfers.review.search.keys.keep", lambda order, **options: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        keep(order, "administrator", administrator_answers(admin_phone1="13900000009"))

    assert Order.objects.get(pk=order.pk).answer("administrator")["admin_phone1"] == "13900000002"
    assert stored_keys(order) == before


def test_a_page_saved_too_late_changes_no_key() -> None:
    order = make_order()
    late = Order.objects.get(pk=order.pk)
    Order.objects.filter(pk=order.pk).update(state=states.SUBMITTED)
    before = stored_keys(order)

    with pytest.raises(RowClosed):
        keep(late, "administrator", administrator_answers(admin_phone1="13900000009"))

    assert stored_keys(order) == before


def test_an_administrator_who_is_the_lead_has_one_key() -> None:
    order = make_order()

    keep(order, "administrator", {"same_person": "yes"})

    assert {kind for kind, _key in stored_keys(order) if kind.startswith("admin")} == set()


def test_an_order_that_is_begun_again_and_one_of_the_register_are_found() -> None:
    withdrawn = make_order(state=states.WITHDRAWN)
    owner = make_user()

    again = actions.start_again(withdrawn, actor=withdrawn.owner)
    cancellation = begin(make_website(owner), owner=owner)

    assert has(again, "admin_mobile", *spellings.phones("13900000002"))
    assert has(cancellation, "admin_mobile", *spellings.phones("13900000002"))
    assert stale() == []


def test_the_number_that_the_authority_gives_finds_the_order(authority: Any) -> None:
    order = make_order(state=states.AUTHORITY_REVIEW, report=1)
    number = "宁ICP备00000099号"

    told = {"subject_number": number, "site_number": f"{number}-3"}

    take_answer(Answer(id="1", kind=AnswerKind.GRANTED, report_key=order.report_key, at=timezone.now(), **told))

    assert Order.objects.get(pk=order.pk).state == states.APPROVED
    assert has(order, "number", f"{number}-3")
    assert stale() == []


def test_an_erased_value_no_longer_finds_the_order() -> None:
    order, other = make_order(), make_order()

    change(order, lambda answers: {})

    assert {kind for kind, _key in stored_keys(order)} == {"domain", "number"}
    order.events.all().delete()
    Order.objects.filter(pk=order.pk).delete()
    assert set(SearchKey.objects.values_list("order", flat=True)) == {other.pk}


# --- what was there before -------------------------------------------------------------------


def index(*flags: str) -> str:
    out = StringIO()
    call_command("index_orders", *flags, stdout=out)
    return out.getvalue().strip()


def test_a_database_without_tables_is_not_told_to_create_an_extension(monkeypatch: pytest.MonkeyPatch) -> None:
    make = Mock()
    monkeypatch.setattr("transfers.management.commands.index_orders.make_index", make)
    monkeypatch.setattr(SearchKey.objects, "exists", Mock(side_effect=OperationalError("no such table: orders")))

    with pytest.raises(OperationalError, match="no such table"):
        index()

    assert not make.called


def test_an_emptied_order_gets_no_keys_again_when_all_are_compared() -> None:
    order = make_order(state=states.WITHDRAWN)
    erase(order)

    backfill.fill()
    backfill.fill(again=True)

    assert not SearchKey.objects.filter(order=order).exists()


def test_orders_of_an_earlier_version_get_their_keys_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        make_order()
    had = make_order()
    SearchKey.objects.exclude(order=had).delete()
    monkeypatch.setattr(backfill, "BATCH", 2)

    assert [index(), stale(), index()] == ["index_orders: 5 orders", [], "index_orders: 0 orders"]


def test_an_interrupted_run_is_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [make_order() for _ in range(3)]
    SearchKey.objects.all().delete()
    last = max(order.pk for order in orders)
    real = backfill.keep
    monkeypatch.setattr(backfill, "keep", lambda order: 1 / 0 if order.pk == last else real(order))
    with pytest.raises(ZeroDivisionError):
        index()
    monkeypatch.setattr(backfill, "keep", real)

    assert index() == "index_orders: 1 orders"
    assert stale() == []


def test_keys_that_an_earlier_version_did_not_update_are_corrected() -> None:
    order = make_order()
    SearchKey.objects.filter(order=order, kind="admin_mobile").delete()
    SearchKey.objects.create(order=order, kind="admin_name", key="0" * 32)

    assert (index(), len(stale())) == ("index_orders: 0 orders", 1)
    assert (index("--all"), stale()) == ("index_orders: 1 orders", [])


def test_orders_submitted_with_an_earlier_version_get_the_nature_used_by_filters() -> None:
    sent, draft = make_order(state=states.SUBMITTED, submitted_at=timezone.now()), make_order()

    index("--all")

    assert list(Order.objects.filter(pk__in=[sent.pk, draft.pk], nature="enterprise")) == [sent]


def test_after_an_upgrade_the_worker_writes_natures_in_batches_and_then_rests() -> None:
    cache.clear()
    for _ in range(5):
        make_order(state=states.SUBMITTED, submitted_at=timezone.now())
    Order.objects.update(nature="")
    broken = make_order(state=states.SUBMITTED, submitted_at=timezone.now())
    draft = make_order()
    Order.objects.filter(pk=broken.pk).update(
        nature="", answers=Order.objects.exclude(pk=broken.pk).values("answers")[:1]
    )

    assert [backfill.fill_natures(most=2) for _ in range(5)] == [2, 2, 2, 0, 0]

    assert Order.objects.filter(nature="enterprise").count() == 5
    assert set(Order.objects.filter(nature="").values_list("pk", flat=True)) == {broken.pk, draft.pk}
    cache.clear()
    assert backfill.fill_natures(most=2) == 1  # those still without are read once more


def test_an_unreadable_order_is_counted_and_stops_nobody() -> None:
    broken, sound = make_order(), make_order(answers={"subject": subject_answers()})
    SearchKey.objects.all().delete()
    Order.objects.filter(pk=broken.pk).update(answers=Order.objects.filter(pk=sound.pk).values("answers"))

    with pytest.raises(CommandError, match="1 orders cannot be read"):
        index()

    assert stored_keys(sound) == keys_of(sound)


def test_every_part_stored_as_a_digest_is_searched() -> None:
    ends = tuple(end for _spelled, kinds in EXACT for end in kinds)

    assert [part for part in PERSONAL if not part.endswith(ends)] == []
