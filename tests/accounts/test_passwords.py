"""What a password must be."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from apps.accounts.models import User
from apps.accounts.services.passwords import LengthValidator, blocked, set_password
from portal.kernel.hashing import PortalArgon2Hasher
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

GOOD = "three dull lamps"


def refusals(password: str, person=None) -> list[str]:
    try:
        validate_password(password, person)
    except ValidationError as error:
        return [found.code for found in error.error_list]
    return []


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        (GOOD, []),
        ("kuku mweusi wa jirani", []),
        ("لوحة مفاتيح قديمة جدا", []),
        ("x" * 14, ["password_too_short", "password_guessable"]),
        ("dull lamps two", ["password_too_short"]),
        ("dull lamps two!", []),
        ((GOOD * 8)[:128], []),
        ((GOOD * 9)[:129], ["password_too_long"]),
        ("aaaaaaaaaaaaaaaa", ["password_guessable"]),
        ("passwordpassword", ["password_guessable"]),
        ("Password12345678", ["password_guessable"]),
        ("1234567890123456", ["password_guessable"]),
        ("qwertyuiopasdfghj", ["password_guessable"]),
        ("poiuytrewqlkjhgfds", ["password_guessable"]),
        ("abcdefghijklmnop", ["password_guessable"]),
        ("!!!!iloveyou!!!!", ["password_guessable"]),
        ("letmeinletmeinletmein", ["password_guessable"]),
    ],
)
def test_a_password_alone_has_fifteen_characters_that_are_not_guessed_first(password, codes):
    assert refusals(password) == codes


def test_with_a_second_factor_eight_are_enough():
    person = UserFactory.create()
    Authenticator.objects.create(user=person, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert refusals("dull lam", person) == ["password_too_short"]
    Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data={})
    assert (refusals("dull lam", person), refusals("dull la", person)) == ([], ["password_too_short"])
    assert refusals("iloveyou", person) == ["password_guessable"]


def test_ones_own_name_is_no_password():
    person = UserFactory.create(email="asha.moshi.kilimanjaro@uni.example")
    assert refusals("asha.moshi.kilimanjaro", person) == ["password_too_similar"]


def test_the_block_list_is_long_enough():
    assert len(blocked()) >= 10_000


def test_the_rules_are_said_beforehand():
    assert len(password_validators_help_texts()) == 3


@pytest.mark.parametrize(("password", "is_short"), [("dull lam", True), (GOOD, False)])
def test_a_short_password_is_remembered_and_ends_what_the_old_one_opened(password, is_short):
    person = UserFactory.create()
    before = person.get_session_auth_hash()
    set_password(person, password)
    person.refresh_from_db()
    assert (person.has_short_password, person.session_version, person.check_password(password)) == (is_short, 1, True)
    assert person.get_session_auth_hash() != before


@override_settings(PASSWORD_HASHERS=["portal.kernel.hashing.PortalArgon2Hasher"])
def test_passwords_are_hashed_with_argon2id_as_the_standard_asks():
    stored = make_password(GOOD)
    assert stored.startswith("argon2$argon2id$v=19$m=65536,t=3,p=1$")
    assert isinstance(get_hasher("default"), PortalArgon2Hasher)


def test_what_is_remembered_of_a_password_waits_for_a_person_who_is_stored():
    person = User(username="asha")
    LengthValidator().password_changed("dull lam", person)
    assert (person.has_short_password, User.objects.count()) == (False, 0)
