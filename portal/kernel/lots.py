"""Many documents with one start of the sandbox child; what is too much for it takes none of the others with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from portal.kernel.errors import RuleViolation
from portal.kernel.sandbox import ChildRefusedError, SandboxError

# Of one lot are in memory: what is put in, what comes out, and both once more on their way.
MOST_BYTES: Final = 32 << 20


def in_one_start[T](
    items: Sequence[T],
    start: Callable[[Sequence[T]], list[bytes | RuleViolation]],
    why: Callable[[SandboxError | ChildRefusedError], RuleViolation],
    *,
    between: Callable[[], None] = lambda: None,
) -> list[bytes | RuleViolation]:
    """Return what ``start`` makes of the items, in order; where it fails for all of them each is tried by itself.

    ``why`` has the words for one that fails by itself; a ``RuleViolation`` of ``start`` stands in its place as it is.
    ``between`` is called before each start, for who must show a sign of life.
    """
    if not items:
        return []
    between()
    try:
        return start(items)
    except (SandboxError, ChildRefusedError) as error:
        if len(items) == 1:
            return [why(error)]
    except RuleViolation as error:
        if len(items) == 1:
            return [error]
    return [made for one in items for made in in_one_start([one], start, why, between=between)]


def is_full(pictures: Sequence[Mapping[str, bytes]], *, most: int) -> bool:
    """Say whether so many documents, given by their pictures, make a lot: by their number or by their weight."""
    return len(pictures) >= most or sum(len(one) for some in pictures for one in some.values()) >= MOST_BYTES
