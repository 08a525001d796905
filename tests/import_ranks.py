"""The order of the folders: a module imports from its own folder or from one above it in this table.

A row is a folder with its modules but without subfolders, or one file that has a rank apart from its
folder. Commands and migrations count to the folder of their app. Imports for the type checker only are exempt.
"""

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

KIT = (
    "icpportal/paths.py",
    "icpportal/time_format.py",
    "icpportal/command_line",
    "icpportal/database",
    "icpportal/fields",
    "icpportal/kept_html",
    "icpportal/desk",
    "icpportal/desk/stock",
    "icpportal/audit",
    "icpportal/privacy",
    "icpportal/privacy/files",
    "icpportal/logs.py",
    "icpportal/metrics",
    "icpportal/workdays",
    "icpportal/alarms",
    "icpportal/privacy/key_change",
    "icpportal/audit/refusals.py",  # raises an alarm
    "icpportal/gateways",
    "icpportal/gateways/sms",
    "icpportal/gateways/inventory",
    "icpportal/gateways/scanner",
    "icpportal/gateways/photo_app",
    "icpportal/gateways/dns",
    "icpportal/gateways/web_pages",
    "icpportal/gateways/miit/types.py",
    "icpportal/gateways/miit/base.py",  # the door
    "icpportal/gateways/miit/models.py",
    "icpportal/gateways/miit/documents",
    "icpportal/gateways/miit/codes",
    "icpportal/gateways/miit/documents/v30",
    "icpportal/gateways/miit/documents/versions.py",
    "icpportal/gateways/miit/client",
    "icpportal/gateways/miit/line",
    "icpportal/gateways/miit/outgoing",
    "icpportal/gateways/miit/incoming",
    "icpportal/gateways/miit/operations",
    "icpportal/gateways/miit",
    "icpportal/codes",
    "icpportal/lifecycle",
    "icpportal/drafts",
    "icpportal/accounts",
    "icpportal/accounts/staff",
    "icpportal/accounts/sign_in",
    "icpportal/accounts/views",
    "icpportal/accounts/urls.py",
    "icpportal/outbox/models.py",
    "icpportal/outbox/receipts",
    "icpportal/outbox/texts",
    "icpportal/outbox/channels",
    "icpportal/outbox/queries.py",
    "icpportal/outbox/quiet_hours.py",
    "icpportal/outbox/sending",
    "icpportal/outbox",
    "icpportal/approvals",
    "icpportal/audit/admin.py",  # names what was looked at
    "icpportal/accounts/staff/forms.py",  # a second person is asked there
    "icpportal/accounts/admin.py",
    "icpportal/wizard",
)
VERIFICATION = (
    "verification/file_names.py",
    "verification/pictures",
    "verification/models",
    "verification/attempts.py",
    "verification/consents.py",
    "verification/filing_passwords.py",
    "verification/statement",
    "verification/photos",
    "verification/documents/sandbox",
    "verification/documents",
    "verification/backdrops",
    "verification/phones",
    "verification/service_codes",
    "verification",
)
FILINGS = (
    "filings/site_codes.py",
    "filings/equality.py",
    "filings/provinces",
    "filings/register",
    "filings/checks",
    "filings/models",
    "filings/queries.py",
    "filings/actions.py",
    "filings/authority_records.py",
    "filings/legacy_import/dump",
    "filings/legacy_import",
    "filings/legacy_import/claims",
    "filings/legacy_import/views",
    "filings/legacy_import/admin.py",
    "filings",
)
TRANSFERS = (
    # the base that the models import: what a state and a kind of order mean (docs/decisions.md)
    "transfers/orders/rows.py",
    "transfers/orders/states.py",
    "transfers/orders/kinds.py",
    "transfers/models",
    "transfers/orders",
    "transfers/durations",
    "transfers/notifications",
    "transfers/calls",
    "transfers/objections",
    "transfers/second_look",
    "transfers/duties",
    "transfers/footer",
    "transfers/effects.py",  # the effects of a move; orders call it by settings.ORDER_EFFECTS
    "transfers/retention/erasure.py",
    "transfers/rights",
    "transfers/proofs",
    "transfers/pages",
    "transfers/phones",
    "transfers/steps",
    "transfers/documents",
    "transfers/returns",
    "transfers/filing_type",
    "transfers/check",
    "transfers/photo",
    "transfers/phone_upload",
    "transfers/photo/views",
    "transfers/documents/views",
    "transfers/steps/views",
    "transfers/service_codes",
    "transfers/cancellation",
    "transfers/authority",
    "transfers/deadlines",
    "transfers/order_page",
    "transfers/dashboard",
    "transfers/rights/exports",
    "transfers/rights/sweep.py",
    "transfers/rights/views",
    "transfers/rights/urls.py",
    # what reviewers do, under the pages on which they do it
    "transfers/review/values.py",
    "transfers/review/staff.py",
    "transfers/review/reasons",
    "transfers/review/leases.py",
    "transfers/review/unsent_orders.py",
    "transfers/review/purposes.py",
    "transfers/review/second_look.py",
    "transfers/review/actions.py",
    "transfers/review/decisions.py",
    "transfers/review/refusals.py",
    "transfers/review/baskets",
    "transfers/review/search",
    "transfers/review/cases/parts",
    "transfers/review/cases",
    "transfers/review/cases/decision",
    "transfers/review/cases/second",
    "transfers/review/worklists",
    "transfers/review/calls",
    "transfers/review/reasons/pages",
    "transfers/review/objections",
    "transfers/review/home",
    "transfers/review",
    "transfers/review/figures",
    "transfers/review/figures/charts",
    "transfers/review/figures/page",
    "transfers/review/exports",
    "transfers/retention",
    "transfers",
)
COMPOSITION = (
    "icpportal/configuration",
    "icpportal/models.py",
    "icpportal/backup",
    "icpportal/operations",
    "icpportal/operations/checks",
    "icpportal/operations/monitoring",
    "icpportal/celery",
    "icpportal/pages",
    "icpportal/pages/markup",
    "icpportal/pages/help",
    "icpportal/templatetags",
    "icpportal/formats",
    "icpportal/formats/en",
    "icpportal/formats/zh_Hans",
    "icpportal",
)
DEMO = (
    "demo/fake_data.py",
    "demo/servers",
    "demo/ministry/api",
    "demo/ministry",
    "demo/ministry/files",
    "demo/ministry/desk",
    "demo/ministry/interface",
    "demo/ministry/pages",
    "demo/ministry/urls.py",
    "demo/messages",
    "demo/photo_app",
    "demo/old_platform",
    "demo/seed",
    "demo/supervisor",
    "demo/rehearsal",
    "demo",
)
RANKS = (*KIT, *VERIFICATION, *FILINGS, *TRANSFERS, *COMPOSITION, *DEMO)
RANK = {row: place for place, row in enumerate(RANKS)}
PACKAGES = ("icpportal", "verification", "filings", "transfers", "demo")
BLOCKS = (ast.stmt, ast.ExceptHandler, ast.match_case)  # what contains statements
OF_THE_APP = ("migrations", "management")


def row_of(path: str) -> str:
    """The row of the table for a file of the tree, whether or not it exists."""
    if path in RANK:
        return path
    folders = path.split("/")[:-1]
    ours = next((place for place, name in enumerate(folders) if name in OF_THE_APP), len(folders))
    return "/".join(folders[:ours])


def modules_of(root: Path) -> dict[str, str]:
    """Every module of ours by its dotted name, with its path."""
    paths = [path.relative_to(root) for package in PACKAGES for path in sorted((root / package).rglob("*.py"))]
    return {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path.as_posix() for path in paths}


@cache
def imports_of(root: Path) -> dict[str, set[str]]:
    """The modules of ours that each module imports, by path, at its top or inside a function."""
    modules = modules_of(root)
    return {path: set(_imported(root, path, modules)) - {path} for path in modules.values()}


def _imported(root: Path, path: str, modules: dict[str, str]) -> Iterator[str]:
    package = path.split("/")[:-1]
    for node in _at_run_time(ast.parse((root / path).read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *filter(None, [node.module])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        for name in names:
            found = modules.get(name) or modules.get(name.rpartition(".")[0])
            if found:
                yield found


def _at_run_time(node: ast.AST) -> Iterator[ast.AST]:
    """All statements except those under `TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, BLOCKS) and not (
            isinstance(node, ast.If) and _is_for_types(node.test) and child in node.body
        ):
            yield child
            yield from _at_run_time(child)


def _is_for_types(test: ast.expr) -> bool:
    return (test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")) == "TYPE_CHECKING"


def without_rank(root: Path) -> list[str]:
    """Folders, and files in them, missing from the table."""
    return sorted({row for path in modules_of(root).values() if (row := row_of(path)) not in RANK})


def without_module(root: Path) -> list[str]:
    """Rows of the table without any module."""
    return sorted(set(RANK) - {row_of(path) for path in modules_of(root).values()})


def climbing(root: Path) -> list[str]:
    """Every import from a row to one below it in the table."""
    return [
        f"{path} imports {other}: {row_of(path)} may not look up to {row_of(other)}"
        for path, others in imports_of(root).items()
        for other in sorted(others)
        if RANK.get(row_of(other), 0) > RANK.get(row_of(path), 0)
    ]


def circle(root: Path) -> list[str]:
    """Modules that import each other in a circle, the first again at the end; empty when there is none."""
    try:
        TopologicalSorter(imports_of(root)).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []
