"""The reviewer's part of a rehearsal, at the review desk."""

from demo.rehearsal.http_browser import Browser, Form, Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario


def staff(walk: Scenario) -> Browser:
    """The reviewer's browser, signed in."""
    desk = Browser(walk.base_url)
    page = desk.get("/admin/")
    page = desk.send(page.form("login", "password"), login=walk.reviewer[0], password=walk.reviewer[1])
    if "/admin/" not in page.url:
        raise UnexpectedPage(f"the reviewer could not sign in: {page.trouble()}")
    return desk


def case_of(walk: Scenario, desk: Browser) -> Page:
    """The order's case page."""
    page = desk.get(f"/admin/transfers/order/?queue=all&q={walk.reference}")
    if "/case/" not in page.url:
        raise UnexpectedPage(f"the desk does not find {walk.reference}: {page.trouble()}")
    is_free = any(("move", "claim") in form.buttons for form in page.forms)
    return desk.send(form_with(page, "claim"), button=("move", "claim")) if is_free else page


def form_with(page: Page, move: str) -> Form:
    """The form with the button for this move."""
    for form in page.forms:
        if ("move", move) in form.buttons:
            return form
    raise UnexpectedPage(f"no button {move} on {page.url}")


def review(walk: Scenario) -> None:
    """The provider's reviewer accepts the order in Django admin."""
    desk = staff(walk)
    page = case_of(walk, desk)
    page = desk.send(form_with(page, "keep"), all_in_order(page), button=("move", "to_accept"))
    desk.send(form_with(page, "accept"), button=("move", "accept"))
    walk.expect_state("photo_due")


def all_in_order(page: Page) -> dict[str, str]:
    """OK for every part, or rule of the photo, that the page asks for."""
    return {each.attrs["name"]: "ok" for each in page.find("input", type="radio") if _is_verdict(each.attrs["name"])}


def _is_verdict(name: str) -> bool:
    """Whether a field is the verdict on a part; requests for further papers have only words."""
    return name.startswith("verdict.") and name != "verdict.paper.other"
