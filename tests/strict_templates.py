"""Fails a test when one of our templates uses a variable that nobody passed.

Django prints nothing for such a variable, which is how a button without an address reached people. Templates of
libraries may rely on that, so they are exempt. `{% if x %}` may test a variable that does not exist, but not
an attribute that its object does not have.
"""

from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import base, engines
from django.templatetags.i18n import BlockTranslateNode

_drawing: ContextVar[str] = ContextVar("drawing", default="")  # the file of ours whose expression is being resolved


class Unknown(str):
    """The value of an unknown variable: "" in templates of libraries, a failure in ours."""

    def __bool__(self) -> bool:
        return bool(_drawing.get())

    def __contains__(self, part: object) -> bool:
        return True

    def __mod__(self, variable: Any) -> str:
        if _drawing.get():
            fail(str(variable), _drawing.get())
        return ""


UNKNOWN = Unknown()


class Asked(pytest.fail.Exception):
    """Ends the test, and is no `Exception`: Django catches those inside a condition."""

    def __init__(self, words: str) -> None:
        super().__init__(words, pytrace=False)


_raised: list[type[BaseException]] = [Asked]  # a process that tests start raises another


def fail(variable: str, file: str) -> None:
    """Fails with file and variable."""
    raise _raised[-1](f"{file} asks for {variable}, which nothing hands over") from None


def ours(origin: Any) -> str:
    """The file of a template of ours, "" for others."""
    name = str(getattr(origin, "name", ""))
    home = f"{Path(settings.BASE_DIR) / 'templates'}/"
    return name.removeprefix(home) if name.startswith(home) else ""


class Variable(base.Variable):
    """A variable in a template of ours: a missing attribute fails even inside a condition."""

    __slots__ = ()

    def resolve(self, context: Any) -> Any:
        try:
            return super().resolve(context)
        except base.VariableDoesNotExist as miss:
            bit, asked = miss.params if len(miss.params) == 2 else ("", None)
            if asked is not None and not hasattr(type(asked), "__getitem__"):
                fail(f"{self.var} ({type(asked).__name__} has no {bit})", _drawing.get())
            raise


class Expression(base.FilterExpression):
    """The expression between braces, with the file of ours that holds it."""

    __slots__ = ("file",)

    def __init__(self, token: str, parser: Any) -> None:
        super().__init__(token, parser)
        self.file = ours(parser.origin)
        if self.file and self.is_var:
            self.var.__class__ = Variable

    def resolve(self, context: Any, ignore_failures: bool = False) -> Any:
        if not self.is_var and not self.filters:
            return super().resolve(context, ignore_failures)  # plain text, as a quarter of all expressions
        mark = _drawing.set(self.file)
        try:
            found = super().resolve(context, ignore_failures)
            if self.file and found is UNKNOWN:  # a method that needs arguments, a row that does not exist
                fail(self.token, self.file)
        finally:
            _drawing.reset(mark)
        return found


def install(raised: type[BaseException] = Asked) -> None:
    """Installs this for the rest of the process, before the first template is read."""
    _raised.append(raised)
    # in the settings too: a test that changes DEBUG or INSTALLED_APPS rebuilds the engine from them
    settings.TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UNKNOWN
    engines["django"].engine.string_if_invalid = UNKNOWN
    translate = BlockTranslateNode.render

    def compile_filter(self: Any, token: str) -> Expression:
        return Expression(token, self)

    def translated(self: Any, context: Any, nested: bool = False) -> Any:
        mark = _drawing.set(ours(self.origin))
        try:
            return translate(self, context, nested)
        finally:
            _drawing.reset(mark)

    base.Parser.compile_filter = compile_filter
    BlockTranslateNode.render = translated
