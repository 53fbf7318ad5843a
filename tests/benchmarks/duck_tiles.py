"""The five tiles of P7 asked of DuckDB: ``python duck_tiles.py FOLDER VALUES`` prints seconds and tiles as JSON.

Run by a Python that has ``duckdb`` and nothing of the portal. The files become Parquet first, which is not counted.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5
COLUMNS = {
    "logs": "placement BIGINT, department BIGINT, week_start DATE, day DATE, state VARCHAR, submitted_at VARCHAR",
    "placements": "id BIGINT, state VARCHAR, first DATE, last DATE",
    "supervisors": "placement BIGINT, person BIGINT",
}
TILES = (
    "SELECT state, COUNT(*) FROM {logs} GROUP BY 1 ORDER BY 1",
    "SELECT week_start::VARCHAR, state, COUNT(*) FROM {logs} GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT department, COUNT(*) FROM {logs} GROUP BY 1 ORDER BY 1",
    """WITH waiting AS (
        SELECT placement, COUNT(*) AS days FROM {logs} WHERE state = 'submitted'
        GROUP BY placement HAVING MIN(submitted_at) < TIMESTAMP '{before}'
    ) SELECT person, SUM(days)::BIGINT AS days FROM waiting JOIN {supervisors} USING (placement)
    GROUP BY person ORDER BY days DESC, person LIMIT 8""",
    """SELECT COUNT(*) FROM {placements} WHERE state = 'active' AND first < DATE '{since}' AND last >= DATE '{today}'
    AND id NOT IN (SELECT placement FROM {logs} WHERE day >= DATE '{since}')""",
)


def main(folder: Path, values: dict[str, str]) -> dict[str, Any]:
    """Return the median seconds of the five tiles and what they say."""
    duckdb: Any = importlib.import_module("duckdb")
    base = duckdb.connect(config={"threads": 2})
    sources = {}
    for name, columns in COLUMNS.items():
        named = ", ".join(f"'{part.split()[0]}': '{part.split()[1]}'" for part in columns.split(", "))
        read = f"SELECT * FROM read_csv('{folder / name}.csv', header=false, columns={{{named}}})"  # noqa: S608 - our own files
        if name == "logs":
            read = read.replace("SELECT *", "SELECT * REPLACE (substr(submitted_at, 1, 19)::TIMESTAMP AS submitted_at)")
        base.execute(f"COPY ({read}) TO '{folder / name}.parquet' (FORMAT parquet)")
        sources[name] = f"'{folder / name}.parquet'"
    asked = [tile.format(**sources, **values) for tile in TILES]
    times, tiles = [], []
    for _round in range(ROUNDS):
        started = time.perf_counter()
        tiles = [base.execute(one).fetchall() for one in asked]
        times.append(time.perf_counter() - started)
    return {"seconds": median(times), "tiles": [*tiles[:-1], tiles[-1][0][0]]}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), json.loads(sys.argv[2]))))
