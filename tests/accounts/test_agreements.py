"""Affiliation agreements: entered with their paper, renewed in time, read by both sides and nobody else."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Agreement, Company
from apps.accounts.selectors import agreements_to_renew
from apps.accounts.services import agreements
from portal.kernel.errors import NotAllowed, RuleViolation
from tests.clients import signed_in
from tests.factories.accounts import AgreementFactory, CompanyFactory
from tests.factories.world import World, build_world
from tests.papers import PDF

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world() -> World:
    return build_world()


def typed(host: Company, **changes: object) -> dict[str, object]:
    days = {"signed_on": "2026-01-01", "expires_on": "2028-12-31"}
    return {"company": host.pk, "number": "A/7", "note": "", **days, **changes}


def paper(data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("Signed Ltd.pdf", data, content_type="application/pdf")


def test_a_coordinator_enters_changes_and_deletes_one_with_its_paper(world, django_capture_on_commit_callbacks):
    client = signed_in(world.coordinator)
    add = reverse("admin:accounts_agreement_add")
    assert client.get(add, {"company": world.company.pk}).status_code == 200
    client.post(add, typed(world.company, file=paper()))
    row = Agreement.objects.get()
    first = row.file.name
    assert (row.company, row.number, row.expires_on, str(row)) == (
        world.company,
        "A/7",
        dt.date(2028, 12, 31),
        f"{world.company} A/7",
    )
    assert (first.startswith("agreements/"), "Signed" in first, default_storage.exists(first)) == (True, False, True)
    change = reverse("admin:accounts_agreement_change", args=[row.pk])
    page = client.get(change)
    assert reverse("agreement_paper", args=[row.pk]).encode() in page.content
    assert first.encode() not in page.content
    with django_capture_on_commit_callbacks(execute=True):
        token = page.context["version_token"]
        client.post(change, typed(world.company, number="A/8", file=paper(PDF + b"2"), _version=token))
    row.refresh_from_db()
    with row.file.open() as stored:
        assert (row.number, default_storage.exists(first), stored.read()) == ("A/8", False, PDF + b"2")
    last = row.file.name
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:accounts_agreement_delete", args=[row.pk]), {"post": "yes"})
    assert (Agreement.objects.count(), default_storage.exists(last)) == (0, False)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"expires_on": "2025-12-31"}, "expires_on"),
        ({"file": paper(b"MZ no paper")}, "file"),
        ({"file": paper(PDF[:40])}, "file"),
        ({"file": paper(PDF + b"x" * agreements.MOST_BYTES)}, "file"),
        ({"company": 10**9}, "company"),
        ({"number": "x" * 61}, "number"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_stored(world, changes, field, tmp_path):
    response = signed_in(world.coordinator).post(
        reverse("admin:accounts_agreement_add"), typed(world.company, **changes)
    )
    assert list(response.context["adminform"].form.errors) == [field]
    assert (Agreement.objects.count(), list((tmp_path / "agreements").glob("*"))) == (0, [])


def test_a_service_checks_what_no_form_has_checked(world):
    values = {"company": world.company, "signed_on": TODAY, "expires_on": TODAY, "number": "x" * 61}
    with pytest.raises(RuleViolation) as refused:
        agreements.enter_agreement(values, actor=world.coordinator)
    assert (refused.value.code, refused.value.field) == ("invalid", "number")


def test_a_paper_without_its_row_is_removed_again(world, monkeypatch, tmp_path):
    def fail(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(Agreement, "save", fail)
    with pytest.raises(RuntimeError):
        agreements.enter_agreement(
            {"company": world.company, "signed_on": TODAY, "expires_on": TODAY, "file": PDF}, actor=world.coordinator
        )
    assert list((tmp_path / "agreements").glob("*")) == []


def test_the_company_reads_its_agreement_and_writes_none(world):
    row = AgreementFactory.create(company=world.company)
    agreements.change_agreement(row, {"file": PDF}, actor=world.coordinator)
    address = reverse("agreement_paper", args=[row.pk])
    response: Any = signed_in(world.representative).get(address)
    assert (b"".join(response.streaming_content), response.headers["Content-Disposition"]) == (
        PDF,
        f'attachment; filename="Agreement {world.company}.pdf"',
    )
    for name in ("student", "rival_representative", "industrial_supervisor", "university_supervisor"):
        assert signed_in(getattr(world, name)).get(address).status_code == 404, name
    with pytest.raises(NotAllowed):
        agreements.change_agreement(row, {"note": "mine"}, actor=world.representative)
    with pytest.raises(NotAllowed):
        agreements.delete_agreement(row, actor=world.representative)
    empty = AgreementFactory.create(company=world.company)
    assert signed_in(world.coordinator).get(reverse("agreement_paper", args=[empty.pk])).status_code == 404


def test_the_newest_ones_that_end_soon_are_to_be_renewed(world):
    foreign = CompanyFactory.create(proposed_for=world.other_department)
    renewed, archived = CompanyFactory.create(), CompanyFactory.create(state="archived")
    soon = TODAY + dt.timedelta(days=10)
    for company in (foreign, renewed, archived, world.company):
        AgreementFactory.create(company=company, expires_on=soon)
    AgreementFactory.create(company=renewed, expires_on=TODAY + dt.timedelta(days=700))
    ended = AgreementFactory.create(company=world.rival, expires_on=TODAY - dt.timedelta(days=1))
    before = TODAY + dt.timedelta(days=60)
    due = list(agreements_to_renew(world.coordinator, before=before))
    assert [row.company for row in due] == [world.rival, world.company]
    assert [row.days_left for row in due] == [-1, 10]
    client = signed_in(world.coordinator)
    card = next(card for card in client.get("/admin/").context["home_cards"] if "Agreements" in str(card.title))
    assert (card.count, card.url) == (2, "/admin/accounts/agreement/?ends=soon")
    counts = {}
    for ends in ("soon", "ended", "later", "x"):
        page = client.get(reverse("admin:accounts_agreement_changelist"), {"ends": ends})
        counts[ends] = page.context["cl"].queryset.count()
    assert (counts, str(ended)) == ({"soon": 2, "ended": 1, "later": 1, "x": 5}, str(world.rival))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions_for_one_and_three(world, count, django_assert_num_queries):
    for _number in range(count):
        AgreementFactory.create()
    client = signed_in(world.coordinator)
    client.get(reverse("admin:accounts_agreement_changelist"))
    with django_assert_num_queries(6):
        client.get(reverse("admin:accounts_agreement_changelist"))


def test_no_card_stands_there_without_a_reason(world):
    cards = signed_in(world.coordinator).get("/admin/").context["home_cards"]
    assert [card for card in cards if "Agreements" in str(card.title)] == []


@pytest.mark.parametrize(
    ("field", "value", "code"), [("number", "7" * 200, "invalid"), ("signed_on", dt.date(2031, 1, 1), "wrong_days")]
)
def test_what_no_form_has_checked_is_checked_all_the_same(world, field, value, code):
    values = {"company": world.company, "signed_on": dt.date(2026, 1, 1), "expires_on": dt.date(2028, 12, 31)}
    with pytest.raises(RuleViolation) as refused:
        agreements.enter_agreement(values | {field: value}, actor=world.coordinator)
    assert (refused.value.code, Agreement.objects.count()) == (code, 0)


def test_an_agreement_of_another_scope_is_not_written(world):
    values = {"company": world.company, "signed_on": dt.date(2026, 1, 1), "expires_on": dt.date(2028, 12, 31)}
    with pytest.raises(NotAllowed):
        agreements.enter_agreement(values, actor=world.representative)


def test_days_change_without_a_new_paper(world):
    row = AgreementFactory.create(company=world.company, number="A/7")
    kept = row.file.name
    agreements.change_agreement(row, {"number": "A/8"}, actor=world.coordinator)
    row.refresh_from_db()
    assert (row.number, row.file.name) == ("A/8", kept)
