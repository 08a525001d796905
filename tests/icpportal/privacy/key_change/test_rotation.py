"""A drill: a filled database gets new keys, the old ones are dropped, and everything is read and found as before."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as at_first
from django.core import signing
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from filings.models import LegacyImport
from icpportal.accounts.models import User
from icpportal.accounts.sign_in.second_factor import SecondFactorAdapter
from icpportal.gateways import storage
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.outgoing import file_builder, report_queue
from icpportal.gateways.miit.types import AnswerKind
from icpportal.operations.checks.registered import keys_are_of_this_database
from icpportal.privacy import blind_index
from icpportal.privacy.fields import Token
from icpportal.privacy.key_change import blind_indexes, marks
from icpportal.privacy.key_change.sealed_values import Column, columns
from icpportal.privacy.models import IndexName, KeyMark
from tests.icpportal.gateways.miit.sending_world import access
from tests.icpportal.privacy.key_change.drill import (
    OLD,
    columns_under_key,
    drop,
    fitting,
    key,
    key_again,
    opened_values,
    rotate_keys,
    turn,
)
from tests.transfers.builders import make_order, make_user
from tests.transfers.review.search.test_keys import stale
from tests.walk import world
from transfers.models import Order, SearchKey
from transfers.orders.people import indexes_of
from verification.models import Consent

pytestmark = pytest.mark.django_db
LOST = Token("s1:lost:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
OLD_SECRET = at_first.SECRET_KEY


@pytest.fixture
def filled(tmp_path: Any, settings: Any) -> Order:
    """The walk's world: orders of every kind and state, the desk's rows, papers; and rows it lacks."""
    world.build("current-2020", tmp_path, settings)
    report = report_queue.queue(access(reference="TR-9"))
    outcome_queue.record(AnswerKind.GRANTED, once="a", report=report)
    secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=make_user(), type="totp", data={"secret": secret})
    storage.keep("documents", "20261129/one", b"a picture")
    mine = next(order for order in Order.objects.order_by("pk") if any(indexes_of(order)[1:]))
    key_again(mine)
    Consent.objects.create(holder="a", person_key=indexes_of(mine)[1], version="1", language="zh")
    LegacyImport.objects.update(keep_here=[indexes_of(mine)[0]])
    return mine


@pytest.fixture
def order() -> Order:
    return make_order(make_user())


def test_everything_is_read_and_found_with_only_new_keys_and_the_old_ones_are_reported_unused(
    filled: Order, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blind_index, "IN_FORCE_FOR", 0.0)
    before, fit, search_keys, old = opened_values(), fitting(), SearchKey.objects.count(), settings.PII_KEYS
    total = sum(map(len, before.values())) + Authenticator.objects.count()
    assert marks.fault() == ""
    assert sum(bool(values) for values in before.values()) > 30
    assert {name for name, _pk in fit} == {str(column) for column in blind_indexes.recomputable_columns()}
    settings.PII_KEYS = f"{key('2027')},{old}"
    turn(settings)
    assert marks.fault() == ""

    planned = rotate_keys(dry_run=True)
    assert len(columns_under_key("demo")) > 30
    output = rotate_keys()

    assert columns_under_key("demo") == []
    assert f"demo: {total} values\nBLIND_INDEX_KEY: the earlier key is in force\nrotate_keys: {total} left" in planned
    assert "demo: no longer in use" in output
    assert f"rotate_keys: {total} turned, 0 changed meanwhile, 0 failed, 0 left\n" in output
    assert " 0 left; search keys of" in output
    assert "BLIND_INDEX_KEY: the new key is in force" in output
    assert "0 turned" in rotate_keys()
    settings.PII_KEYS = settings.PII_KEYS.removesuffix(f",{old}")
    drop(settings)
    assert marks.fault() == ""
    assert (opened_values(), fitting()) == (before, fit)
    assert (stale(), SearchKey.objects.count(), IndexName.objects.count()) == ([], search_keys, 0)
    reads_and_finds(filled)
    settings.BLIND_INDEX_KEY = OLD
    assert marks.fault().startswith("BLIND_INDEX_KEY is not the key of this database")


def reads_and_finds(order: Order) -> None:
    """Data that the drill's own queries do not cover."""
    assert storage.read("documents", "20261129/one") == b"a picture"
    report = Report.objects.get(reference="TR-9")
    assert file_builder.content_of(report).key == report.key
    assert SecondFactorAdapter().decrypt(Authenticator.objects.latest("pk").data["secret"]) == "JBSWY3DPEHPK3PXP"
    order.refresh_from_db()
    subject, *people = (each for each in indexes_of(order) if each)
    assert [order.subject_key, order.photo_accepted_for] == [subject, people[0]]
    assert Consent.objects.get(holder="a").person_key == people[0]
    assert {*LegacyImport.objects.values_list("keep_here__0", flat=True)} == {subject}


def test_a_value_written_during_the_rotation_is_not_overwritten(order: Order, settings: Any) -> None:
    settings.PII_KEYS = f"{key('2027')},{settings.PII_KEYS}"
    column = next(each for each in columns() if str(each) == "transfers.Order.answers")
    row = column.rest().get(pk=order.pk)
    other = Order.objects.get(pk=order.pk)
    other.answers = {"type": {"name": "written meanwhile"}}
    other.save()

    assert column.turn_one(row) == "changed"

    assert Order.objects.get(pk=order.pk).answers == {"type": {"name": "written meanwhile"}}


def test_a_killed_run_continues_where_it_was_and_an_unreadable_value_stops_no_other(
    order: Order, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PII_KEYS = f"{key('2027')},{settings.PII_KEYS}"
    everything = sum(column.rest().count() for column in columns())
    turn_one, times = Column.turn_one, iter(range(2))

    def killed(column: Column, row: Any) -> str:
        if next(times, None) is None:
            raise KeyboardInterrupt
        return turn_one(column, row)

    monkeypatch.setattr(Column, "turn_one", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys()
    monkeypatch.undo()
    User.objects.filter(pk=order.owner_id).update(mobile=LOST)

    output = rotate_keys()

    assert f"{everything - 2} turned, 0 changed meanwhile, 1 failed, 1 left" in output
    assert output.endswith("exit 1")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (LOST, "its key is not in PII_KEYS: put that key back behind the first one"),
        (
            Token("s1:{key}:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            "it is damaged, or is that of another row",
        ),
    ],
)
def test_the_operator_reads_which_value_was_left_and_why(order: Order, settings: Any, value: Token, why: str) -> None:
    value = Token(value.format(key=settings.PII_KEYS.partition(":")[0]))
    settings.PII_KEYS = f"{key('2027')},{settings.PII_KEYS}"
    User.objects.filter(pk=order.owner_id).update(mobile=value)

    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=out, stderr=err)

    assert f"accounts.User.mobile {order.owner_id}: {why}" in err.getvalue()
    assert "1 failed, 1 left" in out.getvalue()


def test_a_start_with_a_wrong_key_is_refused_in_one_sentence(order: Order, settings: Any) -> None:
    good = settings.PII_KEYS
    for wrong in (key("other"), key("demo")):
        settings.PII_KEYS = wrong
        assert marks.fault().startswith("PII_KEYS does not open what this database holds under the key “demo”")
    settings.PII_KEYS, settings.BLIND_INDEX_KEY = good, "another"
    assert marks.fault().startswith("BLIND_INDEX_KEY is not the key of this database")
    assert not KeyMark.objects.exists()

    settings.BLIND_INDEX_KEY = OLD
    assert marks.fault() == ""
    Order.objects.all().delete()  # nothing sealed is left, and the marker still knows
    settings.PII_KEYS = key("demo")
    assert marks.fault().startswith("PII_KEYS does not open")
    settings.PII_KEYS = good
    settings.BLIND_INDEX_KEY = "another"
    assert marks.fault().startswith("BLIND_INDEX_KEY is not the key of this database")


def test_an_operator_whose_shell_has_the_keys_of_another_portal_is_refused_before_a_backup(
    order: Order, settings: Any, tmp_path: Path
) -> None:
    assert marks.fault() == ""
    settings.DEMO = False
    settings.PII_KEYS = key("demo")

    assert [(each.id, str(each.msg).split(" ", 1)[0]) for each in keys_are_of_this_database(None)] == [
        ("portal.E031", "PII_KEYS")
    ]
    with pytest.raises(SystemCheckError, match="PII_KEYS does not open what this database holds"):
        call_command("backup", to=str(tmp_path / "new"), first=True, skip_checks=False)
    assert not (tmp_path / "new").exists()


def test_a_check_only_reads_the_marks_of_keys(order: Order, settings: Any) -> None:
    settings.DEMO = False

    assert keys_are_of_this_database(None) == []
    assert not KeyMark.objects.exists()


def test_an_empty_database_accepts_any_key(settings: Any) -> None:
    settings.PII_KEYS = key("first")

    assert marks.fault() == ""

    assert sorted(KeyMark.objects.values_list("kind", "name")) == [("index", ""), ("sealed", "first")]


def test_a_new_secret_key_accepts_signatures_of_the_previous_one_while_it_is_listed(settings: Any) -> None:
    signed, settings.SECRET_KEY = signing.dumps("a session"), "n" * 60

    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
    settings.SECRET_KEY_FALLBACKS = [OLD_SECRET]
    assert signing.loads(signed) == "a session"
