"""What each model holds about a person: declared once, used by the export, the erasure and the nightly deletion.

Each app declares its own models in ``services/privacy.py``, third parties' are declared by accounts. A house test walks
all models and fails on one that is not declared, and on a column of it of which nobody has said what becomes of it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Field, FileField, Model, Q
from django.db.models.fields.json import JSONField

from portal.kernel.errors import Text


@dataclass(frozen=True)
class Holding:
    """What one model holds.

    ``person``: lookup paths from the row to the people whose row it is; none for a row that is nobody's.
    Erasure deletes these rows (``delete``) or leaves them with ``blank`` values (a value, or a function of the row) and
    without ``files``. ``mentions``: columns in which other people may be named by anybody; what is known of an erased
    person is struck out there, whosever row it is. ``plain``: columns that say nothing of a person.
    ``keep`` days after the moment in ``since``, rows for which ``ended`` holds are deleted by night.
    ``hidden`` columns and rows for which ``shown`` does not hold are left out of a person's own export.
    """

    label: str
    holds: Text
    person: tuple[str, ...] = ()
    delete: bool = False
    blank: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    leaves: Text = ""
    keep: dt.timedelta | None = None
    since: str = ""
    ended: Q = field(default_factory=Q)
    hidden: tuple[str, ...] = ()
    shown: Q = field(default_factory=Q)

    @property
    def model(self) -> type[Model]:
        """The model itself."""
        return _models()[self.label]

    def rows_of(self, person: Any) -> Any:
        """Return the person's rows."""
        mine = Q(pk__in=[])
        for path in self.person:
            mine |= Q(**{path: person.pk})
        return self.model._base_manager.filter(mine)

    def columns(self) -> list[Field[Any, Any]]:
        """Return the columns that can say something: text, JSON, files and addresses without a list of choices."""
        return [column for column in self.model._meta.concrete_fields if _can_say(column)]

    def unsaid(self) -> list[str]:
        """Return the columns of which nobody has said what erasure makes of them."""
        if self.delete:
            return []
        said = {*self.blank, *self.files, *self.mentions, *self.plain}
        return [column.name for column in self.columns() if column.name not in said]


def _models() -> dict[str, type[Model]]:
    return {model._meta.label: model for model in apps.get_models(include_auto_created=True)}


_TELLING = ("CharField", "TextField", "EmailField", "URLField", "SlugField", "GenericIPAddressField", "BinaryField")


def _can_say(column: Field[Any, Any]) -> bool:
    if column.is_relation or column.choices:
        return False
    return column.get_internal_type() in _TELLING or isinstance(column, FileField | JSONField)


_holdings: dict[str, Holding] = {}


def declare(*found: Holding) -> None:
    """Declare what models hold; called by each app at start, lower apps first."""
    _holdings.update({holding.label: holding for holding in found})


def declare_nothing(labels: Iterable[str], why: Text) -> None:
    """Declare that models hold nothing about a person, and why."""
    for label in labels:
        columns = tuple(column.name for column in _models()[label]._meta.concrete_fields)
        declare(Holding(label, why, plain=columns))


def holdings() -> list[Holding]:
    """Return all declarations, those of lower apps first; erasure goes through them from the end."""
    return list(_holdings.values())


def undeclared() -> list[str]:
    """Return the models of which nobody has said what they hold."""
    return sorted(set(_models()) - set(_holdings))


# -- striking out -------------------------------------------------------------------------------------------------

STRUCK = "—"


def struck(value: Any, words: Iterable[str]) -> Any:
    """Return a value of JSON or a text in which every text that holds one of the words is struck out."""
    if isinstance(value, str):
        low = value.casefold()
        return STRUCK if any(word in low for word in words) else value
    if isinstance(value, list):
        return [struck(part, words) for part in value]
    if isinstance(value, dict):
        return {struck(key, words): struck(part, words) for key, part in value.items()}
    return value
