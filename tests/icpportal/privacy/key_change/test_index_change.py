"""A drill: the key of blind indexes changes; everybody is found and stays unique before, during and after it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import RequestFactory
from django.utils import timezone

from filings.models import Person, Subject
from filings.queries import known_to_checks, record_of, register_snapshot
from filings.register.blind_keys import mobile_key, subject_key
from icpportal.accounts.models import User, mobile_index
from icpportal.codes import actions as codes
from icpportal.codes import limits, texts
from icpportal.codes.models import Allowance, Code
from icpportal.drafts import storage
from icpportal.drafts.marks import Mark
from icpportal.privacy import blind_index
from icpportal.privacy.key_change import blind_indexes, marks
from icpportal.privacy.models import IndexName
from tests.filings.checks.cases import TYPE, WEBSITE
from tests.filings.filed import account, on_file
from tests.icpportal.privacy.key_change.drill import OLD, drop, key_again, rotate_keys, turn
from tests.transfers import states
from tests.transfers.builders import make_order, make_user
from transfers.models import Order
from transfers.orders.people import indexes_of
from verification import attempts
from verification.models.consents import ConsentRequest
from verification.phones import consent_links

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every process reads the current key from the database on each use."""
    monkeypatch.setattr(blind_index, "IN_FORCE_FOR", 0.0)
    assert settings.BLIND_INDEX_KEY == OLD
    assert marks.fault() == ""


def test_during_the_change_a_mobile_is_still_recognised_as_anothers(settings: Any) -> None:
    on_file(account("lin@example.com"))
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()
    # like a row written at the moment of the switch
    Person.objects.update(mobile_index=blind_index.under(1, mobile_key("13900000001")))
    known = known_to_checks(
        subject_key="0" * 64, domain="example.cn", owner=account("chen@example.com"), mobiles=["13900000001"]
    )

    assert [known["mobile_taken"](mobile) for mobile in ("13900000001", "13900000009")] == [True, False]


def test_during_the_change_a_used_up_limit_stays_so_and_no_counter_is_opened_twice(settings: Any) -> None:
    keys, most = [("uploads_order", "T7Q4-M2KX")], limits.limit("uploads_order").amount
    attempts.consume_all(keys, costs=[most])
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()

    assert not attempts.consume_all(keys).ok
    assert Allowance.objects.filter(name="uploads_order").count() == 1


def test_during_the_change_a_link_sent_before_it_still_opens(settings: Any) -> None:
    now = timezone.now()
    asked = ConsentRequest.objects.create(
        holder="T7Q4-M2KX", digest=consent_links.digest("sent"), asked_at=now, expires_at=now + timedelta(hours=1)
    )
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()

    assert [consent_links.open_request(token) for token in ("sent", "guessed")] == [asked, None]


def test_during_the_change_the_texts_of_today_count(settings: Any) -> None:
    today, month = texts.periods(timezone.now())
    Allowance.objects.create(name=today.name, key=limits.key_index(today.key), used=5, began_at=timezone.now())
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()

    assert [texts.used_amount(period) for period in (today, month)] == [5, 0]


def test_during_the_change_a_page_that_is_saved_loses_its_draft(settings: Any) -> None:
    request, other = RequestFactory().post("/page/"), RequestFactory().post("/page/")
    request.user, other.user = make_user(), make_user()
    marks_of = {each: Mark(str(each.user.pk), "/page/", "", ("name",)) for each in (request, other)}
    for each, mark in marks_of.items():
        storage.keep_typed(each, mark, {"name": ["Li"]})
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()

    storage.drop(request, marks_of[request])

    assert [storage.find(each, mark) is None for each, mark in marks_of.items()] == [True, False]


def test_during_the_change_the_record_of_a_filing_is_found(settings: Any) -> None:
    owner = account("lin@example.com")
    on_file(owner)
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()
    key = subject_key(TYPE["id_type"], TYPE["id_number"])
    Subject.objects.update(subject_key=blind_index.under(1, key))  # like a row written at the moment of the switch

    found = record_of(subject_key=key, domain=TYPE["domain"], owner=owner)

    assert (found.get("id_number"), found.get("site_name")) == (TYPE["id_number"], WEBSITE["site_name"])
    assert record_of(subject_key=key, domain=TYPE["domain"], owner=make_user()) == {}
    known = register_snapshot(
        subject_key=key, domain=TYPE["domain"], region=TYPE["region"], name=TYPE["name"], owner=owner
    )
    assert (known.own_subject, known.subject) == (True, Subject.objects.get())


def test_during_the_change_people_are_found_and_unique_at_every_moment(settings: Any) -> None:
    order = make_order(make_user(), state=states.SUBMITTED)
    key_again(order)
    owner, other, index = order.owner, make_user(), indexes_of(order)[0]
    User.objects.filter(pk=owner.pk).update(mobile_confirmed_at=timezone.now())
    Code.objects.create(
        purpose="sign_in",
        holder="a",
        digest=codes._digest("sign_in", "a", "123456"),
        destination="b",
        expires_at=timezone.now() + timedelta(minutes=10),
    )
    limits.consume("code_client_hour", "192.0.2.1")
    turn(settings)

    def holds() -> None:
        assert User.objects.with_mobile(owner.mobile).get() == owner
        again = indexes_of(order)[0]
        assert (again == index, Order.objects.get(subject_key=again), Order.objects.get(subject_key__in=[again])) == (
            True,
            order,
            order,
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            make_order(make_user(), state=states.SUBMITTED, subject_key=again)
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=other.pk).update(
                mobile_index=mobile_index(owner.mobile), mobile_confirmed_at=timezone.now()
            )
        limits.consume("code_client_hour", "192.0.2.1")

    holds()
    blind_indexes.name_all()
    holds()
    assert blind_index.in_force_is_new() is False
    assert blind_indexes.switch() > 2
    assert blind_index.in_force_is_new() is True
    holds()
    assert Allowance.objects.get().used == 4
    assert codes.enter(purpose="sign_in", holder="a", typed="123456").state == "right"
    drop(settings)
    assert User.objects.with_mobile(owner.mobile).get() == owner
    assert Order.objects.get(subject_key=indexes_of(order)[0]) == order


def test_a_change_killed_before_or_after_the_switch_is_finished_by_the_next_run(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = make_user()
    turn(settings)
    for step in ("switch", "count_left"):
        monkeypatch.setattr(blind_indexes, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            rotate_keys()
        monkeypatch.undo()
        monkeypatch.setattr(blind_index, "IN_FORCE_FOR", 0.0)

    assert "1 indexes turned" not in rotate_keys()

    drop(settings)
    User.objects.filter(pk=owner.pk).update(mobile_confirmed_at=timezone.now())
    assert User.objects.with_mobile(owner.mobile).get() == owner
    assert not IndexName.objects.exists()


def interrupted(*_args: Any) -> None:
    raise KeyboardInterrupt


def test_a_row_written_at_the_moment_of_the_switch_is_converted_by_the_next_pass(settings: Any) -> None:
    turn(settings)
    blind_indexes.name_all()
    blind_indexes.switch()
    late = make_user()
    User.objects.filter(pk=late.pk).update(mobile_index=blind_index.under(1, mobile_index(late.mobile)))

    assert blind_indexes.switch() == 1

    drop(settings)
    assert User.objects.get(pk=late.pk).mobile_index == mobile_index(late.mobile)
