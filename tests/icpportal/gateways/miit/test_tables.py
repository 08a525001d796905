"""The authority's tables replace the seeds, and a report is held against them."""

import pytest

from icpportal.gateways.miit import building, queueing, tables
from icpportal.gateways.miit.codes import METHODS, PLACES, not_in_tables
from icpportal.gateways.miit.documents.content import CodeRow, Unfit
from icpportal.gateways.miit.models import TableRow
from tests.icpportal.gateways.miit.schemas import published_codes
from tests.icpportal.gateways.miit.sending_world import access, cancellation

pytestmark = pytest.mark.django_db


def test_before_the_authority_sends_its_tables_the_seeds_hold():
    assert (tables.name("Wzjrfs", 5), tables.valid("Wzjrfs", 5)) == ("云接入", True)
    assert (tables.name("Wzjrfs", 6), tables.valid("Wzjrfs", 6)) == ("", False)


def test_a_table_that_was_sent_replaces_its_seed_as_a_whole_and_no_other():
    tables.load([CodeRow("Wzjrfs", 3, "主机"), CodeRow("Wzjrfs", 4, "旧方式", valid=False)])

    assert [(tables.name("Wzjrfs", code), tables.valid("Wzjrfs", code)) for code in (3, 4, 5)] == [
        ("主机", True),
        ("旧方式", False),
        ("", False),
    ]
    assert tables.valid("Dwxz", 5)


def test_nothing_is_known_against_a_code_of_a_table_that_nobody_sent():
    assert (tables.name("Zxly", 7), tables.valid("Zxly", 7)) == ("", True)


def test_a_second_file_changes_what_it_names_and_nothing_else():
    tables.load([CodeRow("Zxly", 1, "一"), CodeRow("Zxly", 2, "二")])
    tables.load([CodeRow("Zxly", 2, "甲"), CodeRow("Zxly", 2, "乙", valid=False)])

    assert list(TableRow.objects.values_list("code", "name", "valid")) == [(1, "一", True), (2, "乙", False)]


def test_our_own_numbers_are_in_the_seeds():
    assert set(PLACES.values()) == set(tables.SEEDS["Wzfb"])
    assert set(METHODS.values()) == set(tables.SEEDS["Wzjrfs"])


@pytest.mark.parametrize(("ours", "theirs"), [("Wzfb", "fbdd"), ("Wzjrfs", "jrfs"), ("Dwxz", "dwxz"), ("Yylb", "yylb")])
def test_the_seeds_are_those_that_were_found(ours, theirs):
    found = published_codes()["tables"][theirs]

    assert tables.SEEDS[ours] == {row["id"]: row["zh"] for row in found}


def test_a_report_is_held_against_the_tables():
    assert not_in_tables(access()) == not_in_tables(cancellation()) == ("", "")

    tables.load([CodeRow("Wzjrfs", 1, "专线"), CodeRow("Zxly", 9, "其他")])

    assert not_in_tables(access()) == ("Wzjrfs", "1035")
    assert not_in_tables(cancellation()) == ("Zxly", "1026")


def test_what_the_tables_do_not_have_is_not_sent():
    row = queueing.queue(access())
    tables.load([CodeRow("Wzjrfs", 1, "专线")])

    with pytest.raises(Unfit) as unfit:
        building.build(row, 1)

    assert (unfit.value.field, unfit.value.code) == ("Wzjrfs", "1035")
