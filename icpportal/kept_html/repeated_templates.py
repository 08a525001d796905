"""Templates that a page draws many times, as for the rows of a case."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal.fields.types import Words
from icpportal.kept_html.gaps import KeptHtml, gap


class RepeatedTemplate:
    """A template whose variables are named `gaps`, by which it can decide nothing, and `fixed` values.

    What is kept contains nothing of a person, as the gaps are empty then.
    """

    def __init__(self, name: str, *gaps: str, **fixed: Words) -> None:
        self.name, self.gaps, self.fixed = name, gaps, fixed
        self._kept: dict[str | None, KeptHtml] = {}  # by language

    def fill(self, **values: Words) -> SafeString:
        """The markup with these values in its gaps, escaped unless they are safe."""
        return self._drawn().fill(values)

    def _drawn(self) -> KeptHtml:
        language = get_language()
        found = self._kept.get(language)
        if found is None:
            marks = {name: gap(name) for name in self.gaps}
            found = KeptHtml(render_to_string(self.name, {**self.fixed, **marks}))
            if not settings.DEBUG:  # there, a changed template is read again
                self._kept[language] = found
        return found
