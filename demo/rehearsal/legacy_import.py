"""The steps of `rehearse --kind import`: data from the old platform are previewed and imported, in three parts."""

from collections.abc import Callable

from demo.rehearsal import transfer as steps
from demo.rehearsal.http_browser import Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario

OLD_PASSWORD = "Old-Quay-2012"  # noqa: S105 -- an invented person's
OTHER_MOBILE = "13900000099"
WORDS = {"imported": "New", "same": "Same as here", "kept": "Differs"}  # the preview's English words for each


def sites(walk: Scenario) -> list[str]:
    """The websites of the old account; the walk begins with the first."""
    return [walk.domain, f"shop-{walk.domain}", f"blog-{walk.domain}"]


def old_account(walk: Scenario) -> str:
    return f"old-{walk.account}"


def prepare(walk: Scenario) -> None:
    """The authority knows the filing; the demo's old platform has it and two more of the same subject."""
    steps.prepare(walk)
    for number, domain in enumerate(sites(walk), 1):
        put_on_old_platform(walk, domain, number, walk.lead.mobile)


def put_on_old_platform(walk: Scenario, domain: str, number: int, mobile: str) -> None:
    """Loads one row on the old platform's page, as operations load a dump."""
    page = walk.watcher.get("/demo/old-platform/")
    page = walk.watcher.send(
        page.form("account_email", "domain"),
        account_email=old_account(walk),
        account_password=OLD_PASSWORD,
        id_number=walk.code,
        name=walk.company,
        region=walk.region,
        domain=domain,
        subject_number=walk.number,
        site_number=f"{walk.number}-{number}",
        id_address=f"{walk.address}示例路1号",
        post_region=walk.region,
        lead_name=walk.lead.name,
        lead_id_number=walk.lead.id_number,
        lead_phone1=mobile,
        lead_email=walk.lead.email,
        site_name=f"示例演练旧站之{number}",
    )
    if not page.find(id="loaded"):
        raise UnexpectedPage(f"{domain} was not put on the old platform: {page.trouble()}")


def import_first(walk: Scenario) -> None:
    """Verify type finds the record on the old platform and leads to the import."""
    page = steps.asked_type(walk, "import_first")
    if not page.find("a", href="/import/"):
        raise UnexpectedPage(f"no way to the import on {page.url}")


def prove(walk: Scenario) -> None:
    """The old account: a wrong password, then the right one."""
    page = prove_account(walk, old_account(walk), "wrong-one")
    if not page.find(class_="error-summary"):
        raise UnexpectedPage("a wrong password of the old account was taken")
    _taken_to(walk, prove_account(walk, old_account(walk), OLD_PASSWORD), "previewed")


def prove_account(walk: Scenario, account: str, password: str) -> Page:
    """The import page's answer to an old account and its password."""
    page = walk.me.get("/import/")
    return walk.me.send(page.form("old_account"), old_account=account, old_password=password)


def _taken_to(walk: Scenario, page: Page, state: str) -> None:
    """Checks that the page is the import's, in this state."""
    head = page.find(class_="import-head")
    if not head:
        raise UnexpectedPage(f"no import on {page.url}: {page.trouble()}")
    walk.reference = page.url.split("/import/")[1].split("/")[0]
    walk.standing = head[0].attrs["data-state"]
    if walk.standing != state:
        raise UnexpectedPage(f"the import is {walk.standing}, not {state}")


def _import_one(walk: Scenario, *, subject: str, left: list[str]) -> None:
    """The preview shows the subject's state and what is left; a worker imports the first of it."""
    page = walk.me.get(_url(walk))
    if not any(WORDS[subject] in each.text for each in page.find("section", data_subject_state=subject)):
        raise UnexpectedPage(f"the preview does not say that the subject is {WORDS[subject]}")
    for domain in left:
        (row,) = page.find("article", data_domain=domain) or (None,)
        if row is None or row.attrs["data-site-state"] != "imported" or WORDS["imported"] not in row.text:
            raise UnexpectedPage(f"the preview does not say that {domain} is new")
    walk.me.send(page.form("site", action="/run/"), site=[left[0]])
    walk.wait_for(f"the import of {left[0]}", lambda: outcome(walk, left[0]) == "imported")
    _taken_to(walk, walk.me.get(_url(walk)), "imported")


def _url(walk: Scenario) -> str:
    return f"/import/{walk.reference}/"


def outcome(walk: Scenario, domain: str) -> str:
    """The outcome for a website, once the import has ended."""
    page = walk.me.get(_url(walk))
    head, row = page.find(class_="import-head"), page.find("tr", data_domain=domain)
    ended = bool(head) and head[0].attrs["data-state"] in ("imported", "failed")
    return row[0].attrs["data-outcome"] if ended and row else ""


def new(walk: Scenario) -> None:
    """Everything is new and nothing is here before the button is pressed; one website is chosen."""
    if _mine(walk):
        raise UnexpectedPage("the preview has imported something")
    _import_one(walk, subject="imported", left=sites(walk))


def same(walk: Scenario) -> None:
    """A second preview of the rest: the subject is the same as here."""
    _look_again(walk)
    _import_one(walk, subject="same", left=sites(walk)[1:])


def differs(walk: Scenario) -> None:
    """Operations load a newer dump: the subject now differs, and what is here is kept."""
    last = sites(walk)[-1]
    put_on_old_platform(walk, last, 3, OTHER_MOBILE)
    _look_again(walk)
    _import_one(walk, subject="kept", left=[last])


def _look_again(walk: Scenario) -> None:
    page = walk.me.get(_url(walk))
    _taken_to(walk, walk.me.send(page.form(action="/again/")), "previewed")


def _mine(walk: Scenario) -> list[str]:
    """The domains that my filings list as on file here."""
    links = (each for each in walk.me.get("/filings/?tab=sites").find("a") if each.text.strip() in sites(walk))
    return sorted(each.text.strip() for each in links)


def result(walk: Scenario) -> None:
    """Every website is in my filings, the person has the messages, and step 1 knows it."""
    if _mine(walk) != sorted(sites(walk)):
        raise UnexpectedPage(f"my filings are {', '.join(_mine(walk))}")

    def notified() -> bool:
        letters = walk.watcher.get(f"/demo/messages/?to={walk.account}")
        return len(letters.find("article", data_template="import_complete")) == len(sites(walk))

    walk.wait_for("the messages of the three imports", notified)
    steps.asked_type(walk, "already_here")


def once_more(walk: Scenario) -> None:
    """Importing again says that everything is here already, and changes nothing."""
    page = prove_account(walk, old_account(walk), OLD_PASSWORD)
    _taken_to(walk, page, "imported")
    if not page.find(id="already-here"):
        raise UnexpectedPage("the page does not say that everything is here already")
    if _mine(walk) != sorted(sites(walk)):
        raise UnexpectedPage("importing again has changed my filings")


STEPS: tuple[tuple[str, Callable[[Scenario], None]], ...] = (
    ("prepare", prepare),
    ("start", steps.start_page),
    ("sign_up", steps.sign_up),
    ("import_first", import_first),
    ("prove", prove),
    ("new", new),
    ("same", same),
    ("differs", differs),
    ("result", result),
    ("once_more", once_more),
)
