"""`make lighthouse`: Lighthouse's scores of a few pages of a real portal, the median of five runs on a slow phone.

Needs Node on this machine; `RUNS=1` for a quick look, `ONLY=start,order` for some of the pages.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from demo.rehearsal.http_browser import Browser
from tests.environment import CHROMIUM
from tests.journeys.portal import Portal, running

SERVED = {"STATICFILES_BACKEND": "icpportal.pages.markup.static_files.PageFiles"}  # as in production
LIN = ("lin@example.com", "demo-Beian-2026")  # the demo's applicant, with orders in every state
RUNS = int(os.environ.get("RUNS", "5"))
TRIES = 3
LEAST = 95
SCORES = ("performance", "accessibility", "best-practices", "seo")
SOUGHT = ("start", "signup", "help", "rules")  # pages that search engines should find; the others ask them not to index
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --disable-background-networking"
Scores = dict[str, float]


def main() -> int:
    only = [word for word in os.environ.get("ONLY", "").split(",") if word]
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), **SERVED) as portal:
        cookies, pages = signed_in(portal)
        print(f"{'':12}" + "".join(f"{name:>16}" for name in SCORES), flush=True)
        for name, path in pages.items():
            if only and name not in only:
                continue
            is_mine = name not in SOUGHT
            scores, found = scores_of(f"{portal.url}{path}", cookies if is_mine else "", Path(folder))
            wanted = SCORES if not is_mine else SCORES[:-1]
            print(f"{name:12}" + "".join(f"{scores[each]:16.0f}" for each in SCORES), flush=True)
            wrong += [f"{name}: {each} is {scores[each]:.0f}" for each in wanted if scores[each] < LEAST]
            print("".join(f"    {audit}\n" for audit in found), end="")
    print("\n".join(wrong) or f"All are {LEAST} or more (seo only where a search engine shall look).")
    return bool(wrong)


def signed_in(portal: Portal) -> tuple[str, dict[str, str]]:
    """The applicant's cookies, and the addresses of the pages."""
    person = Browser(portal.url)
    page = person.get("/account/login/")
    person.send(page.form("login", "password"), login=LIN[0], password=LIN[1])
    cookies = "; ".join(f"{each.name}={each.value}" for each in person.session.cookies)
    orders = portal.manage("shell", "-v", "0", "-c", ORDERS).split()
    step, order = orders[0], orders[1]
    return f"{cookies}; django_language=en", {
        "start": "/",
        "signup": "/account/signup/",
        "help": "/help/",
        "rules": "/rules/",
        "step": f"/transfers/{step}/subject/",
        "dashboard": "/filings/",
        "order": f"/transfers/{order}/",
    }


ORDERS = f"""
from transfers.models import Order
mine = Order.objects.filter(owner__email="{LIN[0]}")
print(mine.filter(state="draft", kind="transfer").first().reference, mine.filter(state="returned").first().reference)
"""


def scores_of(url: str, cookies: str, folder: Path) -> tuple[Scores, list[str]]:
    """The median of each score, and what lowered it in the last run."""
    reports = [_report(url, cookies, folder) for _ in range(RUNS)]
    categories = [report["categories"] for report in reports]
    scores = {name: statistics.median(100 * each[name]["score"] for each in categories) for name in SCORES}
    audits = reports[-1]["audits"]
    lowered = [
        f"{each['id']}: {audits[each['id']]['title']} {audits[each['id']].get('displayValue', '')}"
        for name in SCORES
        for each in reports[-1]["categories"][name]["auditRefs"]
        if each["weight"] and (audits[each["id"]]["score"] or 0) < 0.9 and audits[each["id"]]["score"] is not None
    ]
    return scores, lowered


def _report(url: str, cookies: str, folder: Path) -> dict:
    headers = folder / "headers.json"
    headers.write_text(json.dumps({"Cookie": cookies or "django_language=en"}))
    out = folder / "report.json"
    out.unlink(missing_ok=True)
    command = [
        *("npx", "--yes", "lighthouse", url, "--quiet", f"--chrome-flags={CHROME}"),
        *("--output=json", f"--output-path={out}", f"--extra-headers={headers}"),
        f"--only-categories={','.join(SCORES)}",
        "--skip-audits=is-crawlable",  # the demo invites no search engine; in production robots.txt does
    ]
    environment = {**os.environ, "CHROME_PATH": shutil.which("chromium") or CHROMIUM}
    for _attempt in range(TRIES):  # on a busy machine the browser sometimes crashes
        if subprocess.run(command, env=environment, stdout=sys.stderr).returncode == 0:
            break
    return json.loads(out.read_text("utf-8"))


if __name__ == "__main__":
    sys.exit(main())
