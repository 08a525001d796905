"""`make pictures`: a picture of every page, in both languages, on a phone and a computer, by day and by night.

They are written to var/pictures/<language>-<width>-<theme>/<page>.png, contact sheets to var/pictures/index.html.
`ONLY=zh-390,order.transfer` takes those whose folder and name contain one of the words.
"""

import os
from html import escape
from itertools import product
from pathlib import Path

from tests.seen import stage  # first: it sets the portal up

# isort: split
from playwright.sync_api import sync_playwright

from tests.environment import CHROMIUM, FLAGS
from tests.seen import sights
from tests.walk.looks import THEMES, WIDTHS, Eyes
from tests.walk.walks import LANGUAGES

HERE = Path(__file__).resolve().parent.parent.parent / "var" / "pictures"
TALLEST = 6000
SHEET = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>
body {{ font: 14px sans-serif; margin: 16px; background: #888 }} h1 {{ font-size: 18px }}
div {{ display: flex; flex-wrap: wrap; gap: 16px; align-items: start }} figure {{ margin: 0; width: {width}px }}
img {{ width: 100%; background: #fff }} figcaption {{ overflow-wrap: anywhere }}
</style><h1>{title}</h1>{body}</html>
"""


def main() -> None:
    only = [word for word in os.environ.get("ONLY", "").split(",") if word]
    made = stage.build()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for language in LANGUAGES:
            wanted = (sight for sight in sights.of(made, language) if files_of(sight, language, only))
            taken = sum(_pictures_of(sight, eyes, language, only) for sight, eyes in sights.open_each(browser, wanted))
            print(f"{language}: {taken} pictures")
        browser.close()
    print(f"{sheets()} pictures: {HERE / 'index.html'}")


def files_of(sight: sights.Sight, language: str, only: list[str]) -> dict[tuple[str, int], str]:
    """The requested pictures of a page, by theme and width."""
    named = {
        (theme, width): f"{language[:2]}-{width}-{theme}/{sight.title}.png" for theme, width in product(THEMES, WIDTHS)
    }
    return {look: name for look, name in named.items() if not only or any(word in name for word in only)}


def _pictures_of(sight: sights.Sight, eyes: Eyes, language: str, only: list[str]) -> int:
    """Takes them and returns how many."""
    wanted = files_of(sight, language, only)
    for (theme, width), name in wanted.items():
        eyes.turn(theme, width)
        picture_of(eyes, HERE / name)
    return len(wanted)


def picture_of(eyes: Eyes, file: Path) -> None:
    """Takes the whole page, unless it is very long."""
    file.parent.mkdir(parents=True, exist_ok=True)
    height = min(TALLEST, eyes.page.evaluate("document.documentElement.scrollHeight"))
    width = eyes.page.viewport_size["width"]
    eyes.page.screenshot(
        path=str(file), full_page=True, animations="disabled",
        clip={"x": 0, "y": 0, "width": width, "height": height},
    )  # fmt: skip


def sheets() -> int:
    """Writes a contact sheet per folder, and a page with links to them; returns the number of pictures."""
    folders = {folder: sorted(folder.glob("*.png")) for folder in sorted(HERE.iterdir()) if folder.is_dir()}
    links = []
    for folder, files in folders.items():
        body = "".join(_figure(folder.name, file.stem) for file in files)
        page = SHEET.format(title=folder.name, width=180 if "-390-" in folder.name else 320, body=f"<div>{body}</div>")
        (HERE / f"{folder.name}.html").write_text(page, "utf-8")
        links.append(f'<li><a href="{folder.name}.html">{folder.name}</a>: {len(files)}</li>')
    index = SHEET.format(title="Every page", width=320, body=f"<ul>{''.join(links)}</ul>")
    (HERE / "index.html").write_text(index, "utf-8")
    return sum(map(len, folders.values()))


def _figure(folder: str, title: str) -> str:
    name = f"{folder}/{escape(title)}.png"
    return (
        f'<figure><a href="{name}"><img src="{name}" alt="" loading="lazy"></a>'
        f"<figcaption>{escape(title)}</figcaption></figure>"
    )


if __name__ == "__main__":
    main()
