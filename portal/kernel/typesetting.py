"""Many documents as PDF with Typst: one start of the sandbox child for a lot, tens of milliseconds for each document.

WeasyPrint sets the single document; a cohort of them would keep both processors busy for an hour.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from portal.kernel.documents import checked_context
from portal.kernel.documents_child.packing import pack, unpack_answers
from portal.kernel.errors import RuleViolation
from portal.kernel.lots import in_one_start
from portal.kernel.sandbox import ChildRefusedError, Limits, SandboxError, run_limited

# A logbook of half a year takes a third of a second of an idle processor.
CPU_START_S: Final = 10
CPU_EACH_S: Final = 4
MEMORY_MB: Final = 1536

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Setting:
    """One document: ``main`` is the source that begins it, ``context`` plain data, ``pictures`` PNG or JPEG by name."""

    main: str
    context: Mapping[str, Any]
    pictures: Mapping[str, bytes]


def typeset_each(
    settings: Sequence[Setting], sources: Mapping[str, bytes], *, between: Callable[[], None] = lambda: None
) -> list[bytes | RuleViolation]:
    """Return the tagged PDFs (PDF/UA-1) in order; in the place of one that cannot be set stands the reason.

    ``sources`` are ours, by name: they may read each other and the context, never a file. A document that is too much
    takes none of the others with it. ``between`` is called before each start, for who must show a sign of life.
    Raises ``TypeError`` for a context that is no plain data.
    """
    return in_one_start(settings, partial(_run, sources), _violation, between=between)


def _run(sources: Mapping[str, bytes], settings: Sequence[Setting]) -> list[bytes | RuleViolation]:
    # The same logo stands in all of them.
    numbers: dict[bytes, int] = {}
    documents = [
        {
            "main": setting.main,
            "context": checked_context(setting.context),
            "pictures": {name: numbers.setdefault(data, len(numbers)) for name, data in setting.pictures.items()},
        }
        for setting in settings
    ]
    payload, sizes = pack([*sources.values(), *numbers])
    options = {"sizes": sizes, "sources": list(sources), "documents": documents}
    cpu_s = CPU_START_S + CPU_EACH_S * len(settings)
    limits = Limits(memory_mb=MEMORY_MB, cpu_s=cpu_s, wall_s=2 * cpu_s, output_mb=4 + 4 * len(settings))
    packed = run_limited("portal.kernel.documents_child.typeset:set_many", payload, options=options, limits=limits)
    return [_result(answer) for answer in unpack_answers(packed)]


def _result(answer: bytes | tuple[str, str]) -> bytes | RuleViolation:
    if isinstance(answer, bytes):
        return answer
    logger.warning("typesetting failed: %s", answer[0])
    return _failed()


def _violation(error: SandboxError | ChildRefusedError) -> RuleViolation:
    logger.warning("typesetting ended: %s", error.reason if isinstance(error, SandboxError) else error.kind)
    return _too_long() if isinstance(error, SandboxError) and error.reason in {"time", "memory"} else _failed()


def _too_long() -> RuleViolation:
    return RuleViolation(
        "document_too_long", _("There is too much text for one document. Export fewer weeks at a time.")
    )


def _failed() -> RuleViolation:
    return RuleViolation("pdf_failed", _("The PDF could not be made."))
