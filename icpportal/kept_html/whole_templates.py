"""Templates loaded whole: their parents and the templates that they include are put into them once, not at each page.

So are, for each language, their texts. Looking these up, the blocks of a page and the templates that it includes was
a tenth to a sixth of the instructions of a page.
"""

from collections.abc import Callable, Mapping, Sequence
from copy import copy

from django.template.base import FilterExpression, Node, NodeList, Origin, Template, TextNode
from django.template.context import Context
from django.template.defaulttags import CommentNode, IfNode, LoadNode, WithNode
from django.template.engine import Engine
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader_tags import BlockNode, ExtendsNode, IncludeNode
from django.template.loaders.cached import Loader
from django.templatetags.i18n import LanguageNode
from django.utils.translation import get_language

from icpportal.kept_html.translated import TranslatedNode

SILENT = (CommentNode, LoadNode)
PARENTS_BLOCK = "block.super"


class WholeTemplate(Template):
    """A template with everything in it; in each language its texts are parts of what surrounds them."""

    def __init__(self, written: Template, parts: NodeList) -> None:
        self.name, self.origin, self.engine, self.source = written.name, written.origin, written.engine, written.source
        self.parts = parts
        self._said: dict[str | None, NodeList] = {}

    @property
    def nodelist(self) -> NodeList:  # type: ignore[override]
        """The nodes that draw it in the present language."""
        language = get_language()
        found = self._said.get(language)
        if found is None:
            found = self._said[language] = _replaced(self.parts, _said)
        return found


class WholeLoader(Loader):
    """Loads and caches templates as Django's cached loader does; those it can, whole.

    A template stays as it is whose parent is a variable, or a block of which contains the parent's. So does every
    template while templates are debugged, because a whole one cannot say in which file an error is. A variable that
    is set in a block is known after the block too.
    """

    def __init__(self, engine: Engine, loaders: Sequence[object]) -> None:
        super().__init__(engine, loaders)
        self._whole: dict[str, Template] = {}

    def get_template(self, template_name: str, skip: list[Origin] | None = None) -> Template:
        """The template of this name; one that is loaded as the parent of another is not whole."""
        if skip or self.engine.debug:
            return super().get_template(template_name, skip)
        return self._whole.get(template_name) or self._joined(template_name, ())

    def reset(self) -> None:
        """Forgets all templates."""
        super().reset()
        self._whole.clear()

    def _joined(self, name: str, around: Sequence[str]) -> Template:
        """The whole template of this name, kept from now on; `around` are those that include it."""
        template = super().get_template(name)
        blocks: dict[str, BlockNode] = {}
        last, seen = template, [name]
        while (extends := _extends(last)) is not None:
            parent = _constant(extends.parent_name)
            if not parent or parent in seen or PARENTS_BLOCK in str(last.source):
                break
            blocks = extends.blocks | blocks
            last = super().get_template(parent)
            seen.append(parent)
        else:
            template = WholeTemplate(template, self._filled(last.nodelist, blocks, (*around, name)))
        self._whole[name] = template
        return template

    def _filled(self, nodes: NodeList, blocks: Mapping[str, BlockNode], around: Sequence[str]) -> NodeList:
        """These nodes with blocks and includes put in their places."""
        return _replaced(nodes, lambda node: self._parts(node, blocks, around))

    def _parts(self, node: Node, blocks: Mapping[str, BlockNode], around: Sequence[str]) -> Sequence[Node]:
        """The nodes that stand in the place of this one."""
        if isinstance(node, BlockNode):
            return self._filled(blocks.get(node.name, node).nodelist, blocks, around)
        if isinstance(node, IncludeNode):
            return self._included(node, around)
        return [_changed(node, lambda nodes: self._filled(nodes, blocks, around))]

    def _included(self, node: IncludeNode, around: Sequence[str]) -> Sequence[Node]:
        name = _constant(node.template)
        if not name or node.isolated_context or name in around:
            return [node]
        try:
            template = self._whole.get(name) or self._joined(name, around)
        except TemplateDoesNotExist:  # told when the page is drawn, if that part of it ever is
            return [node]
        if not isinstance(template, WholeTemplate):
            return [node]
        if not node.extra_context:
            return template.parts
        return [WithNode(None, None, template.parts, extra_context=node.extra_context)]


def _extends(template: Template) -> ExtendsNode | None:
    """The node by which a template says what its parent is."""
    return next((node for node in template.nodelist if isinstance(node, ExtendsNode)), None)


def _constant(name: FilterExpression | Node) -> str:
    """The name of a template when it is written in the tag itself; "" for a variable."""
    return name.var if isinstance(name, FilterExpression) and isinstance(name.var, str) and not name.filters else ""


def _said(node: Node) -> Sequence[Node]:
    """A text of the present language as it is said; of any other node, what it contains."""
    if isinstance(node, TranslatedNode):
        return [TextNode(node.render(Context()))]
    if isinstance(node, LanguageNode):
        return [node]
    return [_changed(node, lambda nodes: _replaced(nodes, _said))]


def _replaced(nodes: NodeList, replace: Callable[[Node], Sequence[Node]]) -> NodeList:
    """The nodes with each replaced by others, texts side by side as one; the same list if nothing changes."""
    replaced = NodeList()
    for node in nodes:
        for part in replace(node):
            if isinstance(part, TextNode) and replaced and isinstance(replaced[-1], TextNode):
                replaced[-1] = TextNode(replaced[-1].s + part.s)
            elif not isinstance(part, SILENT):
                replaced.append(part)
    return nodes if replaced == nodes else replaced


def _changed(node: Node, change: Callable[[NodeList], NodeList]) -> Node:
    """The node with its lists of nodes changed; itself when they stay the same."""
    if isinstance(node, IfNode):
        branches = [(condition, change(nodes)) for condition, nodes in node.conditions_nodelists]
        same = all(new is old for (_, new), (_, old) in zip(branches, node.conditions_nodelists, strict=True))
        return node if same else _copied(node, conditions_nodelists=branches)
    lists = {name: nodes for name in node.child_nodelists if isinstance(nodes := getattr(node, name, None), NodeList)}
    changed = {name: change(nodes) for name, nodes in lists.items()}
    return node if all(changed[name] is lists[name] for name in lists) else _copied(node, **changed)


def _copied(node: Node, **values: object) -> Node:
    new = copy(node)
    for name, value in values.items():
        setattr(new, name, value)
    return new
