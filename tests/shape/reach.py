"""How many modules of ours one page needs: those that the view of an uploaded document imports."""

from tests.shape.tree import Function, Measure, Module, Tree

VIEW = "serve"  # the view of one uploaded document
ENTRY = ("transfers/documents/", "transfers/documents/views/files.py")
APART = ("icpportal.settings", "icpportal.configuration")


def measures(tree: Tree) -> list[Measure]:
    entry = _entry(tree)
    reached = sorted(module.path for module in reached_from(tree, entry))
    outside = tuple(path for path in reached if not path.startswith(f"{entry.folder}/"))
    return [
        Measure("reach", "modules that the view of one document reaches", len(reached), 20, tuple(reached)),
        Measure("reach-outside", "of them outside its folder", len(outside), 8, outside),
    ]


def _entry(tree: Tree) -> Module:
    for place in ENTRY:
        for module in tree.modules:
            if module.path.startswith(place) and isinstance(module.names.get(VIEW), Function):
                return module
    raise LookupError(f"No module of {' or '.join(ENTRY)} defines {VIEW}: say in {__name__} where it went")


def reached_from(tree: Tree, entry: Module) -> set[Module]:
    """All modules of ours it imports, directly or not; a package only if a name comes from its `__init__.py`."""
    seen, left = {entry}, [entry]
    while left:
        for module in _targets(tree, left.pop()):
            if module not in seen and not _is_apart(module):
                seen.add(module)
                left.append(module)
    return seen - {entry}


def _targets(tree: Tree, module: Module) -> list[Module]:
    """`from a.b import c` means a.b.c if that is a module, and else a.b."""
    found = [tree.by_name.get(name) or tree.by_name.get(name.rpartition(".")[0]) for _, name in module.imported]
    return [each for each in found if each]


def _is_apart(module: Module) -> bool:
    return "models" in module.name.split(".") or module.name.startswith(APART)
