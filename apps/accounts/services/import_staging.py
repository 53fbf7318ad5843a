"""Looking at an uploaded table: what each line would do is kept, and nothing else is written.

The file is read in blocks. Lines of which a ``BlockWay`` is certain go straight into the rows of the import; the rest
are judged one by one at the end, together with those that share something with another line or with the database.
A run that was killed leaves rows of a batch that is not staged; the next run begins by deleting them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import ImportBatch, ImportMapping, ImportRow
from apps.accounts.services.import_blocks import KeysOfFile, Recognised
from apps.accounts.services.import_kinds import ImportKind, Judgement, import_kind
from apps.accounts.services.oneroster import is_oneroster, read_oneroster
from apps.accounts.states import ImportState, RowStatus
from portal.kernel.import_columns import CleanBlock, clean_block, uncleaned_block
from portal.kernel.imports import CHUNK, Line, SheetResource, chunks, match_columns, resource_for
from portal.kernel.sentences import in_every_language
from portal.kernel.sheets import HeaderMatch, Sheet, read_sheet
from portal.kernel.sheets.blocks import Block, UnusualError, read_blocks, whole_blocks
from portal.kernel.staging import copy_many, hands_out_keys, json_objects, reserve_keys

if TYPE_CHECKING:
    from apps.accounts.services.jobs import Progress


def stage_table(batch: ImportBatch, progress: "Progress") -> None:
    """Read the file and keep what its lines would do; the batch is staged afterwards.

    Raises ``RuleViolation`` for a file that cannot be read, having noted its headers in ``batch.details``.
    """
    with batch.file.open("rb") as opened:
        data = opened.read()
    progress.start(data.count(b"\n"))
    try:
        _stage(batch, progress, *_read(batch, data))
    except UnusualError:
        sheet = read_sheet(data, batch.file_name, encoding=batch.encoding)
        del data
        _stage(batch, progress, *whole_blocks(sheet))


def _read(batch: ImportBatch, data: bytes) -> tuple[Sheet, Iterator[Block]]:
    if is_oneroster(data):
        return whole_blocks(read_oneroster(data, batch.kind, batch.cohort))
    return read_blocks(data, batch.file_name, encoding=batch.encoding)


def _stage(batch: ImportBatch, progress: "Progress", sheet: Sheet, blocks: Iterable[Block]) -> None:
    # The headers are kept for the person who will say what they mean, should they not be understood.
    batch.details["headers"] = sheet.headers
    resource = resource_for(batch.kind, cohort=batch.cohort, actor=batch.owner)
    said = ImportMapping.objects.filter(owner=batch.owner, kind=batch.kind).first()
    match = match_columns(sheet, resource, said.columns if said is not None else {})
    batch.details = _details(batch, sheet, match)
    # Rows of a run that was killed, or of another encoding.
    batch.rows.all().delete()
    staging = _Staging(batch, import_kind(batch.kind), resource, match, progress)
    for block in blocks:
        staging.take(block)
    staging.finish(sheet.encoding)


def _details(batch: ImportBatch, sheet: Sheet, match: HeaderMatch) -> dict[str, Any]:
    return {
        "language": batch.details["language"],
        "headers": sheet.headers,
        "mapping": {sheet.headers[index]: name for name, index in match.mapping.items()},
        "notes": [{"text": str(note), "said": in_every_language(note)} for note in sheet.notes],
        "unknown": [
            {"header": found.header, "suggestion": found.suggestion.name if found.suggestion else ""}
            for found in match.unknown
        ],
        "columns": list(match.mapping),
    }


@dataclass
class _Staging:
    """The work on one table: ``rest`` are the lines that the judge of the kind will see."""

    batch: ImportBatch
    kind: ImportKind
    resource: SheetResource
    match: HeaderMatch
    progress: "Progress"
    certain: int = 0
    rest: list[Line] = field(default_factory=list)
    keys: list[KeysOfFile] = field(default_factory=list)

    def take(self, block: Block) -> None:
        """Keep the certain lines of a block, and put the others aside."""
        way = self.kind.blocks
        if way is None or self.batch.cohort is None:
            self._put_aside(uncleaned_block(block, self.match))
            return
        cleaned = clean_block(self.resource, block, self.match)
        cleaned.refused |= self._examples(cleaned)
        found = way.recognise(self.batch.cohort, cleaned)
        self.keys = self.keys or [KeysOfFile() for _keys in found.keys]
        for known, keys in zip(self.keys, found.keys, strict=True):
            known.add(cleaned.lines, keys)
        if found.places:
            self._keep(cleaned, found)
        self._put_aside(cleaned, found.places)
        self.certain += len(found.places)
        self.progress.step(len(found.places))

    def _put_aside(self, block: CleanBlock, certain: Sequence[int] = ()) -> None:
        examples, kept = self._examples(block), set(certain)
        for place in range(len(block.lines)):
            if place not in kept:
                line = block.line(place)
                if place in examples:
                    line.refuse("", "example", _("This is the example line of the template. Delete it."))
                self.rest.append(line)

    def _examples(self, block: CleanBlock) -> set[int]:
        """Return the places of lines that say what the line in the template says."""
        said = {name: text for name, text in self.kind.example.items() if name in block.cells}
        key = said.get(self.kind.key)
        if key is None or key not in block.cells[self.kind.key]:
            return set()
        places = range(len(block.lines))
        return {place for place in places if all(block.cells[name][place] == text for name, text in said.items())}

    def _keep(self, block: CleanBlock, found: Recognised) -> None:
        lines, cells, ready = block.lines, block.cells, found.ready
        if len(found.places) < len(lines):
            lines = _of(lines, found.places)
            cells = {name: _of(column, found.places) for name, column in cells.items()}
            ready = {name: _of(column, found.places) for name, column in ready.items()}
        with transaction.atomic():
            copy_many(
                ImportRow,
                {"batch_id": str(self.batch.pk), "status": RowStatus.NEW.value, "problems": "[]", "changes": "{}"},
                {
                    "line": list(map(str, lines)),
                    "values": list(json_objects(cells)),
                    "ready": list(json_objects(ready)),
                    "target": self._targets(len(lines)),
                },
            )

    def _targets(self, count: int) -> list[str] | None:
        way = self.kind.blocks
        return list(map(str, reserve_keys(way.model, count))) if way is not None and hands_out_keys() else None

    def finish(self, encoding: str) -> None:
        """Judge what is left, and let the table be looked at."""
        doubtful = self._doubtful()
        self.rest += self._lines_again(doubtful)
        self.rest.sort(key=lambda line: line.number)
        certain = self.certain - len(doubtful)
        self.progress.total, self.progress.done = certain + len(self.rest), certain
        judged = self._judged()
        batch = self.batch
        with transaction.atomic():
            for part in chunks(sorted(doubtful)):
                batch.rows.filter(line__in=part).delete()
            ImportRow.objects.bulk_create(self._rows(judged), batch_size=CHUNK)
            batch.counts = counted(judged)
            batch.counts[RowStatus.NEW] += certain
            batch.state = ImportState.STAGED
            batch.message = batch.refusal_code = ""
            batch.encoding = encoding
            batch.save()
        self.progress.step(0)

    def _doubtful(self) -> set[int]:
        """Return the numbers of the lines that were kept and that the judge has to see after all."""
        way = self.kind.blocks
        if way is None or not self.certain:
            return set()
        shared = set().union(*(keys.shared() for keys in self.keys))
        with transaction.atomic():
            return (shared - {line.number for line in self.rest}) | way.doubtful(self.batch)

    def _lines_again(self, numbers: set[int]) -> Iterator[Line]:
        for part in chunks(sorted(numbers)):
            for number, values in self.batch.rows.filter(line__in=part).values_list("line", "values"):
                yield Line(number, values)

    def _judged(self) -> Sequence[Judgement]:
        if not self.rest:
            return []
        return self.kind.judge(self.batch.cohort, self.rest, actor=self.batch.owner, told=self.progress.step)

    def _rows(self, judged: Sequence[Judgement]) -> list[ImportRow]:
        rows = [_as_row(self.batch, judgement) for judgement in judged]
        way = self.kind.blocks
        if way is not None:
            new = [(row, j.line) for row, j in zip(rows, judged, strict=True) if row.status == RowStatus.NEW]
            keys = self._targets(len(new)) or []
            for (row, line), key in zip_longest(new, keys):
                row.ready, row.target = way.ready_of(line), key and int(key)
        return rows


def _of[T](column: Sequence[T], places: Sequence[int]) -> list[T]:
    return [column[place] for place in places]


def _as_row(batch: ImportBatch, judgement: Judgement) -> ImportRow:
    line = judgement.line
    return ImportRow(
        batch=batch,
        line=line.number,
        values=line.cells,
        status=judgement.status,
        problems=[problem.stored() for problem in line.problems],
        changes={name: list(pair) for name, pair in judgement.changes.items()},
    )


def counted(judged: Sequence[Judgement]) -> dict[str, int]:
    """Return how many lines there are of each status."""
    counts = dict.fromkeys(RowStatus.values, 0)
    for judgement in judged:
        counts[judgement.status] += 1
    return counts
