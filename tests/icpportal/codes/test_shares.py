from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from icpportal.codes import texts
from icpportal.codes.models import Allowance
from icpportal.codes.refusals import BudgetSpent, TooMany
from icpportal.codes.shares import Requester, count_shares

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
LIN, CHEN = "13900000001", "13900000002"


def text_to(mobile):
    with transaction.atomic():
        return count_shares(texts.shares(mobile, Requester(account=mobile), NOW), NOW)


@pytest.mark.django_db
def test_a_refused_text_writes_to_its_counters_in_the_order_of_all_others(settings):
    settings.SMS_BUDGET_MONTH = 1
    text_to(LIN)

    with CaptureQueriesContext(connection) as queries, pytest.raises(BudgetSpent):
        text_to(LIN)

    table = Allowance._meta.db_table
    written = [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE")) and table in each["sql"]]
    assert len(written) == 1  # all at once, and taken back: one by one, two requests could wait for each other


@pytest.mark.django_db
def test_of_several_limits_reached_the_first_is_named_and_nothing_is_counted(settings):
    hour = settings.LIMITS["text_range_hour"][1]
    settings.LIMITS = {**settings.LIMITS, "text_range_hour": (1, hour)}
    settings.SMS_BUDGET_MONTH = 1
    text_to(LIN)
    before = sorted(Allowance.objects.values_list("name", "key", "used"))

    with pytest.raises(TooMany) as refused:
        text_to(CHEN)

    assert type(refused.value) is TooMany
    assert refused.value.until == NOW + timedelta(seconds=hour)
    assert sorted(Allowance.objects.values_list("name", "key", "used")) == before


@pytest.mark.django_db
def test_a_budget_of_nothing_refuses_the_first_text(settings):
    settings.SMS_BUDGET_DAY = 0

    with pytest.raises(BudgetSpent):
        text_to(LIN)

    assert not Allowance.objects.exists()
