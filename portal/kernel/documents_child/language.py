"""The language of Word templates: fields, conditions, loops and a few filters; nothing can be called.

Jinja's sandbox stops code, not load and not reading, so this is narrower than the sandbox: the tree of every
template must consist of the nodes listed here before it is compiled, names lead only into plain data (never to
attributes of Python objects), and arithmetic is bounded.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from markupsafe import Markup, escape

MAX_LOOP_DEPTH: Final = 4
MAX_NUMBER: Final = 10**15
FILTER_NAMES: Final = (
    "capitalize count d default e escape first join last length lower sum title trim upper".split()  # noqa: SIM905 - a line of words is read at a glance
)
TEST_NAMES: Final = "boolean defined even none number odd string undefined".split()  # noqa: SIM905 - as above
LOOP_WORDS: Final = frozenset(
    "index index0 first last length revindex revindex0 previtem nextitem depth depth0".split()  # noqa: SIM905 - as above
)
_ALLOWED: Final = frozenset(
    {
        *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr),
        *(nodes.Getitem, nodes.Slice, nodes.For, nodes.If, nodes.CondExpr, nodes.Compare, nodes.Operand, nodes.And),
        *(nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv),
        *(nodes.Mod, nodes.Concat, nodes.Filter, nodes.Test, nodes.Keyword, nodes.Assign, nodes.Tuple, nodes.List),
    }
)
_ARITHMETIC: Final = frozenset(["+", "-", "*", "/", "//", "%", "**"])
# How the refused nodes look to somebody who wrote one.
_WRITTEN: Final = {
    "AssignBlock": "{% set %} … {% endset %}",
    "Block": "{% block %}",
    "Call": "( )",
    "CallBlock": "{% call %}",
    "Dict": "{ : }",
    "Extends": "{% extends %}",
    "FilterBlock": "{% filter %}",
    "For": "{% for %}",
    "FromImport": "{% from %}",
    "Import": "{% import %}",
    "Include": "{% include %}",
    "Macro": "{% macro %}",
    "Pow": "**",
    "Scope": "{% autoescape %}",
    "With": "{% with %}",
}


class RefusedTag(TemplateSyntaxError):
    """The template asks for more than the language has: ``what`` is what it asked for."""

    def __init__(self, what: str, lineno: int | None) -> None:
        # Jinja puts some nodes in by itself, and those have no line.
        super().__init__(what, lineno or 1)
        self.what = what


class Unknown(StrictUndefined):
    """A field that the context does not have; its name is the whole message."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        return str(self._undefined_name)


def finish(value: object) -> object:
    """Return a value as it stands in the document: none as nothing, 8.0 as 8, text escaped.

    Braces become character references: docxtpl replaces ``{_{`` and its like after filling, and what a student
    wrote must never be read as a field.
    """
    if isinstance(value, Undefined) or (hasattr(value, "__html__") and not isinstance(value, str)):
        return value
    text = as_text(value)
    return Markup(str(escape(text)).replace("{", "&#123;").replace("}", "&#125;"))  # noqa: S704 - escaped here


def as_text(value: object) -> object:
    """Return none as an empty text and a whole float without its ``.0``; all else as it is."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.10g}"
    return value


class Language(ImmutableSandboxedEnvironment):
    """The one environment in which templates are compiled; ``extra`` are filters that need the document."""

    intercepted_binops = _ARITHMETIC

    def __init__(self, *, autoescape: bool = True, extra: dict[str, Callable[..., Any]] | None = None) -> None:
        finalize = finish if autoescape else as_text
        super().__init__(autoescape=autoescape, undefined=Unknown, finalize=finalize, optimized=False, cache_size=0)
        self.globals = {}
        self.filters = {name: FILTERS[name] for name in FILTER_NAMES} | (extra or {})
        self.tests = {name: TESTS[name] for name in TEST_NAMES}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        self._refuse(tree, 0)
        return tree

    def _refuse(self, node: nodes.Node, loops: int) -> None:
        if type(node) not in _ALLOWED:
            name = type(node).__name__
            raise RefusedTag(_WRITTEN.get(name, name), node.lineno)
        if isinstance(node, nodes.Name) and node.name == "self":
            # Jinja's own word for the template being filled; not ours.
            raise RefusedTag("self", node.lineno)
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise RefusedTag(node.attr, node.lineno)
        if isinstance(node, nodes.For):
            loops += 1
            if loops > MAX_LOOP_DEPTH or node.recursive:
                raise RefusedTag(_WRITTEN["For"], node.lineno)
        if isinstance(node, (nodes.Filter, nodes.Test)):
            self._refuse_unknown(node)
        for child in node.iter_child_nodes():
            self._refuse(child, loops)

    def _refuse_unknown(self, node: nodes.Filter | nodes.Test) -> None:
        known = self.filters if isinstance(node, nodes.Filter) else self.tests
        if node.name not in known:
            raise RefusedTag(f"|{node.name}" if isinstance(node, nodes.Filter) else f"is {node.name}", node.lineno)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Look the name up in plain data, never on the Python object."""
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return an entry of a dict, list or text, or a word about the loop."""
        if isinstance(obj, Undefined):
            return obj
        if isinstance(obj, dict) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if isinstance(obj, (list, tuple, str)) and isinstance(argument, int) and -len(obj) <= argument < len(obj):
            return obj[argument]
        if isinstance(obj, LoopContext) and argument in LOOP_WORDS:
            return getattr(obj, argument)
        return self.undefined(obj=obj, name=str(argument))

    def call(self, *_args: Any, **_kwargs: Any) -> Any:
        """Refuse: a template calls nothing."""
        message = "call"
        raise SecurityError(message)

    def call_binop(self, _context: Any, operator: str, left: Any, right: Any) -> Any:
        """Calculate with numbers of sensible size; texts can only be put together."""
        numbers = isinstance(left, (int, float)) and isinstance(right, (int, float))
        texts = isinstance(left, str) and isinstance(right, str) and operator == "+"
        if not (numbers or texts) or operator == "**":
            raise SecurityError(operator)
        result = self.binop_table[operator](left, right)
        if numbers and abs(result) > MAX_NUMBER:
            raise SecurityError(operator)
        return result


def paths_of(tree: nodes.Template) -> tuple[set[str], set[str]]:
    """Return the fields that a template shows or asks about, and those it loops over, both as paths.

    ``{% for week in weeks %}{{ week.days[0].text }}`` gives ``weeks[].days[].text`` and ``weeks``.
    """
    fields: set[str] = set()
    loops: set[str] = set()
    _walk(tree, {"loop": ""}, fields, loops)
    return fields, loops


def _walk(node: nodes.Node, names: dict[str, str], fields: set[str], loops: set[str]) -> None:
    if isinstance(node, (nodes.Name, nodes.Getattr, nodes.Getitem)):
        if path := _path(node, names):
            fields.add(path)
        if isinstance(node, nodes.Getitem):
            _walk(node.arg, names, fields, loops)
        return
    if isinstance(node, nodes.For):
        path = _path(node.iter, names)
        _walk(node.iter, names, loops if path else fields, loops)
        names = names | dict.fromkeys(_targets(node.target), f"{path}[]" if path else "")
        for child in (*node.body, *node.else_, *filter(None, [node.test])):
            _walk(child, names, fields, loops)
        return
    if isinstance(node, nodes.Assign):
        _walk(node.node, names, fields, loops)
        names.update(dict.fromkeys(_targets(node.target), _path(node.node, names)))
        return
    for child in node.iter_child_nodes():
        _walk(child, names, fields, loops)


def _targets(target: nodes.Node) -> Iterator[str]:
    return (name.name for name in [*target.find_all(nodes.Name), target] if isinstance(name, nodes.Name))


def _path(node: nodes.Node, names: dict[str, str]) -> str:
    """Return the path of an expression into the context; empty for what is no plain path (a loop word, a sum)."""
    if isinstance(node, nodes.Name):
        return names.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        below = _path(node.node, names)
        return f"{below}.{node.attr}" if below else ""
    if isinstance(node, nodes.Getitem):
        return _item_path(_path(node.node, names), node.arg)
    return ""


def _item_path(below: str, argument: nodes.Node) -> str:
    if not below or isinstance(argument, nodes.Slice):
        return below
    if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
        return f"{below}.{argument.value}"
    return f"{below}[]"


def near(source: str, lineno: int) -> str:
    """Return the readable text of a line of the document's XML, for a message that says where."""
    lines = source.splitlines()
    line = lines[lineno - 1] if 0 < lineno <= len(lines) else ""
    return re.sub(r"<[^>]*>?", "", line).strip()
