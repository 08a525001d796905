"""A drill: a filled database gets a new key, the old one is dropped, and everything is read as before."""

import base64
import os
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as at_first
from django.core import signing
from django.core.management import call_command

from icpportal.accounts.models import User
from icpportal.accounts.sign_in.second_factor import SecondFactorAdapter
from icpportal.gateways import storage
from icpportal.gateways.miit.line import outcome_queue
from icpportal.gateways.miit.models import Report
from icpportal.gateways.miit.outgoing import file_builder, report_queue
from icpportal.gateways.miit.types import AnswerKind
from icpportal.privacy.crypto import unseal
from icpportal.privacy.fields import Token
from icpportal.privacy.key_change import marks
from icpportal.privacy.key_change.sealed_values import Column, columns
from icpportal.privacy.models import KeyMark
from tests.icpportal.gateways.miit.sending_world import access
from tests.transfers.builders import make_order, make_user
from tests.walk import world
from transfers.models import Order

pytestmark = pytest.mark.django_db
LOST = Token("s1:lost:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
OLD_SECRET = at_first.SECRET_KEY


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(os.urandom(32)).decode()}"


def rotate_keys(**options: bool) -> str:
    out = StringIO()
    try:
        call_command("rotate_keys", stdout=out, stderr=StringIO(), **options)
    except SystemExit:
        out.write("exit 1")
    return out.getvalue()


def opened() -> dict[str, list[bytes]]:
    """Every sealed value, opened, by its column."""
    return {
        str(column): [
            unseal(column.token_of(row), bound_to=column.bound_to_of(row)) for row in column.values().order_by("pk")
        ]
        for column in columns()
    }


@pytest.fixture
def filled(tmp_path: Any, settings: Any) -> None:
    """The walk's world: orders of every kind and state, the desk's rows, papers; and what it lacks."""
    world.build("current-2020", tmp_path, settings)
    report = report_queue.queue(access(reference="TR-9"))
    outcome_queue.record(AnswerKind.GRANTED, once="a", report=report)
    secret = SecondFactorAdapter().encrypt("JBSWY3DPEHPK3PXP")
    Authenticator.objects.create(user=make_user(), type="totp", data={"secret": secret})
    storage.keep("documents", "20261129/one", b"a picture")


@pytest.fixture
def order() -> Order:
    return make_order(make_user())


def test_all_is_read_under_the_new_key_alone_and_the_old_one_is_said_to_be_free(filled: None, settings: Any) -> None:
    before, old = opened(), settings.PII_KEYS
    assert sum(bool(values) for values in before.values()) > 30
    assert marks.fault() == ""
    settings.PII_KEYS = f"{key('2027')},{old}"
    assert marks.fault() == ""
    total = sum(map(len, before.values())) + 1

    assert f"demo: {total} values\nrotate_keys: {total} left" in rotate_keys(dry_run=True)
    said = rotate_keys()

    assert "demo: no longer in use" in said
    assert f"rotate_keys: {total} turned, 0 changed meanwhile, 0 failed, 0 left\n" in said
    settings.PII_KEYS = settings.PII_KEYS.removesuffix(f",{old}")
    assert marks.fault() == ""
    assert opened() == before
    assert all(order.answers is not None for order in Order.objects.all())
    assert storage.read("documents", "20261129/one") == b"a picture"
    report = Report.objects.get(reference="TR-9")
    assert file_builder.content_of(report).key == report.key
    assert SecondFactorAdapter().decrypt(Authenticator.objects.latest("pk").data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert "0 turned" in rotate_keys()


def test_a_value_that_is_written_meanwhile_stays_as_it_was_written(order: Order, settings: Any) -> None:
    settings.PII_KEYS = f"{key('2027')},{settings.PII_KEYS}"
    column = next(each for each in columns() if str(each) == "transfers.Order.answers")
    row = column.left().get(pk=order.pk)
    other = Order.objects.get(pk=order.pk)
    other.answers = {"type": {"name": "written meanwhile"}}
    other.save()

    assert column.turn_one(row) == "changed"

    assert Order.objects.get(pk=order.pk).answers == {"type": {"name": "written meanwhile"}}


def test_a_run_that_is_killed_goes_on_where_it_was_and_a_value_that_nobody_opens_stops_no_other(
    order: Order, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PII_KEYS = f"{key('2027')},{settings.PII_KEYS}"
    everything = sum(column.left().count() for column in columns())
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

    said = rotate_keys()

    assert f"{everything - 2} turned, 0 changed meanwhile, 1 failed, 1 left" in said
    assert said.endswith("exit 1")


def test_a_start_with_a_key_that_does_not_open_the_database_is_refused_in_one_sentence(
    order: Order, settings: Any
) -> None:
    good = settings.PII_KEYS
    for wrong in (key("other"), key("demo")):
        settings.PII_KEYS = wrong
        assert marks.fault().startswith("PII_KEYS does not open what this database holds under the key “demo”")
    assert not KeyMark.objects.exists()

    settings.PII_KEYS = good
    assert marks.fault() == ""
    Order.objects.all().delete()  # nothing sealed is left, and the mark still knows
    settings.PII_KEYS = key("demo")
    assert marks.fault().startswith("PII_KEYS does not open")
    settings.PII_KEYS = good
    settings.BLIND_INDEX_KEY = "another"
    assert marks.fault().startswith("BLIND_INDEX_KEY is not the key of this database")


def test_an_empty_database_takes_any_key(settings: Any) -> None:
    settings.PII_KEYS = key("first")

    assert marks.fault() == ""

    assert sorted(KeyMark.objects.values_list("kind", "name")) == [("index", ""), ("sealed", "first")]


def test_a_new_secret_key_believes_what_the_last_one_signed_while_it_is_named(settings: Any) -> None:
    signed, settings.SECRET_KEY = signing.dumps("a session"), "n" * 60

    with pytest.raises(signing.BadSignature):
        signing.loads(signed)
    settings.SECRET_KEY_FALLBACKS = [OLD_SECRET]
    assert signing.loads(signed) == "a session"
