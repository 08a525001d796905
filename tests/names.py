"""Finds names in docstrings and comments that do not exist in the code.

Text in backticks is compared with the code of the five packages, without docstrings and comments. Tests
and migrations do not count. What is taken as a name, and when it exists:

- a class (`CamelCase`): a class of ours, or known in this file; after "raises" it is an exception;
- a dotted name: the module or class of ours that is its first part defines the second. If the first is neither,
  this file knows it, or it is a constant, and some code of ours knows the second. With an ending it is a file;
- a call: a function or class of ours, or called in this file;
- a name with underscores or in capitals: a word of any code, template or script of ours;
- another word: one of this file, of a template or script, or one that code of ours defines or gives a value.
"""

import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = ("icpportal", "transfers", "filings", "verification", "demo")
BESIDE = ("templates/**/*.*", "static/**/*.js", "static/**/*.css", "production.env.example", "Makefile")
ENDINGS = {"py", "html", "txt", "js", "css", "toml", "svg", "md"}

# what libraries, protocols and other systems call their things, and examples
FOREIGN = {
    *("QuerySet.update", "UploadedFile", "UUIDField", "ValidationError", "collectstatic", "migrate"),  # Django
    "frontal_face.svm",  # a file that is no text
    "INSTREAM",  # clamd
    "OutId",  # Alibaba Cloud
    "UPPER",  # SQL
    "robots.txt",
    *("paper.lead_id", "shop.cn"),  # examples of values
}

LEXED = re.compile(
    r'(?P<docstring>^[ \t]*[rR]?"""(?:\\.|[^\\])*?""")|(?P<comment>\#[^\n]*)'
    r'|"""(?:\\.|[^\\])*?"""'
    r"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",
    re.DOTALL | re.MULTILINE,
)
QUOTED = re.compile(r"`([^`]+)`")
RAISES = re.compile(r"\b[Rr]aises? (.*?)(?:[.;:](?=\s|$)|$)")

CLASS = re.compile(r"[A-Z][A-Z0-9]*[a-z]\w*")
DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
WIDE = re.compile(r"[A-Z][A-Z0-9]+(?:_[A-Z0-9]+)*|[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
WORD = re.compile(r"[a-z]{2,}")
CALL = re.compile(r"(?<![\w.])([A-Za-z_][\w.]*)\(")

WORDS = re.compile(r"[A-Za-z_]\w*")
MADE = re.compile(r"^ *class (\w+)(?:\(([^)]*)\))?", re.MULTILINE)
FUNCTION = re.compile(r"^ *(?:async )?def (\w+)", re.MULTILINE)
GIVEN = re.compile(r"\b(\w+)(?: =|=|: )(?!=)")
SPELT_OUT = re.compile(r"\"(\w+(?:\.\w+)+)\"")


@dataclass
class Source:
    """One file: its code and its prose."""

    path: str
    text: str

    @cached_property
    def prose(self) -> list[tuple[int, str]]:
        """Docstrings and comments with backticks, by their first lines; consecutive comments are one."""
        found: list[tuple[int, str]] = []
        last_comment = -1
        for match in LEXED.finditer(self.text) if "`" in self.text else ():
            if not match.lastgroup:
                continue
            line = self.text.count("\n", 0, match.start()) + 1
            passage = " ".join(match[0].strip().lstrip("#").split())
            if match["comment"] and last_comment == line - 1:
                found[-1] = (found[-1][0], f"{found[-1][1]} {passage}")
            else:
                found.append((line, passage))
            last_comment = line if match["comment"] else -1
        return [(line, passage) for line, passage in found if "`" in passage]

    @cached_property
    def code(self) -> str:
        return LEXED.sub(lambda match: "" if match.lastgroup else match[0], self.text)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(WORDS.findall(self.code))


class Code:
    """All code of ours below a root, read once."""

    def __init__(self, root: Path) -> None:
        files = [file for package in PACKAGES for file in sorted((root / package).rglob("*.py"))]
        self.sources = [
            Source(file.relative_to(root).as_posix(), file.read_text("utf-8"))
            for file in files
            if "migrations" not in file.parts
        ]
        beside = [file for pattern in BESIDE for file in root.glob(pattern) if file.is_file()]
        self.beside = {file.name for file in beside}
        self.words_beside = frozenset().union(*(WORDS.findall(file.read_text("utf-8")) for file in beside))

    @cached_property
    def modules(self) -> dict[str, Source | None]:
        """Every module and folder by its path, folders without code too."""
        found: dict[str, Source | None] = {}
        for source in self.sources:
            path = source.path.removesuffix(".py").removesuffix("/__init__")
            found[path] = source
            while "/" in path:
                path = path.rpartition("/")[0]
                found.setdefault(path, None)
        return found

    @cached_property
    def ends(self) -> dict[str, list[str]]:
        """The last part of each module's path → the paths that end with it."""
        found: dict[str, list[str]] = {}
        for path in self.modules:
            found.setdefault(path.rpartition("/")[2], []).append(path)
        return found

    @cached_property
    def files(self) -> frozenset[str]:
        return frozenset(source.path.rpartition("/")[2] for source in self.sources) | self.beside

    @cached_property
    def words_outside(self) -> frozenset[str]:
        """Words of templates and scripts, and the names of files."""
        return self.words_beside.union(self.ends, (name.partition(".")[0] for name in self.files))

    @cached_property
    def words(self) -> frozenset[str]:
        return self.words_outside.union(*(source.words for source in self.sources))

    @cached_property
    def classes(self) -> dict[str, list[tuple[Source, str]]]:
        """Each class by its name: the files that define it, and its bases there."""
        found: dict[str, list[tuple[Source, str]]] = {}
        for source in self.sources:
            for name, bases in MADE.findall(source.code):
                found.setdefault(name, []).append((source, bases))
        return found

    @cached_property
    def callables(self) -> frozenset[str]:
        return frozenset(self.classes).union(*(FUNCTION.findall(source.code) for source in self.sources))

    @cached_property
    def definitions(self) -> frozenset[str]:
        """Functions and classes, and everything assigned: attributes, arguments, settings."""
        return self.callables.union(*(GIVEN.findall(source.code) for source in self.sources))

    @cached_property
    def spelt_out(self) -> frozenset[str]:
        """Dotted names that are values, such as permissions."""
        return frozenset().union(*(SPELT_OUT.findall(source.code) for source in self.sources))

    def is_exception(self, name: str) -> bool:
        if name not in self.classes:
            return name.endswith(("Error", "Exception"))
        bases = (base for _source, bases in self.classes[name] for base in WORDS.findall(bases))
        return any(self.is_exception(base) for base in bases if base != name)

    def lost(self) -> list[str]:
        """`path:line name` of every name that does not exist; for a docstring its first line."""
        return [found for source in self.sources for found in self._lost_in(source)]

    def _lost_in(self, source: Source) -> Iterator[str]:
        for line, passage in source.prose:
            raised = {quoted for part in RAISES.findall(passage) for quoted in QUOTED.findall(part)}
            for quoted in QUOTED.findall(passage):
                for name in self._missing(source, quoted, is_raised=quoted in raised):
                    yield f"{source.path}:{line} {name}"

    def _missing(self, source: Source, quoted: str, *, is_raised: bool) -> list[str]:
        last = quoted.rpartition(".")[2]
        if quoted in FOREIGN:
            is_there = True
        elif is_raised and CLASS.fullmatch(last):
            is_there = self.is_exception(last) or (last not in self.classes and last in source.words)
        elif CLASS.fullmatch(quoted):
            is_there = quoted in self.classes or quoted in source.words or hasattr(builtins, quoted)
        elif DOTTED.fullmatch(quoted):
            is_there = self._is_dotted(source, quoted)
        elif WIDE.fullmatch(quoted):
            is_there = quoted in self.words
        elif WORD.fullmatch(quoted):
            is_there = quoted in source.words or quoted in self.definitions or quoted in self.words_outside
        else:
            called = (name for name in CALL.findall(quoted) if name not in FOREIGN)
            return [f"{name}()" for name in called if not self._is_called(source, name.rpartition(".")[2])]
        return [] if is_there else [quoted]

    def _is_called(self, source: Source, name: str) -> bool:
        return name in self.callables or f"{name}(" in source.code

    def _is_dotted(self, source: Source, name: str) -> bool:
        *_, first, last = parts = name.split(".")
        if last in ENDINGS:
            return name in self.files
        if first == "settings":
            return last in self.definitions
        if "/".join(parts) in self.modules or name in self.spelt_out:
            return True
        if first in self.classes:
            return any(last in made.words for made, _bases in self.classes[first])
        above = "/" + "/".join(parts[:-1])
        paths = [path for path in self.ends.get(first, ()) if f"/{path}".endswith(above)]
        if paths:
            return any(self._names(path, last) for path in paths)
        is_known = parts[0] in source.words or (parts[0].isupper() and parts[0] in self.definitions)
        return is_known and last in self.words

    def _names(self, path: str, name: str) -> bool:
        source = self.modules[path]
        return f"{path}/{name}" in self.modules or (source is not None and name in source.words)
