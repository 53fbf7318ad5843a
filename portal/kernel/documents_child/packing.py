"""Several byte strings in one payload: the child gets one stream of bytes and the sizes of its parts."""

import json
from collections.abc import Sequence
from typing import Final

_LENGTH: Final = 4
_LONGEST_ERROR: Final = 2000


def pack(parts: Sequence[bytes]) -> tuple[bytes, list[int]]:
    """Return the payload and the sizes that ``unpack`` needs."""
    return b"".join(parts), [len(part) for part in parts]


def unpack(payload: bytes, sizes: Sequence[int]) -> list[bytes]:
    """Return the parts of a payload."""
    parts: list[bytes] = []
    start = 0
    for size in sizes:
        parts.append(payload[start : start + size])
        start += size
    return parts


def pack_answers(answers: Sequence[bytes | Exception]) -> bytes:
    """Return several results in one: what was made, or which error came in its place, for ``unpack_answers``."""
    made = [answer if isinstance(answer, bytes) else b"" for answer in answers]
    errors = [None if isinstance(one, bytes) else [type(one).__name__, str(one)[:_LONGEST_ERROR]] for one in answers]
    head = json.dumps({"sizes": [len(one) for one in made], "errors": errors}).encode()
    return len(head).to_bytes(_LENGTH, "big") + head + b"".join(made)


def unpack_answers(packed: bytes) -> list[bytes | tuple[str, str]]:
    """Return each result, or the class name and the message of the error in its place."""
    start = _LENGTH + int.from_bytes(packed[:_LENGTH], "big")
    head = json.loads(packed[_LENGTH:start])
    made = unpack(packed[start:], head["sizes"])
    return [
        content if error is None else (error[0], error[1]) for content, error in zip(made, head["errors"], strict=True)
    ]
