"""Measurements by a browser on an open page: each returns the elements that fail it."""

from typing import Any

from tests.walk.looks import Eyes

SMALLEST = 44
NARROWEST, WIDEST = 320, 1600  # 320: a page of 1280 enlarged four times
WIDER = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-bottom: 2em !important }"""

# a link within a sentence may be small (WCAG 2.5.8); the row of a checkbox or choice counts as its target
SMALL = """least => {
  // a word that explains itself is a button, which no browser calls inline
  const inSentence = (e) => (e.matches(".term") || (e.matches("a") && getComputedStyle(e).display === "inline")) &&
    [...e.parentNode.childNodes].some((n) => n !== e && n.nodeType === 3 && /[\\p{L}\\p{N}]/u.test(n.textContent));
  const row = (e) => e.closest(".choice, label") || (e.labels && e.labels[0]) || e;
  return [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest(".skip, .sr") && !inSentence(e))
    .map((e) => [e, (["checkbox", "radio"].includes(e.type) ? row(e) : e).getBoundingClientRect()])
    .map(([e, box]) => {
      const over = e.tagName === "A" && getComputedStyle(e, "::after").position === "absolute" ? e.offsetParent : e;
      return [e, over === e ? box : over.getBoundingClientRect()];
    })
    .filter(([, box]) => box.width > 1 && Math.round(box.height) < least)
    .map(([e, box]) => `${Math.round(box.height)} px: ${e.outerHTML.slice(0, 120)}`);
}"""
SIDEWAYS = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
  [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1 &&
    !e.closest(".nav, .tabs, .snippet, pre, .results")).map((e) => e.outerHTML.slice(0, 120)).slice(0, 3)
    .concat([`${document.documentElement.scrollWidth} px wide`])"""
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((e) => {
  const look = getComputedStyle(e);
  return e.children.length === 0 && e.textContent.trim() && ["hidden", "clip"].includes(look.overflowY) &&
    !e.closest(".sr, .word, .demo-long, .nav") && look.clipPath === "none" && e.clientHeight > 1 &&
    e.scrollHeight > e.clientHeight + 2;
}).map((e) => e.outerHTML.slice(0, 120))"""
# what the Tab key reaches, in the order of the page, with a visible focus
UNSEEN = """() => {
  const named = (e) => e.outerHTML.slice(0, 120);
  const ahead = [...document.querySelectorAll("[tabindex]")].filter((e) => e.tabIndex > 0);
  const found = ahead.map((e) => `order: ${named(e)}`);
  const reached = [...document.querySelectorAll("a[href], button, summary, select, textarea, input, [tabindex='0']")]
    .filter((e) => e.type !== "hidden" && e.checkVisibility({ visibilityProperty: true }) && !e.disabled);
  const isRinged = (e) => {
    const look = getComputedStyle(e);
    return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  };
  for (const e of reached) {
    e.focus({ focusVisible: true });
    if (document.activeElement !== e) continue;
    const around = [e, e.closest(".choice"), e.parentElement, e.nextElementSibling].filter(Boolean);
    if (!around.some(isRinged)) found.push(`no ring: ${named(e)}`);
  }
  document.activeElement.blur();
  return found;
}"""


def failures_of(eyes: Eyes) -> list[tuple[str, str]]:
    """The elements that fail a measure on the open page, at its current width."""
    page = eyes.page
    found = [("small target", each) for each in page.evaluate(SMALL, SMALLEST)]
    return found + [("focus", each) for each in page.evaluate(UNSEEN)]


def failures_when_stretched(eyes: Eyes) -> list[tuple[str, str]]:
    """The same page at its narrowest and widest, and with the words spaced wider."""
    found: list[tuple[str, str]] = []
    for width in (NARROWEST, WIDEST):
        eyes.turn("light", width)
        found += _named(f"sideways at {width}", eyes.page.evaluate(SIDEWAYS))
    eyes.turn("light", 390)
    style: Any = eyes.page.add_style_tag(content=WIDER)
    found += _named("sideways when spaced wider", eyes.page.evaluate(SIDEWAYS))
    found += _named("cut off when spaced wider", eyes.page.evaluate(CUT))
    style.evaluate("element => element.remove()")
    return found


def _named(what: str, elements: list[str]) -> list[tuple[str, str]]:
    return [(what, each) for each in elements]
