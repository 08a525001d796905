"""Paths of pages: as Django's `reverse`, without keeping whose page it is."""

import pytest
from django.test import override_settings
from django.urls import NoReverseMatch, reverse, set_script_prefix

from icpportal import paths
from icpportal.paths import path

PAGES = [
    ("help",),
    ("documents", "AB23-CD45"),
    ("step", "AB23-CD45", "subject"),
    ("slot-fragment", "AB23-CD45", "lead_id", 1),
    ("document", "abc-_123"),
    ("rules-province", "12"),
]


@pytest.mark.parametrize("asked", PAGES, ids=lambda asked: asked[0])
def test_a_path_is_that_of_reverse_each_time(asked: tuple):
    name, *arguments = asked

    assert [path(*asked) for _time in range(2)] == [reverse(name, args=arguments)] * 2


def test_paths_of_two_orders_in_turn_name_their_own_and_neither_is_kept():
    found = [path("documents", reference) for reference in ("AB23-CD45", "EF67-GH89", "AB23-CD45")]

    assert found == [f"/transfers/{reference}/documents/" for reference in ("AB23-CD45", "EF67-GH89", "AB23-CD45")]
    assert "AB23-CD45" not in paths._kept("icpportal.urls", "/", "documents", (paths.STANDS_IN,))


def test_a_path_follows_the_prefix_of_the_server():
    before = path("documents", "AB23-CD45")
    set_script_prefix("/icp/")
    try:
        assert path("documents", "AB23-CD45") == f"/icp{before}"
    finally:
        set_script_prefix("/")


def test_a_page_that_this_portal_does_not_have_is_missing_each_time():
    with override_settings(ROOT_URLCONF="tests.icpportal.look_urls"):
        for _time in range(2):
            with pytest.raises(NoReverseMatch):
                path("documents", "AB23-CD45")
    assert path("documents", "AB23-CD45") == "/transfers/AB23-CD45/documents/"
