"""Where a person is signed in."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession

from apps.accounts.models import User


@dataclass(frozen=True)
class SignedIn:
    """One session as its owner sees it."""

    pk: int
    since: datetime
    address: str
    program: str
    is_current: bool


# What stands in a browser's name, the more special first.
PROGRAMS = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux")
NAMES = {"Edg": "Edge", "OPR": "Opera", "SamsungBrowser": "Samsung Internet", "Mac OS X": "macOS"}


def sessions_of(person: User, current_key: str | None) -> list[SignedIn]:
    """Return where the person is signed in, newest first; what ended meanwhile is tidied away."""
    rows = sorted(UserSession.objects.purge_and_list(person), key=lambda row: row.created_at, reverse=True)
    return [
        SignedIn(
            pk=row.pk,
            since=row.created_at,
            address=row.ip,
            program=program_of(row.user_agent),
            is_current=row.session_key == current_key,
        )
        for row in rows
    ]


def program_of(user_agent: str) -> str:
    """Return browser and system in two words; the empty text for a program that names neither."""
    found = [next((name for name in names if name in user_agent), "") for names in (PROGRAMS, SYSTEMS)]
    return " · ".join(NAMES.get(name, name) for name in found if name)


# A program's own name, as it stands before its version.
OWN_NAME = re.compile(r"[A-Za-z][\w.-]{1,39}", re.ASCII)


def client_of(user_agent: str) -> str:
    """Return what a program of the API is called: browser and system, else its own first word ("curl", "okhttp")."""
    own = OWN_NAME.match(user_agent)
    return program_of(user_agent) or (own[0] if own and own[0] != "Mozilla" else "")


def end_session(person: User, pk: int) -> bool:
    """End one session of the person; False where there is none such."""
    row = UserSession.objects.filter(user=person, pk=pk).first()
    if row is None:
        return False
    row.end()
    return True
