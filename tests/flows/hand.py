"""A coordinator's hand: follows links and presses buttons that the page before has, and counts both."""

from typing import Any
from urllib.parse import urljoin

import lxml.html
from django.http import HttpResponse

from apps.accounts.models import User
from apps.accounts.services.outbox import run_due_tasks
from tests.clients import signed_in


class Hand:
    """Begins on the first page. ``clicks`` counts links and buttons; ticks and typing are not clicks."""

    def __init__(self, person: User) -> None:
        self._browser = signed_in(person)
        self.clicks = 0
        self.at_list = 0
        self._show(self._browser.get("/admin/", follow=True))

    def _show(self, answer: Any) -> None:
        assert answer.status_code == 200, answer.status_code
        self.address = answer.redirect_chain[-1][0] if answer.redirect_chain else answer.request["PATH_INFO"]
        query = "" if answer.redirect_chain else answer.request.get("QUERY_STRING", "")
        self.address += f"?{query}" if query else ""
        self.answer: HttpResponse = answer
        if answer["Content-Type"].startswith("text/html"):
            self.page = lxml.html.fromstring(answer.text)

    def follow(self, part: str) -> None:
        """Follow the first link whose address holds ``part``."""
        found = [link.get("href") for link in self.page.iter("a") if part in (link.get("href") or "")]
        assert found, f"no link to {part} on {self.address}"
        self.clicks += 1
        self._show(self._browser.get(urljoin(self.address, found[0]), follow=True))

    def here(self) -> None:
        """Say that this is the list or the object of the chore: from here on the clicks are its own."""
        self.at_list = self.clicks

    def press(self, words: str, **typed: Any) -> None:
        """Press the button with these words, after typing; the page must have each field that is typed into."""
        buttons = [one for one in self.page.iter("button", "input") if _words(one).startswith(words)]
        assert buttons, f"no button {words} on {self.address}"
        [form] = list(buttons[0].iterancestors("form")) or [self._form_of(buttons[0])]
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        for name in typed:
            assert name in form.fields or form.xpath(f".//input[@name='{name}']"), f"no field {name} on {self.address}"
        if buttons[0].get("name"):
            values[buttons[0].get("name")] = buttons[0].get("value", "")
        self._send(buttons[0].get("formaction") or form.get("action") or "", form.method, {**values, **typed})

    def _form_of(self, button: Any) -> Any:
        return self.page.get_element_by_id(button.get("form"))

    def choose(self, action: str, *, across: bool = False) -> None:
        """Tick the whole page, or all that match, and run an action of the list."""
        form = self.page.get_element_by_id("changelist-form")
        assert action in [one.get("value") for one in form.xpath(".//select[@name='action']/option")], action
        keys = form.xpath(".//input[@name='_selected_action']/@value")
        ticked = {"action": action, "_selected_action": keys, "select_across": str(int(across)), "index": "0"}
        self._send("", "POST", ticked)

    def _send(self, action: str, method: str, values: dict[str, Any]) -> None:
        self.clicks += 1
        send = self._browser.post if method == "POST" else self._browser.get
        self._show(send(urljoin(self.address, action or self.address), values, follow=True))

    def wait(self) -> None:
        """Let work in the background be done; the page asks again by itself."""
        run_due_tasks()
        self._show(self._browser.get(self.address, follow=True))


def _words(button: Any) -> str:
    if button.tag == "input":
        return button.get("value", "") if button.get("type") == "submit" else ""
    return " ".join(button.text_content().split())
