"""A back-end for tests and rehearsals: says what it is told to say, or repeats the text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from apps.ai.backends.base import BackendError, Order, Told, Vectors, Written


def repeat(order: Order) -> str | BackendError:
    """Return the person's own text, or that of the days."""
    return "\n".join([*order.facts.texts.values(), *(text for _name, text in order.facts.days)])


@dataclass
class FakeBackend:
    """``leaves`` as a model elsewhere would, so that the guard is at work; ``orders`` keeps what it was asked."""

    say: Callable[[Order], str | BackendError] = repeat
    name: str = "fake"
    model: str = "fake-1"
    leaves: bool = True
    orders: list[Order] = field(default_factory=list)

    def write(self, order: Order, told: Told) -> Written:
        """Return what ``say`` says for every field, or raise it."""
        self.orders.append(order)
        text = self.say(order)
        if isinstance(text, BackendError):
            raise text
        told(text)
        return Written(
            dict.fromkeys(order.facts.wanted, text), tokens_in=len(order.user) // 4, tokens_out=len(text) // 4
        )

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a vector of the letters' counts: alike texts are near, nothing more."""
        letters = "abcdefghijklmnopqrstuvwxyz"
        return Vectors([[float(text.casefold().count(letter)) for letter in letters] for text in texts])
