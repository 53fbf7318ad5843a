"""The kinds of things that we tell, declared by each app in its ``notifications.py``."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apps.accounts.states import Role
from portal.kernel.errors import Text
from portal.kernel.mail import Attachment

STUDENT: Final = (Role.STUDENT,)
REPRESENTATIVE: Final = (Role.COMPANY_REPRESENTATIVE,)
INDUSTRIAL: Final = (Role.INDUSTRIAL_SUPERVISOR,)
UNIVERSITY: Final = (Role.UNIVERSITY_SUPERVISOR,)
COORDINATOR: Final = (Role.COORDINATOR,)
EVERYBODY: Final = tuple(Role)


@dataclass(frozen=True)
class NoticeKind:
    """One kind of thing that we tell. ``subject`` and ``sentence`` hold ``%(name)s`` places for the facts.

    ``why`` says why the person gets it; ``urgent`` kinds go out at once, the others in the person's digest.
    ``attach`` makes a file for the mail out of the facts, in the recipient's language. ``label`` names the kind on the
    page where people choose, which shows it to the roles in ``to``. ``binding`` kinds are about the safety of the
    account: they always come at once, and nobody unsubscribes from them. ``still(facts)`` says, when the mail is
    written, whether the matter is open; what was settled meanwhile is not mailed.
    """

    kind: str
    subject: Text
    sentence: Text
    button: Text
    why: Text
    urgent: bool = False
    attach: Callable[[Mapping[str, Any]], Attachment] | None = None
    label: Text = ""
    to: Collection[Role] = ()
    binding: bool = False
    still: Callable[[Mapping[str, Any]], bool] | None = None


_kinds: dict[str, NoticeKind] = {}


def declare_notice(kind: NoticeKind) -> NoticeKind:
    """Register a kind; apps do so in ``notifications.py``, the golden list of notices is made from this."""
    _kinds[kind.kind] = kind
    return kind


def notice_kinds() -> list[NoticeKind]:
    """Return every registered kind, sorted by name."""
    return sorted(_kinds.values(), key=lambda k: k.kind)


_subjects: dict[str, Text] = {}


def name_subject(app: str, title: Text) -> None:
    """Say what the notices of an app are about; each app does so beside its kinds, which are named after it."""
    _subjects[app] = title


def subject_of(kind: str) -> tuple[str, Text]:
    """Return the app of a kind and what its notices are about."""
    app = kind.partition(".")[0]
    return app, _subjects.get(app, app)


def kind_of(name: str) -> NoticeKind | None:
    """Return the kind of this name; None for one that an older version declared."""
    return _kinds.get(name)


def kinds_for(roles: Collection[str]) -> list[NoticeKind]:
    """Return the kinds that are told to these roles, sorted by name; a kind without a label is not offered."""
    return [kind for kind in notice_kinds() if kind.label and any(role.value in roles for role in kind.to)]
