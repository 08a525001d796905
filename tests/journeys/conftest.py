"""One portal for all journeys of a run, and a browser window for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.manners import HEIGHTS, Manner
from tests.journeys.person import Reviewer
from tests.journeys.portal import Portal, run_wide
from tests.journeys.shared import shared
from tests.transfers.outside import ministry, servers  # noqa: F401 -- fixtures of the walks that count

PATIENCE = 60_000  # milliseconds: other tests run at the same time


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with shared(run_wide(tmp_path_factory)) as started:
        yield started


@pytest.fixture
def manner() -> Manner:
    """The default of tests: English, on a computer."""
    return Manner()


@pytest.fixture
def window(browser: Browser, manner: Manner) -> Iterator[Page]:
    """A person's own window; a script error or a blocked resource fails the test."""
    context = browser.new_context(
        viewport={"width": manner.width, "height": HEIGHTS[manner.width]},
        java_script_enabled=manner.script,
        reduced_motion="reduce",  # or the hourglass beside a picture is drawn sixty times a second
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    wanted = [problem for problem in problems if "Content Security Policy" in problem or "Error" in problem]
    assert wanted == []


@pytest.fixture
def reviewer(portal: Portal, browser: Browser) -> Iterator[Reviewer]:
    """The provider's reviewer, signed in; their pages poll until they are closed."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(PATIENCE)
    found = Reviewer(portal, context.new_page())
    found.sign_in()
    yield found
    context.close()
