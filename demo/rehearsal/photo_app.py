"""The photo of a rehearsal in Shanghai: taken with the simulated app, fetched by its code, viewed, confirmed usable."""

from demo.rehearsal.http_browser import Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario


def is_asked(page: Page) -> bool:
    """Whether this photo page asks for a picture code instead of a file."""
    return bool(page.find("input", name="sh_code")) and not page.find("input", name="photo_way")


def send_photo(walk: Scenario, page: Page) -> None:
    """The page in place of the phone gives a code; the portal shows the photo, which is sent only after that."""
    app = walk.me.get("/demo/photo-app/")
    app = walk.me.send(app.form("mobile"), mobile=walk.admin.mobile)
    codes = app.find("code")
    if not codes:
        raise UnexpectedPage(f"the app took no photo: {app.trouble()}")
    fetch(walk, page, codes[0].text.strip())


def fetch(walk: Scenario, page: Page, code: str) -> None:
    """The photo with this code is fetched, viewed and confirmed usable."""
    walk.me.send(page.form("sh_code"), sh_code=code)
    walk.wait_for("the photo of the app to be shown", lambda: _found_usable(walk))


def _found_usable(walk: Scenario) -> bool:
    page = walk.me.get(walk.url("photo/"))
    for form in page.forms:
        usable = next((button for button in form.buttons if button[0] == "usable"), None)
        if usable:
            walk.me.send(form, button=usable)
    return walk.order_state() == "photo_review"
