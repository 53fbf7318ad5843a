"""P10, the portal's page of today, with its sign-in and its queries, beside a bare page on the same server.

Seconds are those of one page while 16 connections ask all the time, in the name of many students. The bare page stands
behind the same middleware and says "hello"; so the ratio tells what the session, the person, the queries and the
template cost, and not what a server does for any page. The size is the number of connections.
"""

from collections.abc import Iterator
from statistics import median
from typing import Final

from django.db import connection

from tests.benchmarks.figures import ROUNDS, Figure
from tests.benchmarks.serving import served

STUDENTS: Final = 64
CONNECTIONS: Final = 16
FOR_S: Final = 3


def run() -> Iterator[Figure]:
    """Yield the figure; raise ``AssertionError`` where an answer is not well."""
    pages: dict[str, list[float]] = {"/today/": [], "/hello/": []}
    with served(connection.vendor, STUDENTS) as server:
        for _round in range(ROUNDS):
            # Measured in turn, so that a busy neighbour slows both alike.
            for path, times in pages.items():
                times.append(server.page_s(path, connections=CONNECTIONS, for_s=FOR_S))
        assert server.complaints() == ""
    yield Figure(CONNECTIONS, median(pages["/today/"]), median(pages["/hello/"]), goal=10)
