"""Templates that a page draws many times, as for the rows of a case."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal.fields.types import Words
from icpportal.kept_html.gaps import KeptHtml, gap


class RepeatedTemplate:
    """A template whose variables are named `gaps`, by which it can decide nothing, and `fixed` values.

    Of gaps that `may_be_empty` it knows whether they are. What is kept contains nothing of a person, as the gaps are
    empty then.
    """

    def __init__(self, name: str, *gaps: str, may_be_empty: Sequence[str] = (), **fixed: Words | bool) -> None:
        self.name, self.gaps, self.may_be_empty, self.fixed = name, gaps, may_be_empty, fixed
        self._kept: dict[tuple[object, ...], KeptHtml] = {}  # by language, and which gaps are empty

    def fill(self, **values: object) -> SafeString:
        """The markup with these values in its gaps, escaped unless they are safe."""
        return self._drawn(tuple([bool(values[name]) for name in self.may_be_empty])).fill(values)

    def _drawn(self, there: tuple[bool, ...]) -> KeptHtml:
        key = (get_language(), there)
        found = self._kept.get(key)
        if found is None:
            marks = {name: gap(name) for name in self.gaps}
            perhaps = {
                name: gap(name) if is_there else "" for name, is_there in zip(self.may_be_empty, there, strict=True)
            }
            found = KeptHtml(render_to_string(self.name, {**self.fixed, **marks, **perhaps}))
            if not settings.DEBUG:  # there, a changed template is read again
                self._kept[key] = found
        return found
