"""The forms of a page, read as a browser reads them."""

from html.parser import HTMLParser
from typing import Any


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and (found.get("method") or "get").lower() == "post":
            self.forms.append({})
        if not self.forms:
            return
        name = found.get("name") or ""
        if tag == "input" and name:
            self._input(name, found)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in found:
            self._keep(self._select, found.get("value") or "")
        elif tag == "textarea":
            self._textarea = name
            self._keep(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1][self._textarea][-1] += data

    def _input(self, name: str, found: dict[str, str | None]) -> None:
        kind = (found.get("type") or "text").lower()
        if kind in ("submit", "button", "file", "image") or name == "csrfmiddlewaretoken":
            return
        if kind in ("checkbox", "radio") and "checked" not in found:
            return
        self._keep(name, found.get("value") or ("on" if kind == "checkbox" else ""))

    def _keep(self, name: str, value: str) -> None:
        self.forms[-1].setdefault(name, []).append(value)


def form_of(html: str) -> dict[str, Any]:
    """Return the values of the page's longest form that is posted; empty where there is none."""
    parser = _Forms()
    parser.feed(html)
    longest = max(parser.forms, key=len, default={})
    # A text area's first line break is markup.
    return {name: [value.removeprefix("\n") for value in values] for name, values in longest.items()}
