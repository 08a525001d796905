"""`make axe`: runs axe on every page in both languages, by day and by night, on a phone and a computer.

It also measures what axe does not: size of targets, the focus ring, no horizontal scrolling at 320 and 1600
pixels, nothing cut off when words are spaced wider. `ONLY=order,slot` selects pages by name. Each language has a
process of its own: `python -m tests.seen.judgement en` is one of them.
"""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from itertools import product

from tests.seen import stage  # first: it sets the portal up

# isort: split
from playwright.sync_api import sync_playwright

from tests.environment import CHROMIUM, FLAGS
from tests.seen import measures, sights
from tests.walk.looks import THEMES, WIDTHS, Eyes, known_of
from tests.walk.walks import LANGUAGES

Found = dict[tuple[str, str], set[str]]


def main() -> int:
    """1 when anything was found."""
    if sys.argv[1:]:
        return look(sys.argv[1:])
    itself = [sys.executable, "-m", "tests.seen.judgement"]
    beside = [subprocess.Popen([*itself, language]) for language in LANGUAGES]
    return max(each.wait() for each in beside)


def look(languages: Sequence[str]) -> int:
    """Checks all pages in these languages."""
    only = [word for word in os.environ.get("ONLY", "").split(",") if word]
    made = stage.build()
    found: Found = defaultdict(set)
    looked = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in languages:
            for sight, eyes in sights.open_each(browser, sights.of(made, language)):
                if not only or any(word in sight.title for word in only):
                    looked += 1
                    judge(sight, eyes, language, found)
        browser.close()
    for (rule, element), where in sorted(found.items()):
        print(f"{rule}: {element}\n    {len(where)}: {', '.join(sorted(where)[:4])}")
    print(f"{', '.join(languages)}: {looked} pages, {len(THEMES) * len(WIDTHS)} looks each: {len(found)} findings")
    return bool(found)


def judge(sight: sights.Sight, eyes: Eyes, language: str, found: Found) -> None:
    """Records everything wrong with a page, by rule and element."""
    for theme, width in product(THEMES, WIDTHS):
        eyes.turn(theme, width)
        seen = eyes.judge() + (measures.failures_of(eyes) if theme == THEMES[0] and is_ours(sight) else [])
        for rule, element in seen:
            if not known_of(rule, sight.page.name, element):
                found[rule, element].add(f"{sight.title} {language} {theme} {width}")
    for rule, element in measures.failures_when_stretched(eyes) if is_ours(sight) else []:
        found[rule, element].add(f"{sight.title} {language}")


def is_ours(sight: sights.Sight) -> bool:
    """The measures are for the applicant's pages only: Django renders the desk's."""
    return not sight.page.name.startswith("admin:")


if __name__ == "__main__":
    sys.exit(main())
