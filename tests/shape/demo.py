"""Parts of the demo inside the product, and imports of the demo."""

import re

from tests.shape.tree import Measure, Tree

OWN = ("demo/", "templates/demo/")  # left out of the production image
WORDS = {"demo", "simulator", "seed", "rehearsal", "rehearse", "supervisor"}  # in a path, they mark the demo
# parts of the demo whose name does not say so, by their current and possible future names
UNNAMED = (
    r"icpportal/management/(invented|fake_data|browsing|http_browser|watch|run_with_parent)\.py",
    r"icpportal/gateways/(sms|photo_app)/(page|tray|file_inbox)\.py",
    r"templates/photo_app/.*",
)


def measures(tree: Tree) -> list[Measure]:
    files = [each for each in (*tree.modules, *tree.templates) if is_demo_inside(each.path)]
    lines = [(each.path, len(each.text.splitlines())) for each in files]
    importers = tuple(
        f"{module.path}:{line} {name}"
        for module in tree.modules
        if not module.path.startswith("demo/")
        for line, name in module.imported
        if name.partition(".")[0] == "demo"
    )
    return [
        Measure(
            "demo-lines",
            "lines of demo inside the product",
            sum(count for _, count in lines),
            0,
            tuple(f"{path}:{count}" for path, count in lines),
        ),
        Measure("demo-imports", "imports of demo from the product", len(importers), 0, importers),
    ]


def is_demo_inside(path: str) -> bool:
    if path.startswith(OWN):
        return False
    words = set(re.split(r"[/_.]", path))
    return bool(WORDS & words) or any(re.fullmatch(pattern, path) for pattern in UNNAMED)
