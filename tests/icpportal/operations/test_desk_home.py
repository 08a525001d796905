"""The first page of operations at the desk."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone
from django.utils.translation import override

from icpportal.gateways.registry import GATEWAYS
from icpportal.operations.desk_home import NAMES, operations_page
from icpportal.outbox.models import Message, State
from tests.transfers.builders import make_user
from transfers.authority.results import NO_ORDER
from transfers.models import ParkedAnswer


def test_every_gateway_has_a_name_for_people_and_nothing_else_has() -> None:
    assert sorted(NAMES) == sorted(row.name for row in GATEWAYS)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("now", "year"),
    [
        (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), None),
        (datetime(2026, 9, 30, 16, tzinfo=UTC), 2027),
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), 2027),
        (datetime(2026, 12, 31, 16, tzinfo=UTC), None),
    ],
)
def test_next_years_holidays_are_requested_from_october_to_december_in_beijing(now, year):
    assert operations_page(make_user(), now).missing_year == year


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "parked", "channel"),
    [
        ("en", ["There is no such order", "A second person reads the reason, then applies it or declines"], "Email"),
        ("zh-hans", ["没有这个订单", "由第二人阅读理由，然后应用或驳回提议"], "邮件"),
    ],
)
def test_parked_and_failing_work_is_described_in_words(language: str, parked: list[str], channel: str) -> None:
    now, by = timezone.now(), make_user()
    row = {"kind": "granted", "report_key": "T7Q4-M2KX.1", "reason": NO_ORDER}
    ParkedAnswer.objects.create(answer_id="1", proposed_by=by, proposed_at=now, **row)
    Message.objects.create(key="a:email", event="a", channel="email", state=State.FAILED, failed_at=now, payload={})

    with override(language):
        page = operations_page(by, now)

    assert [each.reason for each in page.parked] == [" · ".join(parked)]
    assert [each.channel for each in page.failing] == [channel]
