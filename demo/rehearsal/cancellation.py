"""The steps of `rehearse --kind cancel`: a whole transfer, then its cancellation, for all who take part."""

from collections.abc import Callable

from demo.rehearsal.http_browser import Form, Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario
from demo.rehearsal.transfer import STEPS as TRANSFER_STEPS


def consequences(walk: Scenario) -> None:
    """From my filings to the page that says what ends; nothing begins without the tick."""
    links = _on_file(walk)
    if not links:
        raise UnexpectedPage(f"{walk.domain} is not among my filings")
    page = walk.me.get(links[0])
    found = [each.attrs["href"] for each in page.find("a") if each.attrs.get("href", "").endswith("/cancel/")]
    if not found:
        raise UnexpectedPage(f"no way to cancel on {page.url}")
    page = walk.me.get(found[0])
    page = walk.me.send(page.form("understood"))
    form = page.form("understood")
    page = _proved_again(walk, walk.me.send(form, _ticks(form.names)))
    if "/cancel/code/" not in page.url:
        raise UnexpectedPage(f"the consequences led to {page.url}: {page.trouble()}")
    walk.reference = page.url.split("/transfers/")[1].split("/")[0]
    walk.order_state()


def _on_file(walk: Scenario) -> list[str]:
    """The links from my filings to this site as one on file here; those to its orders are left out."""
    links = (each for each in walk.me.get("/filings/?tab=sites").find("a") if each.text.strip() == walk.domain)
    return [each.attrs["href"] for each in links if each.attrs["href"].startswith("/filings/")]


def _ticks(names: set[str]) -> dict[str, str]:
    return {name: "on" for name in ("understood", "alone") if name in names}


def _proved_again(walk: Scenario, page: Page) -> Page:
    """Proves identity again when the sign-in is too old."""
    if "/account/step-up/" not in page.url:
        return page
    known = _codes(walk, walk.account_mobile)
    page = walk.me.send(page.form("send"), button=("send", "sms"))
    return walk.me.send(page.form("code"), code=_new_code(walk, walk.account_mobile, known))


def _codes(walk: Scenario, address: str) -> list[str]:
    """Every code sent to an address, newest first."""
    page = walk.watcher.get(f"/demo/messages/?to={address}")
    return [code.text.strip() for code in page.find("code", class_="code")]


def _new_code(walk: Scenario, address: str, known: list[str]) -> str:
    """The first code that is not among those known."""

    def look() -> str:
        codes = _codes(walk, address)
        return codes[0] if len(codes) > len(known) else ""

    return walk.wait_for(f"another code to {address[:3]}…", look)


def code(walk: Scenario) -> None:
    """A code to the filed mobile: one wrong entry, then the right one."""
    page = walk.me.get(walk.url("cancel/code/"))
    known = _codes(walk, walk.admin.mobile)
    page = walk.me.send(page.form("send"), to="administrator", button=("send", "1"))
    right = _new_code(walk, walk.admin.mobile, known)
    page = walk.me.send(page.form("code"), code="000000" if right != "000000" else "111111")
    if not page.url.endswith("/cancel/code/"):
        raise UnexpectedPage("a wrong code was taken")
    page = walk.me.send(page.form("code"), code=right)
    walk.moved_on(page, "cancel/code")


def filing_password(walk: Scenario) -> None:
    """The filing password: a wrong one, then the right one. Some profiles ask for none and have no such page."""
    page = walk.me.get(walk.url("cancel/password/"))
    if page.status == 404:
        return
    page = walk.send_patiently(page.form("filing_password"), filing_password="wrong-one")  # noqa: S106
    if "password" not in page.url:
        raise UnexpectedPage("a wrong filing password was taken")
    page = walk.send_patiently(page.form("filing_password"), filing_password=walk.filing_password)
    walk.moved_on(page, "cancel/password")


def last_look(walk: Scenario) -> None:
    """The red button, pressed twice: one report goes out, once the authority has given the access its id."""
    page = walk.me.get(walk.url("cancel/confirm/"))
    form = next(form for form in page.forms if form.action.endswith("/cancel/confirm/"))
    walk.me.send(form)
    walk.me.send(form)
    walk.expect_state("authority_review", "cooling_off")
    if walk.standing == "cooling_off":
        raise UnexpectedPage("this portal lets a cancellation cool off (CANCEL_COOL_OFF_HOURS): rehearse without")


def ending(walk: Scenario) -> None:
    """The authority grants the cancellation."""
    form = walk.wait_for("the request to arrive at the authority", lambda: _waiting(walk))
    walk.watcher.send(form, button=("decision", "grant"))
    walk.expect_state("cancelled")


def _waiting(walk: Scenario) -> Form | None:
    """The form of a report about this site that waits for a decision."""
    forms = walk.authority().forms
    mine = (form for form in forms if form.attrs.get("data-domain") == walk.domain and "report" in form.names)
    return next(mine, None)


def result(walk: Scenario) -> None:
    """The number stays on the order's page, the site is gone from my filings, and everybody was notified."""
    page = walk.me.get(walk.url())
    if f"{walk.number}-1" not in page.html:
        raise UnexpectedPage(f"{walk.number}-1 is not on the order's page")
    if _on_file(walk):
        raise UnexpectedPage("the site is still among my filings")

    for address in (walk.account, walk.lead.mobile, walk.admin.mobile):
        for template in ("cancel_started", "transfer_cancelled"):
            _wait_for_message(walk, address, template)


def _wait_for_message(walk: Scenario, address: str, template: str) -> None:
    """Waits until this message has gone to this address."""

    def look() -> bool:
        page = walk.watcher.get(f"/demo/messages/?to={address}")
        return bool(page.find("article", data_template=template))

    walk.wait_for(f"{template} to {address[:3]}…", look)


STEPS: tuple[tuple[str, Callable[[Scenario], None]], ...] = (
    *TRANSFER_STEPS,
    ("consequences", consequences),
    ("cancel_code", code),
    ("cancel_password", filing_password),
    ("last_look", last_look),
    ("ending", ending),
    ("cancel_result", result),
)
