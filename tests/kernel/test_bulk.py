import uuid
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import HistoryEntry, Job
from portal.kernel.bulk import among, insert_many, update_each
from tests.factories.accounts import DepartmentFactory, JobFactory

pytestmark = pytest.mark.django_db

SHARED = {
    "target_label": "tests.Thing",
    "reason_digest": "",
    "content_digest": "",
    "action": "move",
    "target": "b",
    "via": "",
    "reason": "it's 50 %",
    "batch": "b",
}


def test_among_finds_these_rows_and_no_others():
    first, _second, third = JobFactory.create_batch(3)
    found = Job.objects.filter(among([third.pk, first.pk, first.pk])).order_by("pk")
    assert list(found) == [first, third]
    assert list(Job.objects.filter(among([]))) == []
    assert list(Job.objects.filter(among([first.pk]), state="done")) == []


def test_among_takes_more_keys_than_a_statement_has_places(django_assert_num_queries):
    job = JobFactory.create()
    with django_assert_num_queries(1):
        assert list(Job.objects.filter(among(range(job.pk, job.pk + 300_000)))) == [job]


def test_insert_many_writes_each_row_with_what_they_share(django_assert_num_queries):
    department = DepartmentFactory.create()
    now = timezone.now()
    columns: dict[str, list[Any]] = {
        "target_id": [1, 2**40, 3],
        "source": ["a", "", 'ü"\\;--'],
        "department_id": [department.pk, None, department.pk],
        "digest": [uuid.uuid4().hex for _row in range(3)],
    }
    with django_assert_num_queries(1):
        insert_many(HistoryEntry, {**SHARED, "at": now}, columns)
    rows = HistoryEntry.objects.order_by("id")
    assert [list(row) for row in rows.values_list(*columns)] == [
        list(row) for row in zip(*columns.values(), strict=True)
    ]
    assert set(rows.values_list("reason", "at", "actor_id")) == {("it's 50 %", now, None)}


def test_insert_many_of_nothing_writes_nothing():
    columns: dict[str, list[str]] = {"target_id": [], "source": [], "digest": []}
    insert_many(HistoryEntry, {**SHARED, "at": timezone.now()}, columns)
    assert HistoryEntry.objects.count() == 0


def test_update_each_gives_every_row_its_own_value(django_assert_num_queries):
    first, second, third = JobFactory.create_batch(3, done_count=1)
    with django_assert_num_queries(1):
        update_each(Job, "done_count", {first.pk: 7, third.pk: 9})
    update_each(Job, "title", {second.pk: "it's 50 %"})
    update_each(Job, "done_count", {})
    found = list(Job.objects.order_by("pk").values_list("done_count", "title"))
    assert found == [(7, first.title), (1, "it's 50 %"), (9, third.title)]
