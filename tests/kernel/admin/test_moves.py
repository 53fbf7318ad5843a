import pytest
from django.contrib import admin
from django.utils.html import strip_tags

from apps.accounts.models import (
    Company,
    HistoryEntry,
    Job,
)
from apps.accounts.services.people import grant
from apps.accounts.states import CompanyState
from portal.kernel.access import SYSTEM
from portal.kernel.admin import (
    human_moves,
    result_sentence,
)
from portal.kernel.fsm import BulkResult, Refusal
from tests.factories.accounts import (
    CompanyFactory,
    DepartmentFactory,
    UserFactory,
)
from tests.kernel.admin.pages import address, company_form

pytestmark = pytest.mark.django_db


def test_the_page_offers_the_moves_of_the_user_and_makes_them(signed_in, coordinator, company):
    page = signed_in.get(address(Company, "change", company.pk))
    assert [(b.moves[0].name, b.url) for b in page.context["move_buttons"]] == [
        ("approve", f"/admin/accounts/company/{company.pk}/move/approve/"),
        ("reject", f"/admin/accounts/company/{company.pk}/move/reject/"),
    ]
    done = signed_in.post(page.context["move_buttons"][0].url, {"version": "0"}, follow=True)
    company.refresh_from_db()
    assert company.state == CompanyState.APPROVED
    assert [str(message) for message in done.context["messages"]] == ["Machine Works: Approved."]
    assert [(e.who, e.what, e.state) for e in done.context["timeline"]] == [
        (str(coordinator), "Approve → Approved", "approved")
    ]


def test_a_move_in_the_wrong_state_says_so_and_changes_nothing(signed_in, company):
    url = address(Company, "move", company.pk, "approve")
    signed_in.post(url)
    page = signed_in.post(url, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Machine Works: Approved.",
        "This is not possible any more: the state has changed meanwhile.",
    ]
    assert HistoryEntry.objects.filter(action="approve").count() == 1


def test_a_move_on_an_old_sight_of_the_row_is_refused(signed_in, company):
    signed_in.post(address(Company, "change", company.pk), company_form(company, region="Arusha"))
    signed_in.post(address(Company, "move", company.pk, "approve"), {"version": "0"})
    company.refresh_from_db()
    assert company.state == CompanyState.PROPOSED


def test_a_move_that_needs_a_reason_asks_for_it(signed_in, company):
    url = address(Company, "move", company.pk, "reject")
    page = signed_in.post(url, {"reason": "  "}, follow=True)
    assert [str(message) for message in page.context["messages"]] == [
        "Say why, so that the other side knows what to do."
    ]
    signed_in.post(url, {"reason": "A shop, no workshop."})
    company.refresh_from_db()
    assert (company.state, company.reason) == (CompanyState.REJECTED, "A shop, no workshop.")


def test_only_post_moves(signed_in, company):
    answers = [
        signed_in.get(address(Company, "move", company.pk, "approve")),
        signed_in.post(address(Company, "move", company.pk, "vanish")),
        signed_in.post(address(Company, "move", 10**9, "approve")),
    ]
    assert [answer.status_code for answer in answers] == [405, 404, 404]


def test_a_move_that_is_not_the_users_is_refused(client, company):
    approved = CompanyFactory.create()
    stranger = UserFactory.create()
    grant(stranger, DepartmentFactory.create(), actor=SYSTEM)
    company.proposed_by = None
    company.save()
    Company.objects.filter(pk=approved.pk).update(proposed_for=company.proposed_for)
    client.force_login(stranger)
    assert client.post(address(Company, "move", approved.pk, "archive")).status_code == 403


def test_a_row_that_leaves_the_users_scope_leads_to_the_list(signed_in, company, monkeypatch):
    page = type(admin.site.get_model_admin(Company))
    monkeypatch.setattr(page, "selector", staticmethod(lambda _user: Company.objects.filter(state="proposed")))
    answer = signed_in.post(address(Company, "move", company.pk, "approve"))
    assert answer.url == address(Company, "changelist")


def bulk(client, name: str, *companies: Company, **more: str):
    form = {"action": f"move_{name}", "index": "0", "_selected_action": [str(c.pk) for c in companies], **more}
    return client.post(address(Company, "changelist"), form, follow=True)


def test_many_are_moved_and_the_others_named_with_their_reason(signed_in, company, department):
    second = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=department)
    archived = CompanyFactory.create(state=CompanyState.APPROVED, proposed_for=department)
    page = bulk(signed_in, "approve", company, second, archived)
    why = "This is not possible any more: the state has changed meanwhile. (1)"
    [said] = [strip_tags(str(message)) for message in page.context["messages"]]
    assert said == f"Approve: 2 done, 1 not: {why} What was done and what not"
    assert Company.objects.filter(state=CompanyState.APPROVED).count() == 3


def test_a_bulk_move_that_needs_a_reason_asks_on_a_page_of_its_own(signed_in, company, department):
    second = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=department)
    asked = bulk(signed_in, "reject", company, second)
    assert (asked.status_code, asked.context["count"], asked.context["info"].label) == (200, 2, "Reject")
    assert asked.context["selected"] == [str(company.pk), str(second.pk)]
    empty = bulk(signed_in, "reject", company, second, confirmed="1", reason=" ")
    assert empty.context["problem"] == "Say why, so that the other side knows what to do."
    page = bulk(signed_in, "reject", company, second, confirmed="1", reason="Closed down.")
    assert [str(message) for message in page.context["messages"]] == ["Reject: 2 done."]
    assert set(Company.objects.values_list("state", "reason")) == {("rejected", "Closed down.")}


def test_all_of_the_list_are_moved_with_the_filters_of_the_address(signed_in, company, department):
    for _number in range(3):
        CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=department, industry_type="ENERGY")
    where = address(Company, "changelist") + "?industry_type__exact=ENERGY"
    form = {"action": "move_reject", "index": "0", "select_across": "1", "_selected_action": [str(company.pk)]}
    asked = signed_in.post(where, form)
    assert (asked.context["count"], asked.context["selected"]) == (3, [str(company.pk)])
    assert asked.context["list_url"] == where
    signed_in.post(where, form | {"confirmed": "1", "reason": "No."})
    company.refresh_from_db()
    assert (company.state, Company.objects.filter(state="rejected").count()) == ("proposed", 3)


def test_a_bulk_move_does_not_reach_foreign_rows(signed_in, company):
    foreign = CompanyFactory.create(state=CompanyState.PROPOSED, proposed_for=DepartmentFactory.create())
    bulk(signed_in, "approve", foreign)
    foreign.refresh_from_db()
    assert foreign.state == CompanyState.PROPOSED


def test_nothing_moved_is_said_as_a_warning():
    result = BulkResult([], [Refusal(1, "a", "No."), Refusal(2, "a", "No."), Refusal(3, "b", "Never.")])
    assert result_sentence(result, "Approve") == "Approve: 0 done, 3 not: No. (2) Never. (1)"


def test_the_moves_of_people_leave_out_those_of_the_system():
    people = ["approve", "merge", "undo_merger", "undo_merger_of_proposed", "archive", "reject"]
    assert list(human_moves(Company)) == people
    assert list(human_moves(Job)) == ["cancel"]
