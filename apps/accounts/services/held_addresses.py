"""E-mail addresses of a table beside those that people hold, and beside each other: equal ones and look-alikes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from apps.accounts.models import User
from portal.kernel.addresses import email_key
from portal.kernel.imports import lines_alike

if TYPE_CHECKING:
    from portal.kernel.imports import Line

EMAIL: Final = "email"


class HeldAddresses:
    """Who holds the addresses of some lines, or ones that look the same: one query."""

    def __init__(self, lines: Sequence["Line"]) -> None:
        """Read the holders of all addresses of these lines."""
        self._holders: dict[str, list[tuple[str, int]]] = {}
        keys = {_key(line) for line in lines} - {""}
        held = User.objects.filter(email_key__in=keys).values_list("email_key", "email", "pk")
        for key, email, person in held:
            self._holders.setdefault(key, []).append((email.lower(), person))

    def refuse(self, line: "Line", person: int | None) -> None:
        """Refuse a line whose address somebody but ``person`` holds, or holds one that looks the same.

        Whose is not said. An address that the person has already stays, whoever has one like it.
        """
        address = line.values.get(EMAIL, "")
        holders = self._holders.get(_key(line), [])
        others = {held for held, holder in holders if holder != person}
        if address in others:
            line.refuse(EMAIL, "email_taken", _("Somebody else has this e-mail address."))
        elif others and (address, person) not in holders:
            line.refuse(
                EMAIL, "email_looks_like", _("Somebody has an e-mail address that looks the same. Use another one.")
            )


def refuse_alike(lines: Sequence["Line"], *, equal_too: bool = True) -> None:
    """Refuse lines of one table whose addresses are equal, unless that is allowed, or look the same."""
    for group in lines_alike(lines, _key).values():
        for line in group:
            others = [found for found in group if found is not line]
            equal = [found for found in others if found.values[EMAIL] == line.values[EMAIL]]
            alike = [found for found in others if found not in equal]
            if equal and equal_too:
                text = _("Line %(line)s has the same address.") % {"line": equal[0].number}
                line.refuse(EMAIL, "email_twice_in_file", text)
            elif alike:
                text = _("Line %(line)s has an address that looks the same.") % {"line": alike[0].number}
                line.refuse(EMAIL, "email_looks_like", text)


def _key(line: "Line") -> str:
    return email_key(line.values.get(EMAIL, ""))
