"""The steps of a rehearsal, one function each, for applicant, reviewer and authority."""

import io
import random
from collections.abc import Callable
from datetime import date

from PIL import Image, ImageDraw

from demo import fake_data
from demo.rehearsal import consent, photo_app
from demo.rehearsal.desk import all_in_order, case_of, form_with, review, staff
from demo.rehearsal.http_browser import Element, Page, UnexpectedPage
from demo.rehearsal.scenario import Scenario


def picture(words: str, *, width: int = 1400, height: int = 1000) -> bytes:
    """A drawn picture of a document."""
    image = Image.new("RGB", (width, height), "#fbfaf6")
    pen = ImageDraw.Draw(image)
    pen.rectangle((40, 40, width - 40, height - 40), outline="#0b5a5e", width=8)
    pen.text((120, 120), words, fill="#1b2a33", font_size=56)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def prepare(walk: Scenario) -> None:
    """Checks that portal and simulators are up; puts an invented filing on the authority's record."""
    page = walk.authority()
    if page.status != 200:
        raise UnexpectedPage("this portal's simulators are off: a rehearsal is only for a demo")
    put_on_record(walk)


def put_on_record(walk: Scenario) -> None:
    """Puts another provider's website on record, on the authority's page."""
    page = walk.authority()
    form = page.form("site_name", "lead_mobile")
    page = walk.watcher.send(
        form,
        number=walk.number,
        province=walk.province,
        id_type_code="1",
        id_number=walk.code,
        subject_name=walk.company,
        password=walk.filing_password,
        domain=walk.domain,
        site_name="示例演练网站",
        region=walk.region,
        lead_name=walk.lead.name,
        administrator_name=walk.admin.name,
        lead_mobile=walk.lead.mobile,
        lead_id_number=walk.lead.id_number,
        administrator_mobile=walk.admin.mobile,
        administrator_id_number=walk.admin.id_number,
    )
    if walk.domain not in page.html:
        raise UnexpectedPage(f"the filing was not put on record: {page.trouble()}")


def start_page(walk: Scenario) -> None:
    """The start page, and the rules of the province."""
    for path in ("/", f"/rules/{walk.province}/"):
        if walk.me.get(path).status != 200:
            raise UnexpectedPage(f"{path} answers {walk.me.page.status}")


def sign_up(walk: Scenario) -> None:
    """An account, its email and mobile confirmed by code."""
    secret = f"Quay-{walk.dice.randrange(10**9)}-lamp"
    page = walk.me.get("/account/signup/")
    page = walk.me.send(
        page.form("email", "password1"),
        email=walk.account,
        mobile=walk.account_mobile,
        password1=secret,
        password2=secret,
        agree="on",
    )
    for address in (walk.account, walk.account_mobile):
        page = walk.me.send(page.form("code"), code=walk.code_for(address))
    if "/filings/" not in page.url:
        raise UnexpectedPage(f"sign-up ended on {page.url}: {page.trouble()}")


def site_entries(walk: Scenario) -> dict[str, str]:
    """The entries of step 1: whose site, where, and which."""
    return {
        "nature": walk.nature,
        "id_type": walk.id_type,
        "id_number": walk.code,
        "name": walk.company,
        "region_province": walk.province,
        "region_city": walk.region[:4] + "00",
        "region_county": walk.region,
        "domain": f"www.{walk.domain}",
    }


def asked_type(walk: Scenario, expected: str) -> Page:
    """Fills in step 1; the page must name the expected kind of filing."""
    page = walk.me.get("/transfers/new/")
    page = walk.send_patiently(page.form("id_number", "domain"), **site_entries(walk))
    found = page.find(class_="outcome")
    outcome = found[0].attrs.get("data-outcome") if found else page.trouble()
    if outcome != expected:
        raise UnexpectedPage(f"filing type is {outcome}, not {expected}")
    return page


def verify_type(walk: Scenario) -> None:
    """Step 1: the system decides that it is a transfer, and the order begins."""
    page = asked_type(walk, "transfer")
    page = walk.me.send(page.form(action="/start/"))
    walk.reference = page.url.split("/transfers/")[1].split("/")[0]


def service_code(walk: Scenario) -> None:
    """Step 2: an instance of the account's own."""
    page = walk.me.get(walk.url("service_code/"))
    options = [each.attrs.get("value", "") for each in page.find("option")]
    server = next((each for each in options if each.startswith("i-example-")), "")
    if not server:
        raise UnexpectedPage("no server to choose from")
    page = walk.send_patiently(page.form("instance", "service_code"), instance=server)
    walk.moved_on(page, "service_code")


def filing_password(walk: Scenario) -> None:
    """Step 3: a wrong password, then the right one."""
    page = walk.me.get(walk.url("filing_password/"))
    if page.status == 404:
        return  # this profile asks for none
    page = walk.send_patiently(page.form("filing_password"), filing_password="wrong-one")  # noqa: S106
    if "filing_password" not in page.url:
        raise UnexpectedPage("a wrong filing password was taken")
    page = walk.send_patiently(page.form("filing_password"), filing_password=walk.filing_password)
    walk.moved_on(page, "filing_password")


def people(walk: Scenario) -> None:
    """Step 4: subject lead, website, website administrator."""
    page = walk.me.get(walk.url("subject/"))
    form = page.form("lead_phone1")
    theirs = {
        **person_entries("lead", walk.lead, walk.dice),
        "id_address": f"{walk.address}示例路1号",
        "post_region": walk.region,
        "post_address": "示例路1号2号楼301室",
        "is_legal_rep": "yes",
    }
    # an individual gave name and document before
    page = walk.me.send(form, {name: value for name, value in theirs.items() if name in form.names})
    walk.moved_on(page, "subject")
    page = walk.me.get(walk.url("website/"))
    page = walk.me.send(
        page.form("site_name"),
        site_name="示例演练品牌网",
        home_url=f"https://www.{walk.domain}/",
        content=["8"],
        service_kind="1",
        languages=["1"],
        needs_approval="no",
    )
    walk.moved_on(page, "website")
    if walk.nature == "individual":
        return  # so is the administrator
    page = walk.me.get(walk.url("administrator/"))
    theirs = person_entries("admin", walk.admin, walk.dice)
    page = walk.me.send(page.form("same_person"), theirs, same_person="yes" if walk.admin == walk.lead else "no")
    walk.moved_on(page, "administrator")


def person_entries(prefix: str, who: fake_data.FakePerson, dice: random.Random) -> dict[str, str]:
    """The entries for a person in charge."""
    return {
        f"{prefix}_name": who.name,
        f"{prefix}_id_type": "2",
        f"{prefix}_id_number": who.id_number,
        f"{prefix}_id_until": f"{date.today().year + 9}-06-06",
        f"{prefix}_phone1": who.mobile,
        f"{prefix}_phone2": f"137{dice.randrange(10**8):08d}",
        f"{prefix}_emergency": f"136{dice.randrange(10**8):08d}",
        f"{prefix}_email": who.email,
    }


def phones_alive(walk: Scenario) -> None:
    """Enters a code of ours for each phone, where the province asks for it."""
    consent.administrator_agrees(walk)
    page = walk.me.get(walk.url("people/"))
    cards = [card.attrs["data-role"] for card in page.find(class_="phone-card")]
    for role in cards:
        mobile = (walk.lead if role == "subject_lead" else walk.admin).mobile
        page = walk.me.get(walk.url(f"people/phone/{role}/"))
        if not any("send" in form.names for form in page.forms):
            continue  # agreeing on the phone has shown that it receives texts
        page = walk.me.send(page.form("send"), button=("send", "1"))
        page = walk.me.send(page.form("code"), code=walk.code_for(mobile))
        walk.moved_on(page, f"people/phone/{role}")


def documents(walk: Scenario) -> None:
    """Step 5: every paper of the hub, each checked by the worker."""
    page = walk.me.get(walk.url("documents/"))
    slots = sorted({link.attrs["href"].rstrip("/").split("/")[-1] for link in page.find("a") if _is_slot(link, walk)})
    if not slots:
        raise UnexpectedPage(f"no document slots on {page.url}")
    for slot in slots:
        _upload(walk, slot)
    sheet = walk.me.session.get(walk.me.base + walk.url("documents/statement.pdf").lstrip("/"), timeout=30)
    if not sheet.content.startswith(b"%PDF"):
        raise UnexpectedPage("the statement is no PDF")
    walk.wait_for("the papers to be ready", lambda: not _unready(walk))


def _is_slot(link: Element, walk: Scenario) -> bool:
    href = link.attrs.get("href", "").rstrip("/")
    return f"/transfers/{walk.reference}/documents/" in href and not href.endswith(".pdf")


def _upload(walk: Scenario, slot: str) -> None:
    page = walk.me.get(walk.url(f"documents/{slot}/"))
    if any("agree" in form.names for form in page.forms):
        page = walk.me.send(page.form("agree"), agree="on")
    if page.find(class_="slot-reused"):
        return  # it was taken over from an earlier order
    sides = [form.action for form in page.forms if "file" in form.names]
    wanted = sides[:2] if slot in ("lead_id", "admin_id") else sides[:1]
    for number, action in enumerate(wanted, 1):
        form = next(form for form in page.forms if form.action == action and "file" in form.names)
        content = picture(f"{slot} {number} {walk.reference}")
        page = walk.me.send(form, files={"file": (f"{slot}-{number}.jpg", content, "image/jpeg")})
        refused = page.find(class_="slot-again")
        if refused:
            raise UnexpectedPage(f"{slot} was refused: {' '.join(refused[0].text.split())[:200]}")


def _unready(walk: Scenario) -> list[str]:
    return gaps_on(walk.me.get(walk.url("check/")))


def gaps_on(page: Page) -> list[str]:
    """What the page of answers says is missing."""
    return [each.text for each in page.find("ul", class_="gaps")]


def submit(walk: Scenario) -> None:
    """Check your answers, then submit; pressed twice, it is sent once."""
    page = walk.me.get(walk.url("check/"))
    form = page.form("declared")
    page = walk.me.send(form, declared="on")
    walk.moved_on(page, "check")
    walk.me.send(form, declared="on")
    walk.expect_state("submitted")


def photo(walk: Scenario) -> None:
    """Step 6: the photo, and its review."""
    page = walk.me.get(walk.url("photo/"))
    (photo_app.send_photo if photo_app.is_asked(page) else _send_photo)(walk, page)
    desk = staff(walk)
    page = case_of(walk, desk)
    page = desk.send(form_with(page, "keep"), all_in_order(page), button=("move", "to_accept"))
    desk.send(form_with(page, "accept_photo"), button=("move", "accept_photo"))
    walk.expect_state("phone_due", "authority_review")


def _send_photo(walk: Scenario, page: Page) -> None:
    if ways := page.find("input", name="photo_way"):
        page = walk.me.send(page.form("photo_way"), photo_way=ways[0].attrs["value"], choose="1")
    form = page.form("file")
    content = picture("PORTRAIT IN FRONT OF THE BACKDROP", width=1200, height=1600)
    page = walk.me.send(form, files={"file": ("photo.jpg", content, "image/jpeg")})

    def sent() -> bool:
        page = walk.me.get(walk.url("photo/"))
        if not page.find(class_="slot-ready"):
            return False
        walk.me.send(page.form("photo_confirm"), photo_confirm="on", send="1")
        return walk.order_state() == "photo_review"

    walk.wait_for("the photo to be ready", sent)


def phones(walk: Scenario) -> None:
    """Step 7, where the province asks for it: the codes texted by the ministry, entered on its own site."""
    if walk.standing != "phone_due":
        return
    page = walk.me.get(walk.url("phones/"))
    if not page.find(class_="person"):
        raise UnexpectedPage("nobody is named on the page of the phones")
    desk = walk.wait_for("the report to arrive at the authority", lambda: _page_with_report(walk))
    report = next((each for each in desk.find("li", data_domain=walk.domain)), None)
    if report is None:
        raise UnexpectedPage("the authority has no report of this order")
    texts = _texts_of(desk, walk)
    if page.find("input", name="role"):  # this authority reports no phones: the applicant states it
        _state_codes(walk)
        return
    for mobile, code in texts:
        tail = (walk.lead if mobile == walk.lead.mobile else walk.admin).id_number[-6:]
        page = walk.authority("codes/")
        walk.watcher.send(page.form("mobile", "code", "tail"), mobile=mobile, code=code, tail=tail)
    walk.expect_state("authority_review")


def _page_with_report(walk: Scenario) -> Page | None:
    """The authority's desk once this order's report is on it."""
    page = walk.authority()
    return page if page.find("li", data_domain=walk.domain) else None


def _state_codes(walk: Scenario) -> None:
    """States for each person that the code was entered; the authority decides without reporting phones."""
    for _person_asked in range(2):
        page = walk.me.get(walk.url("phones/"))
        waiting = [form for form in page.forms if "role" in form.names and "undo" not in form.names]
        if not waiting:
            return
        walk.me.send(waiting[0])


def _texts_of(desk: Page, walk: Scenario) -> list[tuple[str, str]]:
    mine = {walk.lead.mobile, walk.admin.mobile}
    found, about = [], ""
    for each in (each.attrs for each in desk.find("li")):
        about = each.get("data-domain", about)  # the texts of a report follow it
        if about == walk.domain and each.get("data-mobile") in mine:
            found.append((each["data-mobile"], each["data-code"]))
    if not found:
        raise UnexpectedPage("the authority texted nobody")
    return found


def decision(walk: Scenario) -> None:
    """The authority grants the report."""
    page = walk.wait_for("the report to arrive at the authority", lambda: _page_with_report(walk))
    form = page.form("report", data_domain=walk.domain)
    walk.watcher.send(form, button=("decision", "grant"))
    walk.expect_state("approved")


def result(walk: Scenario) -> None:
    """The number is on the page and in the list of filings, and was sent by mail and text."""
    page = walk.me.get(walk.url())
    number = f"{walk.number}-{walk.site}"
    if number not in page.html:
        raise UnexpectedPage(f"{number} is not on the order's page")
    if walk.domain not in walk.me.get("/filings/?tab=sites").html:
        raise UnexpectedPage("the site is not among my filings")

    def notified() -> bool:
        page = walk.watcher.get(f"/demo/messages/?to={walk.account}")
        return bool(page.find("article", data_template="order_approved"))

    walk.wait_for("the message of the result", notified)


STEPS: tuple[tuple[str, Callable[[Scenario], None]], ...] = (
    ("prepare", prepare),
    ("start", start_page),
    ("sign_up", sign_up),
    ("verify_type", verify_type),
    ("service_code", service_code),
    ("filing_password", filing_password),
    ("people", people),
    ("phones_alive", phones_alive),
    ("documents", documents),
    ("submit", submit),
    ("review", review),
    ("photo", photo),
    ("phones", phones),
    ("decision", decision),
    ("result", result),
)
