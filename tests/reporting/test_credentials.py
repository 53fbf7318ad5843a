"""Credentials of completed trainings: what they say, who has them, how they are revoked and keys changed."""

import base64
import datetime as dt
import gzip
import json
from typing import Any

import jwt
import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from apps.accounts.services.erasure import ask_erasure, erase
from apps.accounts.services.outbox import run_due_tasks
from apps.accounts.services.seals import verify_rows
from apps.applications.states import PlacementState
from apps.reporting import badges
from apps.reporting.badges import BITS, Issuer, Training, credential_of, encoded
from apps.reporting.models import Credential, SigningKey
from apps.reporting.services import credentials
from apps.reporting.services.credentials import issue_credential, published_did, rotate_key
from portal.kernel.access import SYSTEM
from portal.kernel.errors import NotAllowed, RuleViolation
from portal.kernel.fsm import perform
from tests.clients import signed_in
from tests.factories.logbook import DailyLogFactory
from tests.factories.world import World, build_world

AT = dt.datetime(2026, 9, 1, 8, 0, tzinfo=dt.UTC)
UNIVERSITY = Issuer("https://portal.university.example", "Example University")
TRAINING = Training(
    student="Asha Moshi",
    programme="BSc. Mechanical Engineering",
    company="Kilimo Works",
    start=dt.date(2026, 7, 6),
    end=dt.date(2026, 8, 28),
    title="Practical training at Kilimo Works",
    sentence="Asha Moshi has completed the practical training.",
    criteria="Validated by the university.",
    skills=("turning",),
)


def test_a_credential_says_exactly_this():
    key = "11111111-2222-4333-8444-555555555555"
    made = credential_of(UNIVERSITY, TRAINING, key, 77, AT)
    assert made == {
        "@context": [badges.VC, badges.OPEN_BADGES],
        "id": f"https://portal.university.example/credentials/{key}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Practical training at Kilimo Works",
        "issuer": {
            "id": "did:web:portal.university.example",
            "type": ["Profile"],
            "name": "Example University",
            "url": "https://portal.university.example",
        },
        "validFrom": "2026-09-01T08:00:00Z",
        "credentialSubject": {
            "id": f"urn:uuid:{key}",
            "type": ["AchievementSubject"],
            "activityStartDate": "2026-07-06T00:00:00Z",
            "activityEndDate": "2026-08-28T00:00:00Z",
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Asha Moshi", "identityType": "name"}
            ],
            "achievement": {
                "id": f"urn:uuid:{key}#training",
                "type": ["Achievement"],
                "achievementType": "Fieldwork",
                "name": "Practical training at Kilimo Works",
                "description": "Asha Moshi has completed the practical training.",
                "criteria": {"narrative": "Validated by the university."},
                "tag": ["turning"],
            },
        },
        "credentialStatus": {
            "id": "https://portal.university.example/credentials/status/#77",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "77",
            "statusListCredential": "https://portal.university.example/credentials/status/",
        },
        "iss": "did:web:portal.university.example",
        "jti": f"https://portal.university.example/credentials/{key}",
        "nbf": 1_788_249_600,
        "sub": f"urn:uuid:{key}",
    }


@pytest.mark.parametrize(
    ("url", "did"),
    [
        ("https://uni.example", "did:web:uni.example"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_the_issuer_is_the_host(url, did):
    assert Issuer(url, "").did == did


@pytest.mark.parametrize("bits", [[], [0], [7, 8], [BITS - 1]])
def test_the_list_has_a_bit_for_each_revoked_one(bits):
    text = encoded(bits)
    raw = gzip.decompress(base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4)))
    found = [8 * place + bit for place, byte in enumerate(raw) for bit in range(8) if byte & (0x80 >> bit)]
    assert (text[0], len(raw), found) == ("u", BITS // 8, bits)


@pytest.fixture
def world(db) -> World:
    return build_world()


@pytest.fixture
def done(world: World) -> World:
    DailyLogFactory.create(placement=world.placement, state="verified_academic", skills=["turning"], hours=7)
    type(world.placement).objects.filter(pk=world.placement.pk).update(state=PlacementState.COMPLETED)
    world.placement.refresh_from_db()
    return world


def opened(token: str) -> dict[str, Any]:
    """Verify a token by the published keys."""
    kid = jwt.get_unverified_header(token)["kid"]
    method = next(one for one in published_did()["verificationMethod"] if one["id"] == kid)
    key = jwt.PyJWK(method["publicKeyJwk"], algorithm="EdDSA")
    payload: dict[str, Any] = jwt.decode(token, key, algorithms=["EdDSA"])
    return payload


def test_a_completed_placement_gets_its_credential_once(world):
    with pytest.raises(RuleViolation, match="when the training is completed"):
        issue_credential(world.placement, actor=SYSTEM)
    past = {"start": AT.date() - dt.timedelta(days=900), "end": AT.date() - dt.timedelta(days=800)}
    type(world.placement).objects.filter(pk=world.placement.pk).update(**past)
    perform(world.placement, "complete", actor=world.coordinator)
    run_due_tasks()
    row = Credential.objects.get()
    assert issue_credential(world.placement, actor=SYSTEM) == row
    payload = opened(row.token)
    assert (payload["sub"], jwt.get_unverified_header(row.token)["typ"]) == (f"urn:uuid:{row.uuid}", "vc+jwt")
    assert [line for line in map(str, verify_rows()) if line.startswith("reporting")] == []
    Credential.objects.update(status_index=3)
    assert [line.partition(",")[0] for line in map(str, verify_rows()) if line.startswith("reporting")] == [
        f"reporting.Credential {row.pk}"
    ]


def test_the_student_makes_and_takes_it_and_others_do_not(done):
    page, file = (reverse(name, args=[done.placement.pk]) for name in ("credential", "credential_download"))
    desk = signed_in(done.student)
    assert (desk.get(file).status_code, "Make the credential" in desk.get(page).text) == (404, True)
    assert Credential.objects.count() == 0
    made = desk.post(page, follow=True)
    assert "The credential is made." in made.text
    answer = desk.get(file)
    subject = json.dumps(opened(answer.content.decode())["credentialSubject"])
    assert (answer["Content-Type"], done.student.get_full_name() in subject, "7 hours" in subject) == (
        "application/vc+jwt",
        True,
        True,
    )
    assert [word for word in (done.student.email, done.student.student_profile.reg_no) if word in subject] == []
    for stranger in (done.fellow_student, done.university_supervisor, done.industrial_supervisor):
        assert signed_in(stranger).get(file).status_code == 404
    assert reverse("credential", args=[done.placement.pk]) in desk.get(reverse("documents")).text


def test_what_verifiers_ask_for_needs_no_account_and_says_of_nobody(done, client):
    row = issue_credential(done.placement, actor=SYSTEM)
    did = client.get("/.well-known/did.json")
    status = client.get("/credentials/status/")
    assert (did["Content-Type"], status["Content-Type"]) == ("application/did+json", "application/vc+jwt")
    assert did["Access-Control-Allow-Origin"] == status["Access-Control-Allow-Origin"] == "*"
    assert (str(row.uuid) in did.text, done.student.last_name in did.text) == (False, False)
    assert opened(status.content.decode())["credentialSubject"]["encodedList"] == encoded([])
    with pytest.raises(NotAllowed):
        credentials.revoke_credential(row, actor=done.student, reason="No.")
    address = reverse("admin:reporting_credential_move", args=[row.pk, "revoke"])
    signed_in(done.coordinator).post(address, {"reason": "The mark was wrong.", "version": row.version})
    now = opened(client.get("/credentials/status/").content.decode())
    assert now["credentialSubject"]["encodedList"] == encoded([row.status_index])
    shown = signed_in(done.student).get(reverse("credential", args=[done.placement.pk])).text
    assert ("This credential was revoked on" in shown, "The mark was wrong." in shown) == (True, True)


def test_a_new_key_signs_and_the_old_one_still_verifies_unless_it_is_compromised(done, capsys):
    row = issue_credential(done.placement, actor=SYSTEM)
    first = SigningKey.objects.get()
    call_command("rotate_credential_key")
    first.refresh_from_db()
    second = SigningKey.objects.latest("pk")
    assert f"{second} signs from now on: {second.public_key}" in capsys.readouterr().out
    assert (first.private_key, first.retired_at is None, second.private_key == "") == ("", False, False)
    assert second.private_key not in json.dumps(published_did())
    assert [one["id"].rpartition("#")[2] for one in published_did()["verificationMethod"]] == [str(second), str(first)]
    assert opened(row.token)["sub"] == f"urn:uuid:{row.uuid}"
    rotate_key(actor=SYSTEM, compromised=True)
    assert str(second) not in json.dumps(published_did())


def test_a_key_sealed_with_another_secret_signs_nothing(done, settings):
    issue_credential(done.placement, actor=SYSTEM)
    settings.SECRET_KEY = "another secret of this installation, long enough"
    with pytest.raises(LookupError):
        credentials.published_status()


def test_a_half_full_list_is_followed_by_the_next(done, client, monkeypatch):
    monkeypatch.setattr(credentials, "FULL", 1)
    assert client.get("/credentials/status/1/").status_code == 404
    first = placed_elsewhere(done, 0)
    row = issue_credential(done.placement, actor=SYSTEM)
    assert BITS <= row.status_index < 2 * BITS
    status = opened(row.token)["credentialStatus"]
    assert (status["statusListIndex"], status["statusListCredential"][-22:]) == (
        str(row.status_index - BITS),
        "/credentials/status/1/",
    )
    perform(row, "revoke", actor=done.coordinator, reason="Forged days.")
    lists = [opened(client.get(f"/credentials/status/{part}").content.decode()) for part in ("", "1/")]
    assert [one["id"] == one["jti"] for one in lists] == [True, True]
    assert client.get("/credentials/status/1/")["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert [one["credentialSubject"]["encodedList"] for one in lists] == [
        encoded([]),
        encoded([row.status_index - BITS]),
    ]
    assert (client.get("/credentials/status/2/").status_code, first.status_index) == (404, 0)


def placed_elsewhere(done, index):
    """Return a credential with this number of another placement."""
    other = Credential.objects.create(placement=done.application.placement, status_index=index, token="x")
    Credential.objects.filter(pk=other.pk).update(
        placement=type(done.placement).objects.exclude(pk=done.placement.pk)[0]
    )
    return other


def test_a_taken_number_is_drawn_again(done, monkeypatch):
    monkeypatch.setattr(credentials, "BITS", 8)
    placed_elsewhere(done, 3)
    drawn = iter([3, 3, 5])
    monkeypatch.setattr("secrets.randbelow", lambda _most: next(drawn))
    assert issue_credential(done.placement, actor=SYSTEM).status_index == 5


def test_an_erased_persons_credential_is_gone_and_copies_can_still_be_checked(done):
    row = issue_credential(done.placement, actor=SYSTEM)
    erase(ask_erasure(done.student, actor=done.superuser))
    row.refresh_from_db()
    assert (row.token, row.state, row.created_at < timezone.now()) == ("", "issued", True)
    assert signed_in(done.coordinator).get(reverse("credential_download", args=[done.placement.pk])).status_code == 404
