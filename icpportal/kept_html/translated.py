"""`{% translate %}` that caches its text in each language, for templates that load `portal` after `i18n`.

Django looks the text up, and decides about localising and escaping, each time a page is drawn; a case of the review
desk has five hundred of them.
"""

from django.template import Node
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import TranslateNode, do_translate
from django.utils.translation import get_language


class TranslatedNode(Node):
    """A constant text in the language of the page."""

    child_nodelists = ()

    def __init__(self, node: TranslateNode) -> None:
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """As Django says it."""
        language = get_language()
        found = self.said.get(language)
        if found is None:
            found = self.said[language] = self.node.render(context)
        return found


def translate(parser: Parser, token: Token) -> Node:
    """Django's tag; texts of variables, and texts assigned to variables, are looked up each time."""
    node = do_translate(parser, token)
    texts = [node.filter_expression, *filter(None, [node.message_context])]
    return TranslatedNode(node) if not node.asvar and all(map(_is_constant, texts)) else node


def _is_constant(text: FilterExpression) -> bool:
    """Whether it is the same on every page."""
    return not text.filters and (isinstance(text.var, str) or text.var.literal is not None)
