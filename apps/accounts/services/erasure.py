"""Erasure: a superuser asks, a time passes in which it can be held back, then a person is forgotten in one go.

The row of the person stays without anything of the person, because logs, marks and decisions of others hang on it.
History stays whole: its seal covers digests, the words are kept beside it and are taken away.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from django.contrib.auth.hashers import make_password
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import JSONField, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Erasure, HistoryEntry, ImportBatch, Job, User
from apps.accounts.permissions import is_superuser
from apps.accounts.services.resealing import Resealing
from apps.accounts.services.seals import sealed_models
from apps.accounts.states import ErasureState
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import announce_created, perform
from portal.kernel.imports import chunks
from portal.kernel.privacy import STRUCK, Holding, holdings, struck

WAIT: Final = dt.timedelta(days=14)
# Shorter words would strike out what has nothing to do with the person.
SHORTEST: Final = 4


def ask_erasure(person: User, *, actor: User) -> Erasure:
    """Have a person forgotten after the waiting time; until then it can be held back or withdrawn.

    Raises ``NotAllowed``, or ``RuleViolation``: ``yourself``, ``is_superuser``, ``asked_already``, ``erased_already``.
    """
    if not is_superuser(actor):
        raise NotAllowed
    if person.pk == actor.pk:
        raise RuleViolation("yourself", _("You cannot erase yourself."))
    if person.is_superuser:
        raise RuleViolation("is_superuser", _("Take the rights of an administrator away first."))
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=person.pk)
        earlier = set(Erasure.objects.filter(person=person).values_list("state", flat=True))
        if earlier & {ErasureState.WAITING, ErasureState.HELD}:
            raise RuleViolation("asked_already", _("This erasure is asked for already."))
        if ErasureState.DONE in earlier:
            raise RuleViolation("erased_already", _("Nothing of this person is left."))
        erasure = Erasure.objects.create(person=person, asked_by=actor, due_at=timezone.now() + WAIT)
        announce_created(erasure, actor=actor)
    return erasure


def erase_due() -> int:
    """Carry out what is due and not held back; the beat table calls this by night. Returns how many."""
    due = Erasure.objects.filter(state=ErasureState.WAITING, due_at__lte=timezone.now()).order_by("id")
    for erasure in due:
        erase(erasure)
    return len(due)


def erase(erasure: Erasure) -> None:
    """Forget a person, all or nothing; files are deleted once the transaction has committed.

    Each app has declared what its rows leave (``portal/kernel/privacy.py``); the upper apps come first.
    """
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",)).get(pk=erasure.person_id)
        words = words_of(person)
        perform(erasure, "carry_out", actor=SYSTEM)
        _forget_history(erasure, person, words)
        counts, resealing = {}, Resealing()
        for holding in holdings():
            if holding.person and sealed_models() & {holding.label}:
                resealing.touch(holding.label, holding.rows_of(person).values_list("pk", flat=True))
        for holding in reversed(holdings()):
            counts[holding.label] = _erase_rows(holding, person) + _strike_out(holding, words, resealing)
        resealing.seal_again(erasure)
        _drop_results()
        _empty_person(person)
        Erasure.objects.filter(pk=erasure.pk).update(counts={k: n for k, n in counts.items() if n}, hold_reason="")


# -- what is known of a person ------------------------------------------------------------------------------------


def words_of(person: User) -> list[str]:
    """Return by which words a person can be recognised in what others wrote, in one case."""
    found = [person.username, person.email, person.phone, person.get_full_name()]
    found.append(f"{person.last_name} {person.first_name}".strip())
    for name, key in (("student_profile", "reg_no"), ("staff_profile", "staff_no"), ("provisioned", "external_id")):
        kept = getattr(person, name, None)
        found.append(str(getattr(kept, key, "")))
    return sorted({word.casefold() for word in found if len(word) >= SHORTEST})


# -- rows ---------------------------------------------------------------------------------------------------------


def _erase_rows(holding: Holding, person: User) -> int:
    if not holding.person:
        return 0
    rows = holding.rows_of(person)
    drop_files(rows, holding.files)
    if holding.delete:
        return int(rows.delete()[0])
    values = {name: value for name, value in holding.blank.items() if not callable(value)}
    values |= dict.fromkeys(holding.files, "")
    count = rows.update(**values) if values else 0
    made = {name: value for name, value in holding.blank.items() if callable(value)}
    if made:
        for row in rows:
            holding.model._base_manager.filter(pk=row.pk).update(**{name: make(row) for name, make in made.items()})
            count = max(count, 1)
    return count


def drop_files(rows: Any, names: Iterable[str]) -> None:
    """Delete the files of rows once the transaction has committed."""
    for name in names:
        for row in rows.exclude(**{name: ""}).exclude(**{f"{name}__isnull": True}).only(name):
            stored = getattr(row, name)
            transaction.on_commit(_deleter(stored.storage, stored.name))


def _deleter(storage: Storage, name: str) -> Any:
    return lambda: storage.delete(name)


def _strike_out(holding: Holding, words: list[str], resealing: Resealing) -> int:
    """Strike a person out where others may have named the person; returns how many rows changed."""
    changed = 0
    for name in holding.mentions:
        column: Any = holding.model._meta.get_field(name)
        rows = holding.model._base_manager.filter(_mentions(column, words))
        for row in rows.only("pk", name).iterator(chunk_size=500):
            old = getattr(row, name)
            new = struck(old, words)
            if new == STRUCK and column.get_internal_type() != "TextField":
                # An address or a number that is no more is none, not a dash.
                new = ""
            if new != old:
                resealing.touch(holding.label, [row.pk])
                holding.model._base_manager.filter(pk=row.pk).update(**{name: new})
                changed += 1
    return changed


def _mentions(column: Any, words: list[str]) -> Q:
    """Return a condition that no row with one of the words fails; databases compare other letters with their case."""
    found = Q(pk__in=[])
    for word in words:
        if not word.isascii() or isinstance(column, JSONField):
            # JSON keeps other letters as escapes on one database and as letters on another: look at every row.
            return Q()
        found |= Q(**{f"{column.name}__icontains": word})
    return found


def _drop_results() -> None:
    """Delete the files of finished work and of imports that wait: tables of many people, made again in a minute."""
    results = Job.objects.exclude(result="")
    drop_files(results, ["result"])
    results.update(result="")
    waiting = ImportBatch.objects.exclude(file="")
    drop_files(waiting, ["file"])
    waiting.update(file="")


def _empty_person(person: User) -> None:
    """Leave the row without a name, a way in, a role; its key stays, because the rows of others hang on it."""
    person.groups.clear()
    User.objects.filter(pk=person.pk).update(
        username=f"erased-{person.pk}",
        first_name="",
        last_name="",
        email="",
        email_key="",
        phone="",
        language="",
        password=make_password(None),
        is_active=False,
        is_staff=False,
        last_login=None,
        session_version=person.session_version + 1,
    )


# -- history ------------------------------------------------------------------------------------------------------


def _forget_history(erasure: Erasure, person: User, words: list[str]) -> None:
    """Take the words away from entries that the person wrote, that are about the person's rows, or name the person."""
    HistoryEntry.objects.filter(actor_key=person.pk).exclude(reason="").update(reason="", erasure=erasure)
    for holding in holdings():
        if not holding.person:
            continue
        keys = list(holding.rows_of(person).order_by().values_list("pk", flat=True))
        entries = HistoryEntry.objects.filter(target_label=holding.label).exclude(reason="")
        for part in chunks(keys):
            entries.filter(target_id__in=part).update(reason="", erasure=erasure)
    for entry in HistoryEntry.objects.exclude(reason="").only("pk", "reason").iterator(chunk_size=1000):
        if struck(entry.reason, words) != entry.reason:
            HistoryEntry.objects.filter(pk=entry.pk).update(reason="", erasure=erasure)
