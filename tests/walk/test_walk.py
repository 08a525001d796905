"""Nobody meets a dead end: every page of every role in every state, in both languages, under both sets of rules."""

from pathlib import Path
from typing import Any

import pytest

from tests.walk import orders, pages, world
from tests.walk.walks import KNOWN, LANGUAGES, Walk
from transfers import states

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
# who walks together: what one has pressed, the next need not
CROWDS = {
    "owner": ("owner",),
    "others": (world.VISITOR, "newcomer", "unconfirmed", "stranger"),
    "reviewers": ("reviewer", "lead"),
    "overseers": ("auditor", "operations"),
}
# what is typed and what is pressed costs most: once in each language and once under each set of rules
WHOLE = (("seed-2018", "en"), ("current-2020", "zh-hans"))


@pytest.mark.parametrize("crowd", CROWDS)
@pytest.mark.parametrize("profile", world.PROFILES)
def test_every_page_is_whole_and_every_link_on_it_leads_on(
    profile: str, crowd: str, tmp_path: Path, settings: Any
) -> None:
    """B1, A9."""
    made = world.build(profile, tmp_path, settings)
    wrong: list[str] = []
    met: set[Any] = set()
    for language in LANGUAGES:
        whole = (profile, language) in WHOLE
        if crowd in ("reviewers", "overseers") and not whole:
            continue
        pressed: set[Any] = set()
        for role in CROWDS[crowd]:
            walk = Walk(made, role, language, pressed)
            walk.go(whole=whole)
            wrong += [*walk.wrong, *(missing(walk, made) if whole else ())]
            met |= walk.met

    if wrong:
        pytest.fail("\n".join(dict.fromkeys(wrong)), pytrace=False)
    assert met == {entry for entry in KNOWN if entry[1] in CROWDS[crowd]}


def missing(walk: Walk, made: world.World) -> list[str]:
    """What the role should reach and did not."""
    wanted = pages.of(walk.role, made.profile) | pages.pressed(walk.role)
    if walk.role in world.STAFF:
        wanted |= pages.on_the_desk(made.people[walk.role])
    return [f"{made.profile} {walk.role} {walk.language} {name} is not reached" for name in wanted - walk.reached]


def test_the_walk_knows_every_address_there_is() -> None:
    """B1."""
    known = pages.on_the_desk() | pages.INSTEAD | set(pages.NO_PAGE) | set(pages.NOT_PRESSED)
    for role in world.ROLES:
        known |= pages.of(role) | pages.pressed(role)

    assert pages.names() - known == set()
    assert set(pages.NO_PAGE) - pages.names() == set()


def test_every_kind_of_order_is_led_to_every_state_it_can_be_in() -> None:
    """B1."""
    assert {kind: set(ways) for kind, ways in orders.WAYS.items()} == {
        kind: orders.can_be(kind) for kind in states.KINDS
    }
