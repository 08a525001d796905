"""Nobody reaches a dead end: every page of every role in every state, in both languages, under both sets of rules."""

from typing import Any

import pytest

from tests.transfers import states
from tests.walk import orders, outlines, pages, world
from tests.walk.walks import KNOWN, Walk
from transfers.orders import queries

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# roles that walk together: what one has pressed, the next need not
CROWDS = {
    "owner": ("owner",),
    "others": (world.VISITOR, world.HALFWAY, "newcomer", "unconfirmed", "stranger"),
    "reviewers": ("reviewer", "lead"),
    "overseers": ("auditor", "operations"),
}
LONGEST = pytest.mark.timeout(900)  # half a minute by itself, many times that on a busy machine


# every page and every button once in each language and once under each set of rules
@LONGEST
@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("profile", ["seed-2018"], scope="module")
def test_every_page_is_whole_told_in_order_and_every_link_on_it_leads_on(crowd: str, made: world.World) -> None:
    walks, wrong = walk_all(made, crowd, "en")

    fail_of(wrong + outlines.differences(crowd, walks))


@LONGEST
@pytest.mark.parametrize(
    "crowd", [pytest.param(crowd, marks=[] if crowd == "owner" else [pytest.mark.long]) for crowd in CROWDS]
)
@pytest.mark.parametrize("profile", ["current-2020"], scope="module")
def test_so_it_is_under_the_newer_rules_and_in_chinese(crowd: str, made: world.World) -> None:
    _walks, wrong = walk_all(made, crowd, "zh-hans")

    fail_of(wrong)


def walk_all(made: world.World, crowd: str, language: str) -> tuple[list[Walk], list[str]]:
    """The walks of a crowd, and their problems; every known problem must occur."""
    wrong: list[str] = []
    met: set[Any] = set()
    pressed: set[Any] = set()
    walks = [Walk(made, role, language, pressed) for role in CROWDS[crowd]]
    for walk in walks:
        walk.go()
        wrong += [*walk.wrong, *missing(walk, made)]
        met |= walk.met
    known = {entry for entry in KNOWN if entry[1] in CROWDS[crowd]}
    return walks, [*wrong, *(f"{entry} is known and was not met" for entry in known - met)]


def fail_of(wrong: list[str]) -> None:
    if wrong:
        pytest.fail("\n".join(dict.fromkeys(wrong)), pytrace=False)


def missing(walk: Walk, made: world.World) -> list[str]:
    """The pages that the role should reach and did not."""
    wanted = pages.of(walk.role, made.profile) | pages.pages_by_button(walk.role)
    if walk.role in world.STAFF:
        wanted |= pages.on_the_desk(made.people[walk.role])
    return [f"{made.profile} {walk.role} {walk.language} {name} is not reached" for name in wanted - walk.reached]


def test_the_walk_knows_every_address_there_is() -> None:
    known = pages.on_the_desk() | pages.INSTEAD | set(pages.NO_PAGE) | set(pages.NOT_PRESSED)
    for role in world.ROLES:
        known |= pages.of(role) | pages.pages_by_button(role)

    assert pages.names() - known == set()
    assert set(pages.NO_PAGE) - pages.names() == set()


@pytest.mark.parametrize("profile", ["seed-2018"], scope="module")
def test_an_order_of_every_kind_waits_until_the_authority_has_decided_about_something_else(made: world.World) -> None:
    assert {order.kind for order in made.orders if queries.waits_for_other_decision(order)} == set(states.KINDS)


def test_every_kind_of_order_is_led_to_every_state_it_can_be_in() -> None:
    assert {kind: set(ways) for kind, ways in orders.WAYS.items()} == {
        kind: orders.can_be(kind) for kind in states.KINDS
    }
