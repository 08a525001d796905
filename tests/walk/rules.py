"""Rules for every page and reader: each returns the elements that break it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urldefrag, urlsplit

from lxml import html

from tests.walk.pages import FRAGMENTS
from tests.walk.walker import Page, Walker, is_ours, links, questions

Rule = Callable[[Page, Walker], Iterator[Any]]
SCHEMES = ("mailto", "tel", "data")


def nothing_is_empty(page: Page, walker: Walker) -> Iterator[Any]:
    """No `href`, `src` or `action` without an address, except on buttons that Django's own scripts handle."""
    for name in ("href", "src", "action", "formaction", "srcset"):
        for each in page.tree.xpath(f"//*[@{name}]"):
            scripted = each.get("role") == "button" or "cancel-link" in each.get("class", "").split()
            if each.get(name).strip() == "" or (each.get(name).strip() == "#" and not scripted):
                yield each


def an_address_is_one(page: Page, walker: Walker) -> Iterator[Any]:
    """Links to other hosts are well-formed; links to a place on the page have a target."""
    there = {each.get("id") for each in page.tree.xpath("//*[@id]")}
    for element in page.tree.xpath("//*[@href]"):
        address = element.get("href").strip()
        scheme, host = urlsplit(page.lead(address))[:2]
        if address.startswith("#"):
            if len(address) > 1 and address[1:] not in there:
                yield element
        elif not is_ours(page.lead(address)) and not (scheme in SCHEMES or (scheme in ("http", "https") and host)):
            yield element


def a_control_has_its_form(page: Page, walker: Walker) -> Iterator[Any]:
    """A `form` attribute names an existing form, or a press does nothing."""
    there = {each.get("id") for each in page.tree.iter("form")}
    yield from (each for each in page.tree.xpath("//*[@form]") if each.get("form") not in there)


def enter_sends_the_form(page: Page, walker: Walker) -> Iterator[Any]:
    """Enter in a field presses the first button of its form, anywhere on the page: never one that leads elsewhere."""
    for form in page.tree.iter("form"):
        own = [each for each in page.tree.xpath(PRESSED) if _form_of(each) in (form, form.get("id"))]
        if form.xpath(TYPED_INTO) and own and own[0].get("formaction"):
            yield own[0]


PRESSED = "//button[not(@type) or @type='submit'] | //input[@type='submit' or @type='image']"
TYPED_INTO = (
    ".//input[not(@type) or contains(' text email tel number search password url date ', concat(' ', @type, ' '))]"
)


def a_question_fits_into_its_address(page: Page, walker: Walker) -> Iterator[Any]:
    """What can be typed into a form that asks by its address fits there, or gunicorn answers with a bare page."""
    for form in page.tree.xpath("//form[not(@method) or @method='get']"):
        most = sum(CHINESE * int(each.get("maxlength", REQUEST_LINE)) for each in form.xpath(WORDS))
        if most > REQUEST_LINE / 2:  # the rest is for what the address has already
            yield form


REQUEST_LINE = 4094  # the most characters of gunicorn's `limit_request_line`
CHINESE = len("%E5%9F%9F")  # a Chinese character in an address
WORDS = ".//input[not(@type) or @type='text' or @type='search']"


def _form_of(control: Any) -> Any:
    """The form that a control belongs to, or the form's name."""
    return control.get("form") or next(control.iterancestors("form"), None)


def one_main_heading(page: Page, walker: Walker) -> Iterator[Any]:
    """Exactly one `h1`, with text."""
    if page.name in FRAGMENTS:
        return
    found = page.tree.findall(".//h1")
    if len(found) != 1 or not text_of(found[0]):
        yield from found or [page.tree]


def no_button_leads_back_here(page: Page, walker: Walker) -> Iterator[Any]:
    """A link styled as a button, and Back, lead to another page, redirects followed."""
    here = urldefrag(page.url).url
    for element, target in links(page):
        named = element.get("class", "").split()
        if not {"button", "back", "object-tools"} & set(named):
            continue
        if here in (urldefrag(target).url, walker.arrive(target, anew=True, drawn=False).url):
            yield element


def one_primary_button(page: Page, walker: Walker) -> Iterator[Any]:
    """At most one button stands out, and names its action; further ones break the rule."""
    found = [each for each in page.tree.xpath("//a | //button | //input") if _is_primary(each)]
    yield from found[1:]


def _is_primary(element: Any) -> bool:
    """A button of ours that is not quiet; on the desk's pages Django's default button."""
    named = set(element.get("class", "").split())
    return ("button" in named and "button-secondary" not in named) if "default" not in named else True


def every_link_arrives(page: Page, walker: Walker) -> Iterator[Any]:
    """No 4xx or 5xx behind a link or a GET form."""
    for element, target in (*links(page), *questions(page)):
        if walker.wants(target, text_of(element)) and walker.arrive(target).status >= 400:
            yield element


def text_of(element: Any) -> str:
    """The text of a link."""
    return " ".join(element.xpath("string()").split())


RULES: dict[str, Rule] = {
    "empty address": nothing_is_empty,
    "no address": an_address_is_one,
    "no form": a_control_has_its_form,
    "enter": enter_sends_the_form,
    "long question": a_question_fits_into_its_address,
    "main heading": one_main_heading,
    "leads back here": no_button_leads_back_here,
    "primary buttons": one_primary_button,
    "dead link": every_link_arrives,
}


def violations(page: Page, walker: Walker) -> Iterator[tuple[str, str]]:
    """What is wrong with a page, by rule: the element's markup."""
    for name, rule in RULES.items():
        for element in rule(page, walker):
            text = html.tostring(element, encoding="unicode", with_tail=False)
            yield name, " ".join(text.split())[:200]
