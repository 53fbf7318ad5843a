"""Two companies that are one: all that refers to the second follows, and comes back exactly."""

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db.models import JSONField
from django.urls import reverse

from apps.accounts.models import Company, CompanyMember, CompanyMerger, HistoryEntry
from apps.accounts.selectors import look_alike_companies
from apps.accounts.services.mergers import followers, merge_companies, preview_merger
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from apps.applications.models import PlacementAmendment
from apps.applications.services.amendments import change_host
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import moves_for, perform
from tests.clients import signed_in
from tests.factories.accounts import (
    AgreementFactory,
    CompanyCapacityFactory,
    CompanyFactory,
    CompanyMemberFactory,
    UserFactory,
)
from tests.factories.applications import PlacementFactory
from tests.factories.vacancies import VacancyFactory
from tests.factories.world import World, build_world

pytestmark = pytest.mark.django_db

# The merger's own memory; everything else that points at a company follows it.
OWN = {"accounts.Company.merged_into", "accounts.CompanyMerger.kept", "accounts.CompanyMerger.merged"}


@pytest.fixture
def world() -> World:
    return build_world()


def pointing() -> list[tuple[Any, Any]]:
    """Return every relation to a company, also those of the tables between that Django makes by itself."""
    return [
        (model, field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields + model._meta.local_many_to_many
        if field.remote_field is not None and field.remote_field.model is Company
    ]


OURS = {"accounts", "ai", "vacancies", "applications", "logbook", "reporting"}
# Columns of plain values that name no organisation at all.
NO_COMPANY = {
    *("accounts.Cohort.working_days", "accounts.ServiceToken.scopes", "logbook.Assessment.answers"),
    *("logbook.DailyLog.skills", "vacancies.Vacancy.skills", "vacancies.Vacancy.years"),
    *(
        "accounts.ImportMapping.columns",
        "accounts.MassMail.translations",
        "accounts.ProvisionedPerson.said",
        "accounts.SavedView.columns",
        "accounts.SavedView.order",
        "accounts.User.list_columns",
        "accounts.User.usual_views",
        "accounts.Webhook.events",
    ),
    *(
        "applications.Resume.facts",
        "applications.Resume.own_facts",
        "applications.Resume.page_starts",
        "reporting.DocumentTemplate.fields",
        "reporting.Portfolio.skills",
    ),
}
# Columns that can hold keys or names without the database knowing: what is in each, and why a merger need not touch it.
SAID_OTHERWISE = {
    "accounts.AccessLink.scope": "days and hashes; its target is checked below",
    "accounts.AccessLink.target_id": "placements, papers, assessments, members: all follow themselves",
    "accounts.CompanyMerger.moved": "the merger's own memory",
    "accounts.Erasure.counts": "numbers",
    "accounts.HistoryEntry.target_id": "what happened to the merged company stays its history",
    "accounts.ImportBatch.counts": "numbers",
    "accounts.ImportBatch.details": "the sheet as it was read",
    "accounts.ImportRow.changes": "words of a preview, judged anew when it is applied",
    "accounts.ImportRow.problems": "words of a preview, judged anew when it is applied",
    "accounts.ImportRow.ready": "words of a sheet, asked about anew when it is applied",
    "accounts.ImportRow.values": "words of a sheet, judged anew when it is applied",
    "accounts.ImportSchedule.seen": "names of files",
    "accounts.Job.outcome": "numbers and lines for the person who asked",
    "accounts.Job.payload": "the wish of a long task, read anew when it runs",
    "accounts.KeptAnswer.headers": "the headers of an answer that is given again as it was",
    "accounts.MassMail.left_out": "whom a mail that was sent left out, as they were called then",
    "accounts.MassMailRecipient.fields": "the words of a mail as it is written to one person",
    "accounts.MassMailRecipient.target_id": "students and placements, which follow themselves, and companies as they were then",
    "accounts.Notice.facts": "the words of a mail as it was written",
    "accounts.Notice.link": "the target of a link, as above",
    "accounts.OutboxTask.payload": "keys of rows that stay: the merged company is archived, never deleted",
    "ai.AiCall.after": "a text as it was proposed",
    "ai.AiCall.before": "a text as it stood",
    "ai.AiCall.facts": "what a text was made of",
    "ai.AiCall.notes": "remarks about a text",
    "applications.AllocationRun.result": "numbers",
    "applications.AllocationRun.rules": "numbers",
    "applications.Allotment.reasons": "the words of a result as it was published",
    "applications.Ranking.draft": "keys of offers, which follow themselves",
    "applications.Ranking.wishes": "keys of offers, which follow themselves",
    "applications.PlacementAmendment.after": "the name as it was; shown with that of the placement's company now",
    "applications.PlacementAmendment.before": "the name as it was; shown with that of the placement's company now",
    "reporting.IssuedDocument.target_id": "placements, letters, reports, assessments: all follow themselves",
}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of every table that points at a company, without what a move itself counts."""
    found = {}
    for model, _field in [*pointing(), (Company, None)]:
        names = [f.attname for f in model._meta.concrete_fields if f.name not in ("version", "updated_at")]
        if model is not CompanyMerger:
            found[model._meta.label] = sorted(map(tuple, model._default_manager.values_list(*names)), key=repr)
    return found


def fill(world: World) -> tuple[Company, Company]:
    """Give a second company something of everything, some of which the first one has already."""
    kept, merged = world.company, CompanyFactory.create(name="Kilimo Works Limited")
    VacancyFactory.create_batch(2, company=merged)
    PlacementFactory.create(company=merged)
    AgreementFactory.create(company=merged)
    CompanyMemberFactory.create(company=merged)
    CompanyMemberFactory.create(company=merged, user=world.representative)
    CompanyCapacityFactory.create(company=merged)
    CompanyCapacityFactory.create(company=merged, cohort=CompanyCapacityFactory.create(company=kept).cohort)
    for company in (kept, merged):
        grant(world.foreign_coordinator, company, actor=SYSTEM)
    grant(world.coordinator, merged, actor=SYSTEM)
    return kept, merged


def test_every_relation_to_a_company_follows():
    names = {f"{model._meta.label}.{field.name}" for model, field in pointing()}
    assert names - OWN == {follower.key for follower in followers()}


def test_every_column_that_could_name_a_company_in_its_own_way_is_thought_of():
    free = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.local_fields
        if model._meta.label.partition(".")[0] in OURS
        if isinstance(field, JSONField) or field.name in ("target_id", "object_id")
    }
    assert free - NO_COMPANY == set(SAID_OTHERWISE)


def test_a_change_of_host_names_the_company_that_stands_for_it_until_that_is_undone(world):
    merged = CompanyFactory.create(name="Njia Limited")
    new = change_host(
        world.placement,
        merged,
        first_day=world.placement.start + dt.timedelta(days=7),
        actor=world.coordinator,
        reason="The workshop has closed.",
    )
    other = CompanyFactory.create(name="Njia Works")
    amendment = PlacementAmendment.objects.get(successor=new)
    named = [(line.before, line.after) for line in amendment.lines if str(line.label) == "company"]
    assert named == [(world.company.name, "Njia Limited")]
    merge_companies(other, merged, actor=world.superuser)
    amendment = PlacementAmendment.objects.get(successor=new)
    named = [(line.before, line.after) for line in amendment.lines if str(line.label) == "company"]
    assert named == [(world.company.name, "Njia Limited (now Njia Works)")]
    perform(merged, "undo_merger", actor=world.superuser)
    amendment = PlacementAmendment.objects.get(successor=new)
    assert "Njia Limited" in [line.after for line in amendment.lines]


def test_all_that_refers_goes_over_as_the_preview_says_and_comes_back_exactly(world):
    kept, merged = fill(world)
    before = everything()
    lines = [(str(line.title), line.moving, line.staying) for line in preview_merger(kept, merged)]
    assert lines == [
        ("people of the company", 1, 1),
        ("coordinators' rights", 1, 1),
        ("places for a cohort", 1, 1),
        ("agreements", 1, 0),
        ("vacancies", 2, 0),
        ("placements", 1, 0),
    ]
    assert everything() == before
    merger = merge_companies(kept, merged, actor=world.coordinator)
    assert (merged.state, merged.merged_into) == (CompanyState.ARCHIVED, kept)
    left = {follower.key: count for follower in followers() if (count := follower.rows(merged).count())}
    assert left == {
        "accounts.CompanyMember.company": 1,
        "accounts.CompanyGrant.content_object": 1,
        "accounts.CompanyCapacity.company": 1,
    }
    assert kept.vacancies.count() == 3
    perform(merged, "undo_merger", actor=world.coordinator)
    assert everything() == before
    merger.refresh_from_db()
    assert (merger.undone_at is not None, str(merger)) == (True, f"{merged} → {kept}")
    actions = HistoryEntry.objects.filter(target_label="accounts.Company").exclude(action="grant").order_by("pk")
    assert [(row.target_id, row.action, row.reason) for row in actions] == [
        (kept.pk, "take_in", merged.name),
        (merged.pk, "merge", kept.name),
        (kept.pk, "give_back", merged.name),
        (merged.pk, "undo_merger", ""),
    ]


def test_a_merged_vacancy_is_found_by_the_name_of_the_company_that_stands_for_it(world):
    kept, merged = fill(world)
    vacancy = merged.vacancies.first()
    merge_companies(kept, merged, actor=world.coordinator)
    vacancy.refresh_from_db()
    assert "kilimo" not in vacancy.search_text
    perform(merged, "undo_merger", actor=world.coordinator)
    vacancy.refresh_from_db()
    assert "kilimo" in vacancy.search_text


def test_what_was_moved_on_or_deleted_meanwhile_stays_as_it_is(world):
    kept, merged = fill(world)
    gone, on = merged.vacancies.order_by("pk")
    merge_companies(kept, merged, actor=world.coordinator)
    gone.delete()
    on.company = world.rival
    on.save()
    perform(merged, "undo_merger", actor=world.coordinator)
    on.refresh_from_db()
    assert (merged.vacancies.count(), on.company) == (0, world.rival)


def test_one_that_waited_waits_again_and_nobody_is_told_that_it_is_approved(world):
    merged = CompanyFactory.create(state=CompanyState.PROPOSED)
    merge_companies(world.company, merged, actor=world.coordinator)
    assert [move.name for move in moves_for(merged, world.coordinator)] == ["undo_merger_of_proposed"]
    perform(merged, "undo_merger_of_proposed", actor=world.coordinator)
    assert (merged.state, merged.merged_into, merged.state_before_merger) == ("proposed", None, "")


def test_mergers_are_undone_from_the_last_one_back(world):
    first, second = CompanyFactory.create_batch(2)
    merge_companies(second, first, actor=world.coordinator)
    merge_companies(world.company, second, actor=world.coordinator)
    assert list(look_alike_companies(first.normal_name)) == [world.company]
    with pytest.raises(RuleViolation) as refused:
        perform(first, "undo_merger", actor=world.coordinator)
    assert refused.value.code == "merged_on"
    perform(second, "undo_merger", actor=world.coordinator)
    perform(first, "undo_merger", actor=world.coordinator)
    assert set(Company.objects.values_list("state", "merged_into")) == {("approved", None)}


@pytest.mark.parametrize(
    ("move", "state", "code"),
    [
        ("approve", CompanyState.ARCHIVED, "merged"),
        ("undo_merger_of_proposed", CompanyState.ARCHIVED, "was_not_proposed"),
        ("merge", CompanyState.APPROVED, "no_other_company"),
    ],
)
def test_moves_that_do_not_fit_a_merger_are_refused(world, move, state, code):
    merged = CompanyFactory.create()
    if state == CompanyState.ARCHIVED:
        merge_companies(world.company, merged, actor=world.coordinator)
    with pytest.raises(RuleViolation) as refused:
        perform(merged, move, actor=world.coordinator)
    assert refused.value.code == code


def test_one_merged_while_it_waited_does_not_become_approved(world):
    merged = CompanyFactory.create(state=CompanyState.PROPOSED)
    merge_companies(world.company, merged, actor=world.coordinator)
    with pytest.raises(RuleViolation) as refused:
        perform(merged, "undo_merger", actor=world.coordinator)
    assert refused.value.code == "was_not_approved"


def test_pairs_that_cannot_be_merged_are_refused(world):
    kept, merged, rejected = world.company, *CompanyFactory.create_batch(2)
    Company.objects.filter(pk=rejected.pk).update(state=CompanyState.REJECTED)
    merge_companies(kept, merged, actor=world.coordinator)
    pairs = [(kept, kept), (kept, merged), (merged, world.rival), (kept, rejected), (rejected, kept)]
    codes = []
    for first, second in pairs:
        with pytest.raises(RuleViolation) as refused:
            merge_companies(first, second, actor=world.coordinator)
        codes.append(refused.value.code)
    assert codes == ["same_company", "merged", "merged", "wrong_state", "wrong_state"]


def test_who_may_not_decide_about_both_merges_nothing(world):
    Company.objects.filter(pk=world.rival.pk).update(proposed_for=world.other_department)
    rival = Company.objects.get(pk=world.rival.pk)
    for person in (world.coordinator, world.representative, UserFactory.create()):
        for pair in ((world.company, rival), (rival, world.company)):
            with pytest.raises(NotAllowed):
                merge_companies(*pair, actor=person)
    merger = merge_companies(world.company, rival, actor=world.superuser)
    with pytest.raises(NotAllowed):
        perform(rival, "undo_merger", actor=world.coordinator)
    assert (CompanyMerger.objects.get(), merger.actor) == (merger, world.superuser)


# -- the workspace ------------------------------------------------------------------------------------------------


def test_a_coordinator_chooses_looks_merges_and_undoes(world):
    kept, merged = fill(world)
    Company.objects.filter(pk=kept.pk).update(normal_name=merged.normal_name)
    client = signed_in(world.coordinator)
    address = reverse("admin:accounts_company_merge", args=[merged.pk])
    company_page = client.get(reverse("admin:accounts_company_change", args=[merged.pk]))
    assert company_page.content.count(address.encode()) == 2
    assert client.get(address).context["offered"] == [kept]
    assert client.get(address, {"q": world.rival.name}).context["offered"] == [world.rival]
    assert client.get(address, {"q": "nothing"}).context["offered"] == []
    preview = client.get(address, {"into": kept.pk})
    assert [line.moving for line in preview.context["lines"]] == [1, 1, 1, 1, 2, 1]
    assert Company.objects.get(pk=merged.pk).state == CompanyState.APPROVED
    response = client.post(address, {"into": kept.pk}, follow=True)
    undo = reverse("admin:accounts_company_move", args=[merged.pk, "undo_merger"])
    assert (undo.encode() in response.content, b"Stands for" in response.content) == (True, True)
    assert b"Merged into" in client.get(reverse("admin:accounts_company_change", args=[merged.pk])).content
    client.post(undo)
    assert Company.objects.get(pk=merged.pk).merged_into is None


def test_a_foreign_company_is_no_choice_and_a_rejected_one_is_not_merged(world):
    theirs = CompanyFactory.create(name="SECRET", proposed_for=world.other_department, state=CompanyState.PROPOSED)
    address = reverse("admin:accounts_company_merge", args=[world.company.pk])
    client = signed_in(world.coordinator)
    for into in (theirs.pk, 10**9, "x", world.company.pk):
        assert client.get(address, {"into": into}).status_code == 404
        assert client.post(address, {"into": into}).status_code == 404
    assert client.get(address, {"q": "SECRET"}).context["offered"] == []
    assert client.get(reverse("admin:accounts_company_merge", args=[theirs.pk])).status_code == 404
    Company.objects.filter(pk=world.rival.pk).update(state=CompanyState.REJECTED)
    rival = reverse("admin:accounts_company_merge", args=[world.rival.pk])
    assert (client.get(rival).status_code, client.post(rival, {"into": world.company.pk}).status_code) == (403, 403)
    assert client.post(address).status_code == 200


def test_a_refusal_is_said_on_the_companys_page(world, monkeypatch):
    merged = CompanyFactory.create()

    def refuse(*_args, **_kwargs):
        raise RuleViolation("merged", "Look at them again.")

    monkeypatch.setattr("apps.accounts.admin.companies.merge_companies", refuse)
    page = signed_in(world.coordinator).post(
        reverse("admin:accounts_company_merge", args=[merged.pk]), {"into": world.company.pk}, follow=True
    )
    assert (b"Look at them again." in page.content, CompanyMember.objects.filter(company=merged).count()) == (True, 0)
