"""One row of a dialect's contract: what is asked, at which addresses, and what exactly is answered."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.accounts.services.token_pairs import Audience, issue_pair
from tests.matrix.tables import undone


class Is:
    """What a value has to be like where it is not known beforehand."""

    def __init__(self, test: Callable[[Any], bool], words: str) -> None:
        self.test, self.words = test, words

    def __repr__(self) -> str:
        return self.words


def starts(text: str) -> Is:
    return Is(lambda value: isinstance(value, str) and value.startswith(text), f"text that begins {text!r}")


TEXT = Is(lambda value: isinstance(value, str) and bool(value), "text")


def differences(value: Any, wanted: Any, path: str = "") -> list[str]:  # noqa: PLR0911 - one line for each kind of wish
    """Return where an answer is not as wanted: keys and types exactly, literals equal, of a list each member."""
    if isinstance(wanted, Is):
        return [] if wanted.test(value) else [f"{path}: {value!r} is no {wanted}"]
    if isinstance(wanted, type):
        # A bool is an int to Python.
        return [] if type(value) is wanted else [f"{path}: {value!r} is no {wanted.__name__}"]
    if isinstance(wanted, tuple):
        return (
            []
            if any(not differences(value, one, path) for one in wanted)
            else [f"{path}: {value!r} is none of {wanted}"]
        )
    if isinstance(wanted, Mapping):
        if not isinstance(value, dict) or set(value) != set(wanted):
            return [f"{path}: keys {sorted(value) if isinstance(value, dict) else value!r}, not {sorted(wanted)}"]
        return [found for key, one in wanted.items() for found in differences(value[key], one, f"{path}.{key}")]
    if isinstance(wanted, list):
        if not isinstance(value, list) or not value:
            return [] if value == wanted else [f"{path}: {value!r} is no filled list"]
        return [found for n, one in enumerate(value) for found in differences(one, wanted[0], f"{path}[{n}]")]
    return [] if value == wanted else [f"{path}: {value!r}, not {wanted!r}"]


@dataclass(frozen=True)
class Row:
    """``urls`` are the seed's and the client's spelling, formatted with the scene's keys; each is tried with and without
    the slash behind it. ``who`` is a person of the scene, empty for nobody. ``body`` is JSON, formatted likewise.
    """

    name: str
    method: str
    urls: str
    status: int
    wanted: Any
    who: str = ""
    body: Any = None
    prepare: Callable[[Any], None] | None = None


@dataclass
class Stage:
    """The people and keys with which the rows of a module are tried."""

    people: Mapping[str, User]
    keys: Mapping[str, Any]
    audience: Audience
    world: Any = None
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Sign everybody in now: what a row writes is taken back."""
        for who, person in self.people.items():
            self.tokens[who] = issue_pair(User.objects.get(pk=person.pk), audience=self.audience).access

    def client(self, who: str) -> Client:
        return Client(headers={"Authorization": f"Bearer {self.tokens[who]}"} if who else {})

    def filled(self, given: Any) -> Any:
        """Put the scene's keys into a text, or into the texts of a body."""
        if isinstance(given, str):
            return given.format(**self.keys)
        if isinstance(given, dict):
            return {key: self.filled(value) for key, value in given.items()}
        return given

    def ask(self, row: Row, url: str) -> Any:
        client = self.client(row.who)
        if row.method == "get":
            return client.get(url)
        return getattr(client, row.method)(url, json.dumps(self.filled(row.body)), content_type="application/json")

    def try_row(self, row: Row) -> list[str]:
        """Try a row at each of its addresses; what it writes is taken back."""
        problems = []
        for url in spellings(self.filled(row.urls)):
            with undone():
                if row.prepare is not None:
                    row.prepare(self)
                answer = self.ask(row, url)
                if answer.status_code != row.status:
                    problems.append(f"{url}: {answer.status_code} {answer.content[:300]!r}")
                elif row.wanted is not None:
                    body = json.loads(answer.content) if answer.content else None
                    wanted = self.filled(row.wanted)
                    problems += [f"{url}{found}" for found in differences(body, wanted)]
        return problems


def spellings(urls: str) -> Iterator[str]:
    """Return every address with and without the slash behind its path."""
    for url in urls.split():
        path, mark, query = url.partition("?")
        for slash in ("", "/"):
            yield f"/api/{path.strip('/')}{slash}{mark}{query}"
