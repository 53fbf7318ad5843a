"""Notes of coordinators in /api/v1/."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.accounts.models import Note
from apps.accounts.permissions import can_delete_note
from apps.accounts.selectors import notes_visible_to
from apps.accounts.services.notes import LONGEST, delete_note, noted_kinds, write_note
from portal.kernel.api.lists import LARGEST, wrong
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Removes, ScopedViewSet


class NoteSerializer(serializers.ModelSerializer[Note]):
    about = serializers.SerializerMethodField(help_text="Kind of the object: enrolment, company, placement and so on.")
    key = serializers.SerializerMethodField(help_text="Key of the object.")
    author_name = serializers.SerializerMethodField()
    may_delete = serializers.SerializerMethodField()

    class Meta:
        model = Note
        fields = (
            *("id", "about", "key", "enrolment", "company", "text", "author", "author_name", "created_at"),
            "may_delete",
        )
        read_only_fields = fields

    def get_about(self, note: Note) -> str:
        return note.label.rpartition(".")[2].lower() or ("company" if note.company_id else "enrolment")

    def get_key(self, note: Note) -> int:
        return note.key or note.company_id or note.enrolment_id or 0

    def get_author_name(self, note: Note) -> str:
        return str(note.author or "")

    def get_may_delete(self, note: Note) -> bool:
        return can_delete_note(note, self.context["request"].user)


class NewNoteSerializer(StrictSerializer):
    about = serializers.ChoiceField([])
    key = serializers.IntegerField(min_value=1, max_value=LARGEST)
    text = serializers.CharField(max_length=LONGEST)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        # Upper apps declare kinds of their own after this module is read.
        kinds = serializers.ChoiceField(sorted(kind.word for kind in noted_kinds().values()))
        return {**super().get_fields(), "about": kinds}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the row in the place of its key; one that is not the user's is no key."""
        kind = next(kind for kind in noted_kinds().values() if kind.word == attrs["about"])
        related = (f"{kind.anchor}__cohort",) if kind.anchor else ()
        rows = kind.selector(self.context["request"].user).select_related(*related)
        row = rows.filter(pk=attrs["key"]).first()
        if row is None:
            raise serializers.ValidationError({"key": _("There is no such object among yours.")})
        return {"row": row, "text": attrs["text"]}


def _of_kind(rows: QuerySet[Note], word: str) -> QuerySet[Note]:
    kind = next((kind for kind in noted_kinds().values() if kind.word == word), None)
    if kind is None:
        raise wrong(about=_("Notes are about one of these: %(kinds)s.") % {"kinds": ", ".join(sorted(_words()))})
    if kind.anchor:
        return rows.filter(label=kind.model._meta.label)
    return rows.filter(label="", **{f"{word}__isnull": False})


def _words() -> list[str]:
    return [kind.word for kind in noted_kinds().values()]


class NoteViewSet(Adds, Removes, ScopedViewSet[Note]):
    model = Note
    selector = staticmethod(notes_visible_to)
    related = ("author", "enrolment__cohort", "company")
    serializer_class = NoteSerializer
    add_serializer = NewNoteSerializer
    filters = {"enrolment": "enrolment", "company": "company", "about": _of_kind, "key": "key"}

    def add(self, values: dict[str, Any]) -> Note:
        return write_note(values["row"], values["text"], actor=self.actor)

    def remove(self, obj: Note) -> None:
        delete_note(obj, actor=self.actor)
