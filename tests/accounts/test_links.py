import datetime as dt

import pytest
from django.utils import timezone

from apps.accounts.models import AccessLink, User
from apps.accounts.services.links import (
    Target,
    find_link,
    hash_secret,
    issue_link,
    link_by_id,
    note_opened,
    revoke_links,
    use_link,
)
from apps.accounts.states import LinkPurpose
from portal.kernel.access import SYSTEM
from portal.kernel.errors import RuleViolation
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

WEEK = Target("applications.Placement", 7, {"week": "2026-07-06"})


@pytest.fixture
def supervisor() -> User:
    return UserFactory.create()


def secret_for(user: User, target: Target = WEEK) -> str:
    return issue_link(user, LinkPurpose.VERIFY_WEEK, target, actor=SYSTEM).rsplit("/", 2)[-2]


def test_a_link_is_found_by_its_secret_and_only_its_hash_is_stored(supervisor, settings):
    address = issue_link(supervisor, LinkPurpose.VERIFY_WEEK, WEEK, actor=SYSTEM)
    secret = address.rsplit("/", 2)[-2]
    link = find_link(secret)
    assert address == f"{settings.SITE_URL}/l/{secret}/"
    assert link is not None
    assert (link.user, link.target_label, link.target_id, link.scope) == (supervisor, *vars(WEEK).values())
    assert secret not in str(list(AccessLink.objects.values()))
    assert link.secret_hash == hash_secret(secret)


def test_a_new_link_revokes_the_one_before_for_the_same_thing(supervisor):
    old, other = secret_for(supervisor), secret_for(supervisor, Target("applications.Placement", 8, {}))
    new = secret_for(supervisor)
    assert find_link(old) is None
    assert find_link(new) is not None
    assert find_link(other) is not None


@pytest.mark.parametrize(
    "spoil",
    [
        {"used_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"expires_at": timezone.now() - dt.timedelta(seconds=1)},
    ],
)
def test_a_spoilt_link_is_not_found(supervisor, spoil):
    secret = secret_for(supervisor)
    AccessLink.objects.update(**spoil)
    assert find_link(secret) is None
    assert link_by_id(AccessLink.objects.get().pk) is None


def test_a_link_of_a_deactivated_person_is_not_found(supervisor):
    secret = secret_for(supervisor)
    User.objects.filter(pk=supervisor.pk).update(is_active=False)
    assert find_link(secret) is None


def test_altered_secrets_find_nothing(supervisor):
    secret = secret_for(supervisor)
    altered = [secret[:i] + ("A" if secret[i] != "A" else "B") + secret[i + 1 :] for i in range(len(secret))]
    tries = [*altered, secret[:-1], secret + "A", secret.lower(), secret.upper(), secret[::-1], "", " " + secret]
    assert [text for text in tries if find_link(text) is not None] == []


def test_opening_is_noted_once_and_changes_nothing_else(supervisor):
    secret_for(supervisor)
    link = AccessLink.objects.get()
    note_opened(link)
    first = AccessLink.objects.get().opened_at
    note_opened(link)
    again = AccessLink.objects.get()
    assert (again.opened_at, again.used_at) == (first, None)


def test_a_link_is_used_once(supervisor):
    secret_for(supervisor)
    link = AccessLink.objects.get()
    use_link(link, address="127.0.0.1")
    with pytest.raises(RuleViolation) as refused:
        use_link(link, address="")
    assert refused.value.code == "link_used"
    assert AccessLink.objects.get().used_from == "127.0.0.1"


def test_revoking_ends_all_links_of_the_object(supervisor):
    secrets = [secret_for(supervisor), secret_for(UserFactory.create())]
    assert revoke_links(WEEK, actor=supervisor) == 2
    assert [find_link(secret) for secret in secrets] == [None, None]
