"""`{% fragment %}`: a part of a page that is the same for everybody, drawn once for its values and each language.

The block is drawn in a context of its own with only the values it names, so that it cannot hold a name, a count, a CSRF
token or a message of one reader. What differs from reader to reader fills gaps each time.
"""

from django.template import Node, NodeList, TemplateSyntaxError
from django.template.base import FilterExpression, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from icpportal.kept_html.gaps import KeptHtml, addresses

KEPT = 512  # for each fragment: two languages, and the values of 31 provinces for every nature
FILLING = "filling"
Values = dict[str, FilterExpression]


class FragmentNode(Node):
    """A block that is drawn once for each set of values, which must be hashable."""

    def __init__(self, nodelist: NodeList, values: Values, filling: Values) -> None:
        self.nodelist, self.values, self.filling = nodelist, values, filling
        self.drawn: dict[tuple[object, ...], KeptHtml] = {}

    def render(self, context: Context) -> SafeString:
        """The kept HTML, with its gaps filled."""
        values = [each.resolve(context) for each in self.values.values()]
        key = (get_language(), addresses(), *values)
        found = self.drawn.get(key)
        if found is None:
            if len(self.drawn) >= KEPT:
                self.drawn.clear()
            alone = context.new(dict(zip(self.values, values, strict=True)))
            found = self.drawn[key] = KeptHtml(self.nodelist.render(alone))
        return found.fill({name: each.resolve(context) for name, each in self.filling.items()})


def fragment(parser: Parser, token: Token) -> FragmentNode:
    """`{% fragment samples=samples %}…{% endfragment %}`; `… filling reference=slip.reference %}` fills gaps."""
    tag, *bits = token.split_contents()
    nodelist = parser.parse((f"end{tag}",))
    parser.delete_first_token()
    values = token_kwargs(bits, parser)
    filling: Values = {}
    if bits and bits[0] == FILLING:
        del bits[0]
        filling = token_kwargs(bits, parser)
    if bits or not values:
        raise TemplateSyntaxError(f"{{% {tag} name=value … %}}, then perhaps {FILLING} name=value …")
    return FragmentNode(nodelist, values, filling)
