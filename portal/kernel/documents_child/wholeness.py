"""Does a template stay whole XML whatever it is filled with? Where that is sure, no filled document need be parsed.

Sure means: each loop and each condition holds whole elements on its own, no row of a table gains or loses cells, and
nothing is shown that was escaped before (``|escape``, ``|join`` inside an expression): cut or changed it could tear the
text. What is not sure is no error: the filled document is then parsed and mended by docxtpl.
"""

import re
from typing import Final

from jinja2 import nodes

_TOKEN: Final = re.compile(r"\{%-?\+?\s*(\w+).*?%\}|\{\{(.*?)\}\}|\{#.*?#\}|<[^>]*>", re.DOTALL)
_OPENING: Final = frozenset({"for", "if"})
_BETWEEN: Final = frozenset({"elif", "else"})
_CLOSING: Final = frozenset({"endfor", "endif"})
_NAME: Final = re.compile(r"<([\w:.-]+)")
_SPAN: Final = re.compile(r'<w:gridSpan\b[^>]*w:val="(\d+)"')
_BRACES: Final = frozenset("{}<>%#")


def stays_whole(source: str, tree: nodes.Template) -> bool:
    """Say whether this text with its tags, which Jinja reads as this tree, gives whole XML with any values."""
    return _shows_only_plain_values(tree) and _Walk().is_whole(source)


def _shows_only_plain_values(tree: nodes.Template) -> bool:
    shown = {id(node) for output in tree.find_all(nodes.Output) for node in output.nodes}
    # A brace inside quotes would be read as a tag by the walk.
    texts = (node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))
    escaped = (
        node.name in {"e", "escape"} or (node.name in {"join", "image"} and id(node) not in shown)
        for node in tree.find_all(nodes.Filter)
    )
    return not any(escaped) and not any(_BRACES.intersection(text) for text in texts)


class _Walk:
    """Goes through the text once, with the elements and the tags that are open."""

    def __init__(self) -> None:
        self._elements: list[str] = []
        self._blocks: list[int] = []
        # Columns of each open table and cells of its open row.
        self._tables: list[list[int]] = []

    def is_whole(self, source: str) -> bool:
        whole = all(self._takes(match) for match in _TOKEN.finditer(source))
        return whole and not self._elements and not self._blocks

    def _takes(self, match: re.Match[str]) -> bool:
        token = match[0]
        if match[1] is not None:
            return self._takes_tag(match[1])
        if match[2] is not None:
            return self._takes_value(match[2])
        return token.startswith("{#") or self._takes_element(token)

    def _takes_tag(self, word: str) -> bool:
        if word == "set":
            return True
        if word in _OPENING:
            self._blocks.append(len(self._elements))
            return bool(self._elements) and self._elements[-1] != "w:tr"
        at_its_depth = bool(self._blocks) and self._blocks[-1] == len(self._elements)
        if word in _CLOSING and at_its_depth:
            self._blocks.pop()
        return at_its_depth and word in _BETWEEN | _CLOSING

    def _takes_value(self, expression: str) -> bool:
        # A picture leaves its text and its run, and comes back.
        return bool(self._elements) and ("image" not in expression or self._elements[-2:] == ["w:r", "w:t"])

    def _takes_element(self, token: str) -> bool:
        name = _NAME.match(token)
        if "{" in token or token.startswith(("<!", "<?")):
            return False
        if token.startswith("</"):
            return self._closes(token[2:-1].strip())
        if name is None:
            return False
        self._count(name[1], token)
        if not token.endswith("/>"):
            self._elements.append(name[1])
        return True

    def _count(self, name: str, token: str) -> None:
        if name == "w:tbl":
            self._tables.append([0, 0])
        elif name == "w:gridCol" and self._tables:
            self._tables[-1][0] += 1
        elif name == "w:tc" and self._tables:
            self._tables[-1][1] += 1
        elif (span := _SPAN.match(token)) and self._tables:
            self._tables[-1][1] += int(span[1]) - 1

    def _closes(self, name: str) -> bool:
        floor = self._blocks[-1] if self._blocks else 0
        if len(self._elements) <= floor or self._elements.pop() != name:
            return False
        if name == "w:tr" and self._tables:
            columns, cells = self._tables[-1]
            self._tables[-1][1] = 0
            return columns == cells
        if name == "w:tbl":
            self._tables.pop()
        return True
