"""E-mail addresses of a table beside those that people hold, and beside each other: equal ones and look-alikes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from portal.kernel.addresses import email_key
from portal.kernel.imports import lines_alike
from portal.kernel.sentences import filled

if TYPE_CHECKING:
    from portal.kernel.imports import Line

EMAIL: Final = "email"


class HeldAddresses:
    """Who holds the addresses of some lines, or ones that look the same: one query."""

    def __init__(self, lines: Sequence["Line"], column: str = EMAIL) -> None:
        """Read the holders of all addresses in this column of these lines."""
        self._holders: dict[str, list[tuple[str, int]]] = {}
        self.column = column
        keys = {email_key(line.values.get(column, "")) for line in lines} - {""}
        held = User.objects.filter(email_key__in=keys).values_list("email_key", "email", "pk")
        for key, email, person in held:
            self._holders.setdefault(key, []).append((email.lower(), person))

    def refuse(self, line: "Line", person: int | None) -> None:
        """Refuse a line whose address somebody but ``person`` holds, or holds one that looks the same.

        Whose is not said. An address that the person has already stays, whoever has one like it.
        """
        address, holders = self._of(line)
        others = {held for held, holder in holders if holder != person}
        if address in others:
            line.refuse(self.column, "email_taken", _("Somebody else has this e-mail address."))
        elif others and (address, person) not in holders:
            self._refuse_look_alike(line)

    def refuse_look_alike(self, line: "Line") -> None:
        """Refuse a line that names somebody by an address nobody holds, while somebody's looks the same."""
        address, holders = self._of(line)
        if holders and address not in {held for held, _holder in holders}:
            self._refuse_look_alike(line)

    def _of(self, line: "Line") -> tuple[str, list[tuple[str, int]]]:
        address = line.values.get(self.column, "")
        return address, self._holders.get(email_key(address), [])

    def _refuse_look_alike(self, line: "Line") -> None:
        text = _("Somebody has an e-mail address that looks the same. Use another one.")
        line.refuse(self.column, "email_looks_like", text)


def refuse_alike(lines: Sequence["Line"], *, equal_too: bool = True, column: str = EMAIL) -> None:
    """Refuse lines of one table whose addresses are equal, unless that is allowed, or look the same."""
    for group in lines_alike(lines, lambda line: email_key(line.values.get(column, ""))).values():
        for line in group:
            others = [found for found in group if found is not line]
            equal = [found for found in others if found.values[column] == line.values[column]]
            alike = [found for found in others if found not in equal]
            if equal and equal_too:
                text = filled(_("Line %(line)s has the same address."), line=equal[0].number)
                line.refuse(column, "email_twice_in_file", text)
            elif alike:
                text = filled(_("Line %(line)s has an address that looks the same."), line=alike[0].number)
                line.refuse(column, "email_looks_like", text)
