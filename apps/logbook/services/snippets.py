"""Feedback sentences: kept, changed and thrown away by their owner, shared with one circle."""

from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.logbook.models import Snippet
from apps.logbook.models.snippets import MOST_SNIPPET
from apps.logbook.permissions import can_change_snippet, keeps_snippets
from apps.logbook.selectors import circles_of
from apps.logbook.services.entries import clean_line
from portal.kernel.errors import NotAllowed, RuleViolation

MOST_OF_ONE: Final = 100


@dataclass(frozen=True)
class Sentence:
    """What a person wants to keep; ``circle`` is a key of ``circles_of`` or empty for the person alone."""

    text: str
    circle: str = ""


def keep_snippet(sentence: Sentence, *, actor: User) -> Snippet:
    """Keep a sentence for the next time.

    Raises ``NotAllowed`` for who gives no feedback, and ``RuleViolation`` ``text_missing``, ``text_too_long``,
    ``control_character``, ``kept_already``, ``too_many_snippets`` or ``circle_unknown``, with the field.
    """
    if not keeps_snippets(actor):
        raise NotAllowed
    if Snippet.objects.filter(owner=actor).count() >= MOST_OF_ONE:
        raise RuleViolation("too_many_snippets", _("You keep 100 sentences. Throw one away first."), field="text")
    return _write(Snippet(owner=actor), sentence, actor)


def change_snippet(snippet: Snippet, sentence: Sentence, *, actor: User) -> Snippet:
    """Change an own sentence or with whom it is shared; raises as ``keep_snippet`` does."""
    if not can_change_snippet(snippet, actor):
        raise NotAllowed
    return _write(snippet, sentence, actor)


def drop_snippet(snippet: Snippet, *, actor: User) -> None:
    """Throw an own sentence away. Raises ``NotAllowed``."""
    if not can_change_snippet(snippet, actor):
        raise NotAllowed
    snippet.delete()


def _write(snippet: Snippet, sentence: Sentence, actor: User) -> Snippet:
    snippet.text = clean_line(sentence.text, field="text", most=MOST_SNIPPET)
    if not snippet.text:
        raise RuleViolation("text_missing", _("Write the sentence first."), field="text")
    circle = circles_of(actor).get(sentence.circle)
    if circle is None:
        raise RuleViolation("circle_unknown", _("You can share it only where you belong."), field="circle")
    snippet.company_id, snippet.department_id = circle.company_id, circle.department_id
    try:
        with transaction.atomic():
            snippet.save()
    except IntegrityError as error:
        raise RuleViolation("kept_already", _("You keep this sentence already."), field="text") from error
    return snippet
