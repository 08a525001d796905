"""The website administrator's consent on their own phone."""

import re

from demo.rehearsal.http_browser import Browser, UnexpectedPage
from demo.rehearsal.scenario import Scenario


def administrator_agrees(walk: Scenario) -> None:
    """Another person gets a link by text and agrees, without an account."""
    if walk.admin == walk.lead:
        return
    page = walk.me.get(walk.url("people/consent/"))
    before = _links_to(walk, walk.admin.mobile)
    walk.me.send(page.form("send"), button=("send", "1"))
    link = walk.wait_for("the link", lambda: next(iter(_links_to(walk, walk.admin.mobile) - before), ""))
    theirs = Browser(walk.base_url)
    page = theirs.get(link)
    page = theirs.send(page.form("role", "pictures"), role="on", pictures="on")
    if any("role" in form.names for form in page.forms):
        raise UnexpectedPage(f"the administrator's yes was not taken: {page.trouble()}")


def _links_to(walk: Scenario, mobile: str) -> set[str]:
    """The links texted to a mobile."""
    return set(re.findall(r"/consent/[\w-]+/", walk.watcher.get(f"/demo/messages/?to={mobile}").html))
