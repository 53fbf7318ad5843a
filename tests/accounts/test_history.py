import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Company, HistoryBlock, HistoryEntry
from apps.accounts.services.history import seal_history, verify_chain
from apps.accounts.services.organisations import propose_company
from apps.accounts.services.seals import Damage
from portal.kernel.access import SYSTEM
from portal.kernel.fsm import perform, perform_many
from tests.factories.accounts import CompanyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries() -> list[HistoryEntry]:
    admin = UserFactory.create(is_superuser=True)
    for _number in range(3):
        perform(CompanyFactory.create(state="proposed"), "approve", actor=admin, via="admin")
    return list(HistoryEntry.objects.order_by("id"))


def test_a_move_writes_who_what_from_to_why_and_when():
    admin = UserFactory.create(is_superuser=True)
    company = CompanyFactory.create(state="proposed")
    perform(company, "reject", actor=admin, reason="No such company", via="admin")
    entry = HistoryEntry.objects.get()
    assert (entry.target_label, entry.target_id, entry.action) == ("accounts.Company", company.pk, "reject")
    assert (entry.source, entry.target, entry.reason, entry.via) == ("proposed", "rejected", "No such company", "admin")
    assert (entry.actor, entry.actor_key, entry.department) == (admin, admin.pk, None)


def test_a_creation_by_the_system_is_written_without_an_actor():
    company = propose_company(name="Kilimo Works", actor=SYSTEM)
    entry = HistoryEntry.objects.get()
    assert (entry.target_id, entry.action, entry.source, entry.target) == (company.pk, "create", "", "proposed")
    assert entry.actor is None


def test_a_bulk_move_writes_one_entry_a_row_in_one_batch():
    admin = UserFactory.create(is_superuser=True)
    CompanyFactory.create_batch(3, state="proposed")
    perform_many(Company.objects.all(), "approve", actor=admin)
    assert HistoryEntry.objects.count() == 3
    assert HistoryEntry.objects.values("batch").distinct().count() == 1


def test_sealing_chains_blocks(entries):
    assert seal_history(most=2) == 2
    assert seal_history() == 1
    assert seal_history() == 0
    first, second = HistoryBlock.objects.order_by("number")
    assert (first.entry_count, second.entry_count) == (2, 1)
    assert second.previous_hash == first.hash
    assert list(verify_chain()) == []


def test_two_sealers_cannot_make_the_same_block(entries):
    seal_history()
    block = HistoryBlock.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        HistoryBlock.objects.create(number=block.number, entry_count=1, previous_hash="x", hash="y")


def damages() -> list[Damage]:
    return list(verify_chain())


@pytest.mark.parametrize(
    "change",
    [
        {"action": "approved"},
        {"source": "archived"},
        {"target": "rejected"},
        {"reason": "because"},
        {"via": "api"},
        {"actor_key": 0},
        {"target_id": 0},
        {"target_label": "accounts.User"},
        {"batch": "0" * 32},
    ],
)
def test_a_changed_entry_is_named(entries, change):
    seal_history()
    HistoryEntry.objects.filter(pk=entries[1].pk).update(**change)
    assert damages() == [Damage(1, entries[1].pk, "entry was changed")]


def test_a_changed_time_is_named(entries):
    seal_history()
    HistoryEntry.objects.filter(pk=entries[1].pk).update(at=entries[0].at)
    assert damages() == [Damage(1, entries[1].pk, "entry was changed")]


def test_a_changed_entry_that_is_not_sealed_yet_is_named(entries):
    HistoryEntry.objects.filter(pk=entries[2].pk).update(reason="other")
    assert damages() == [Damage(None, entries[2].pk, "entry was changed")]


def test_a_changed_digest_is_named(entries):
    seal_history()
    HistoryEntry.objects.filter(pk=entries[1].pk).update(digest="0" * 64)
    assert damages() == [
        Damage(1, entries[1].pk, "entry was changed"),
        Damage(1, None, "hash does not match its entries"),
    ]


def test_a_deleted_entry_is_noticed(entries):
    seal_history()
    HistoryEntry.objects.filter(pk=entries[1].pk).delete()
    assert damages() == [Damage(1, None, "has 2 entries instead of 3")]


def test_swapped_digests_are_noticed(entries):
    seal_history()
    first, second = entries[0], entries[1]
    content = {
        f.attname: getattr(second, f.attname) for f in HistoryEntry._meta.fields if f.name not in ("id", "block")
    }
    other = {f.attname: getattr(first, f.attname) for f in HistoryEntry._meta.fields if f.name not in ("id", "block")}
    HistoryEntry.objects.filter(pk=first.pk).update(**content)
    HistoryEntry.objects.filter(pk=second.pk).update(**other)
    assert damages() == [Damage(1, None, "hash does not match its entries")]


def test_a_changed_block_is_noticed(entries):
    seal_history(most=2)
    seal_history()
    HistoryBlock.objects.filter(number=1).update(hash="0" * 64)
    assert damages() == [
        Damage(1, None, "hash does not match its entries"),
        Damage(2, None, "does not follow the block before it"),
    ]


def test_a_missing_block_is_noticed(entries):
    seal_history(most=1)
    seal_history(most=1)
    seal_history()
    HistoryEntry.objects.filter(block__number=2).delete()
    HistoryBlock.objects.filter(number=2).delete()
    assert damages() == [
        Damage(2, None, "block is missing"),
        Damage(3, None, "does not follow the block before it"),
    ]


def test_a_key_of_another_installation_verifies_nothing(entries, settings):
    seal_history()
    settings.AUDIT_KEY = "another key that is long enough to be one"
    assert len(damages()) == 4
