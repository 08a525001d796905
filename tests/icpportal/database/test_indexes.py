"""PostgreSQL keeps no index that no query reads: each costs every row that is written."""

import pytest
from django.apps import apps
from django.db import connection

from icpportal.database.indexes import drop_pattern_indexes

FOR_BEGINNINGS = "SELECT indexname FROM pg_indexes WHERE schemaname = current_schema() AND indexdef ~ 'pattern_ops'"


def indexes_for_beginnings() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(FOR_BEGINNINGS)
        return sorted(name for (name,) in cursor.fetchall())


@pytest.mark.services
@pytest.mark.django_db
def test_a_new_portal_has_an_index_for_beginnings_only_where_people_search_by_them() -> None:
    assert indexes_for_beginnings() == ["search_key"]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_those_that_an_earlier_version_made_are_dropped_and_the_declared_one_stays() -> None:
    made = "CREATE INDEX outbox_message_key_9860c808_like ON outbox_message (key varchar_pattern_ops)"
    with connection.cursor() as cursor:
        cursor.execute(made)
    assert len(indexes_for_beginnings()) == 2

    for _again in range(2):
        with connection.schema_editor(atomic=False) as editor:
            drop_pattern_indexes(apps, editor)

        assert indexes_for_beginnings() == ["search_key"]
