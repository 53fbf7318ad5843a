"""What one keeps to find again in /api/v1/: vacancies, and searches that the portal repeats."""

from typing import Any

from rest_framework import serializers

from apps.accounts.states import IndustryType
from apps.vacancies.models import Bookmark, SavedSearch
from apps.vacancies.selectors import bookmarks_of, saved_searches_of
from apps.vacancies.services.finding import delete_search, drop_bookmark, save_search
from apps.vacancies.states import WorkMode, WorkType
from portal.kernel.api.parsing import StrictSerializer
from portal.kernel.api.rows import Adds, Removes, ScopedViewSet


class BookmarkSerializer(serializers.ModelSerializer[Bookmark]):
    title = serializers.CharField(source="vacancy.title", read_only=True)
    company_name = serializers.CharField(source="vacancy.company.name", read_only=True)
    deadline = serializers.DateField(source="vacancy.deadline", read_only=True)
    state = serializers.CharField(source="vacancy.state", read_only=True)

    class Meta:
        model = Bookmark
        fields = ("id", "vacancy", "title", "company_name", "deadline", "state", "created_at")
        read_only_fields = fields


class BookmarkViewSet(Removes, ScopedViewSet[Bookmark]):
    """Kept by ``POST /vacancies/{id}/bookmark/``."""

    model = Bookmark
    selector = staticmethod(bookmarks_of)
    related = ("vacancy__company",)
    serializer_class = BookmarkSerializer
    filters = {"state": "vacancy__state", "deadline_from": "vacancy__deadline__gte"}

    def remove(self, obj: Bookmark) -> None:
        drop_bookmark(obj.vacancy, actor=self.actor)


class SavedSearchSerializer(serializers.ModelSerializer[SavedSearch]):
    # Empty: of every kind.
    work_mode = serializers.ChoiceField(WorkMode.choices, allow_blank=True, read_only=True)
    work_type = serializers.ChoiceField(WorkType.choices, allow_blank=True, read_only=True)
    sector = serializers.ChoiceField(IndustryType.choices, allow_blank=True, read_only=True)

    class Meta:
        model = SavedSearch
        fields = ("id", "title", "words", "work_mode", "work_type", "sector", "seen_until", "created_at")
        read_only_fields = fields


class NewSearchSerializer(StrictSerializer):
    words = serializers.CharField(max_length=100, required=False, allow_blank=True)
    work_mode = serializers.ChoiceField(WorkMode.choices, required=False, allow_blank=True)
    work_type = serializers.ChoiceField(WorkType.choices, required=False, allow_blank=True)
    sector = serializers.ChoiceField(IndustryType.choices, required=False, allow_blank=True)


class SavedSearchViewSet(Adds, Removes, ScopedViewSet[SavedSearch]):
    model = SavedSearch
    selector = staticmethod(saved_searches_of)
    serializer_class = SavedSearchSerializer
    add_serializer = NewSearchSerializer

    def add(self, values: dict[str, Any]) -> SavedSearch:
        return save_search(values, actor=self.actor)

    def remove(self, obj: SavedSearch) -> None:
        delete_search(obj, actor=self.actor)
