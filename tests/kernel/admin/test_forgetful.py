"""Lists of a portal in which no app keeps what became of them."""

import pytest
from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import Company, Job
from apps.accounts.states import CompanyState
from portal.kernel.admin import recording, remembering
from portal.kernel.fsm import BulkResult
from tests.factories.accounts import CompanyFactory
from tests.kernel.admin.pages import address


def test_without_a_keeper_a_bulk_move_has_no_page():
    records = recording._Holder().records
    how = {"actor": AnonymousUser()}
    assert records.begin("accounts.company", "approve", [1], reason="", **how) == ""
    assert records.keep("accounts.company", "approve", BulkResult([1], []), back="", **how) == ""


def test_without_a_memory_a_list_is_as_its_page_says():
    memory, person = remembering._Holder().memory, AnonymousUser()
    label = "accounts.company"
    assert (memory.columns(person, label), memory.views(person, label), memory.usual(person, label)) == ((), (), None)


@pytest.mark.django_db
def test_what_a_bulk_move_did_is_said_where_nobody_keeps_it(signed_in, company, monkeypatch):
    monkeypatch.setattr(recording, "_holder", recording._Holder())
    monkeypatch.setattr("portal.kernel.admin.moves.AT_ONCE", 1)
    approved = CompanyFactory.create(state=CompanyState.APPROVED, proposed_for=company.proposed_for)
    form = {"action": "move_approve", "index": "0", "_selected_action": [str(company.pk), str(approved.pk)]}
    page = signed_in.post(address(Company, "changelist"), form, follow=True)
    why = "This is not possible any more: the state has changed meanwhile. (1)"
    assert [str(message) for message in page.context["messages"]] == [f"Approve: 1 done, 1 not: {why}"]
    company.refresh_from_db()
    assert (company.state, Job.objects.count()) == (CompanyState.APPROVED, 0)
