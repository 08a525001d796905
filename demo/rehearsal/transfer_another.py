"""The steps of a rehearsal of "transfer another": a transfer, then another website of the same subject."""

import re
from collections.abc import Callable

from demo.rehearsal import transfer as steps
from demo.rehearsal.http_browser import UnexpectedPage
from demo.rehearsal.scenario import Scenario

OF_SUBJECT = re.compile(r"/transfers/another/[\w-]+/$")


def another_on_record(walk: Scenario) -> None:
    """Puts a second website of the same subject on the authority's record, at another provider."""
    walk.domain = f"further{walk.dice.randrange(10**9):09d}.com"
    walk.site = 2
    steps.put_on_record(walk)


def another(walk: Scenario) -> None:
    """The button on my filings; the subject is known."""
    page = walk.me.get("/filings/?tab=sites")
    ways = [each.attrs["href"] for each in page.find("a") if OF_SUBJECT.search(each.attrs.get("href", ""))]
    if not ways:
        raise UnexpectedPage(f"no way to transfer another on {page.url}")
    another_from(walk, ways[0])


def another_from(walk: Scenario, way: str) -> None:
    """The page of one subject: only the domain is asked for, and its papers are used again."""
    page = walk.me.get(way)
    page = walk.me.send(page.form("domain"), domain=walk.domain)
    found = page.find(class_="outcome")
    outcome = found[0].attrs.get("data-outcome") if found else page.trouble()
    if outcome != "transfer_another":
        raise UnexpectedPage(f"filing type is {outcome}, not transfer_another")
    form = page.form(action="/start/")
    boxes = [name for name in form.names if name.startswith("again_")]
    if "again_lead_id" not in boxes:
        raise UnexpectedPage(f"the lead's document is not offered again on {page.url}")
    ticked = dict.fromkeys((*boxes, "agree"), "on")
    page = walk.me.send(form, ticked)
    walk.reference = page.url.split("/transfers/")[1].split("/")[0]


def website(walk: Scenario) -> None:
    """Step 4: the subject is answered already, the website is new, the administrator is checked and saved."""
    page = walk.me.get(walk.url("subject/"))
    if not page.find("input", name="lead_id_number", value=walk.lead.id_number):
        raise UnexpectedPage("the subject lead is not taken over")
    page = walk.me.get(walk.url("website/"))
    page = walk.me.send(
        page.form("site_name"),
        site_name="示例演练第二站",
        content=["8"],
        service_kind="1",
        languages=["1"],
        needs_approval="no",
    )
    walk.moved_on(page, "website")
    page = walk.me.get(walk.url("administrator/"))
    page = walk.me.send(page.form("same_person"), same_person="no")
    walk.moved_on(page, "administrator")


def documents(walk: Scenario) -> None:
    """Step 5: the administrator's document is used again, the rest is uploaded."""
    page = walk.me.get(walk.url("documents/admin_id/"))
    if any("agree" in form.names for form in page.forms):
        page = walk.me.send(page.form("agree"), agree="on")
    page = walk.me.send(page.form("again"), button=("again", "1"))
    if not page.find(class_="slot-reused"):
        raise UnexpectedPage(f"the administrator's document is not used again: {page.trouble()}")
    steps.documents(walk)


STEPS: tuple[tuple[str, Callable[[Scenario], None]], ...] = (
    *steps.STEPS,
    ("another_on_record", another_on_record),
    ("another", another),
    ("service_code", steps.service_code),
    ("filing_password", steps.filing_password),
    ("website", website),
    ("phones_alive", steps.phones_alive),
    ("documents", documents),
    ("submit", steps.submit),
    ("review", steps.review),
    ("photo", steps.photo),
    ("phones", steps.phones),
    ("decision", steps.decision),
    ("result", steps.result),
)
