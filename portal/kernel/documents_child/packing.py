"""Several byte strings in one payload: the child gets one stream of bytes and the sizes of its parts."""

from collections.abc import Sequence


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
