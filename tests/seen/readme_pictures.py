"""`make readme-pictures`: the README's pictures, taken from a new demo, small enough to keep in the repository."""

import io
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.environment import CHROMIUM, FLAGS
from tests.journeys.portal import Portal, running

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "pictures"
SIZE = {"width": 1280, "height": 1000}
COLOURS = 128
SECRET = "demo-Beian-2026"
APPLICANT, REVIEWER, NOBODY = "lin@example.com", "reviewer@example.com", ""


@dataclass(frozen=True)
class Shot:
    """A picture: its file, the person who sees it, and the page's address (with values to look up in braces)."""

    name: str
    who: str
    path: str
    language: str = "en"


SHOTS = (
    Shot("start", NOBODY, "/"),
    Shot("phones", APPLICANT, "/transfers/{phone_due}/phones/"),
    Shot("website-zh", APPLICANT, "/transfers/{returned}/website/", "zh-hans"),
    Shot("desk", REVIEWER, "/admin/transfers/order/{submitted_pk}/case/"),
    Shot("filings", APPLICANT, "/filings/"),
    Shot("cancel-zh", APPLICANT, "/filings/{filed}/cancel/", "zh-hans"),
)
LOOKED_UP = f"""
import json
from filings.models import Website
from transfers.models import Order
mine = Order.objects.filter(owner__email="{APPLICANT}", kind="transfer")
found = {{state: mine.filter(state=state).first().reference for state in ("phone_due", "returned")}}
found["submitted_pk"] = str(mine.filter(state="submitted").first().pk)
found["filed"] = str(Website.objects.filter(owner__email="{APPLICANT}").order_by("domain").first().pk)
print(json.dumps(found))
"""


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as portal, sync_playwright() as playwright:
        found = json.loads(portal.manage("shell", "-v", "0", "-c", LOOKED_UP))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for who in dict.fromkeys(shot.who for shot in SHOTS):
            context = browser.new_context(viewport=SIZE, color_scheme="light")
            page = context.new_page()
            sign_in(page, portal, who)
            for shot in (shot for shot in SHOTS if shot.who == who):
                context.add_cookies([{"name": "django_language", "value": shot.language, "url": portal.url}])
                page.goto(portal.url + shot.path.format(**found), wait_until="networkidle")
                if who == REVIEWER:  # a case is shown to the person who has it
                    page.locator("button[value=claim]").click()
                    page.wait_for_load_state("networkidle")
                size = keep(page.screenshot(animations="disabled"), FOLDER / f"{shot.name}.png")
                print(f"{shot.name}.png: {size // 1000} kB")
            context.close()
        browser.close()
    return 0


def sign_in(page: Any, portal: Portal, who: str) -> None:
    if who:
        page.goto(f"{portal.url}/account/login/")
        page.fill("[name=login]", who)
        page.fill("[name=password]", SECRET)
        page.locator("main form:has([name=password]) button:not([data-reveal])").last.click()
        page.wait_for_load_state("networkidle")


def keep(png: bytes, file: Path) -> int:
    """Reduces the colours to what such a page needs; returns the size of the file."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    small = picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    return file.stat().st_size


if __name__ == "__main__":
    sys.exit(main())
