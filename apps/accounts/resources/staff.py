"""Staff of the university as a table."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Department, User
from apps.accounts.resources.students import DEPARTMENT, EMAIL, FIRST_NAME, LAST_NAME, PHONE
from apps.accounts.resources.widgets import (
    EmailWidget,
    NumberWidget,
    OneOfWidget,
    PhoneWidget,
    TextWidget,
    YesNoWidget,
)
from apps.accounts.selectors import departments_coordinated_by
from apps.accounts.services.staff import STAFF
from portal.kernel.imports import SheetField, SheetResource, importable
from portal.kernel.sheets import Column
from portal.kernel.sheets.headers import header_key


@importable(STAFF)
class StaffResource(SheetResource):
    """Members of staff of the departments of ``actor``, who imports."""

    staff_no = SheetField(
        Column(
            "staff_no",
            _("Staff number"),
            (
                *("staff no", "staff id", "employee number", "employee id", "payroll number", "pf number"),
                *("namba ya mfanyakazi", "nambari ya mfanyakazi", "الرقم الوظيفي", "رقم الموظف"),
            ),
            required=True,
        ),
        attribute="staff_no",
        widget=NumberWidget(
            40,
            code="staff_no_unreadable",
            message=_("This is no staff number. Format the column as text, so that the program does not change it."),
        ),
    )
    first_name = SheetField(FIRST_NAME, attribute="user__first_name", widget=TextWidget(150))
    last_name = SheetField(LAST_NAME, attribute="user__last_name", widget=TextWidget(150))
    email = SheetField(EMAIL, attribute="user__email", widget=EmailWidget())
    phone = SheetField(PHONE, attribute="user__phone", widget=PhoneWidget())
    department = SheetField(
        DEPARTMENT,
        attribute="department__code",
        widget=OneOfWidget("department_unknown", _("You coordinate no such department. Write the department's code.")),
    )
    supervises = SheetField(
        Column(
            "supervises",
            _("Supervises students"),
            ("supervisor", "university supervisor", "msimamizi", "anasimamia", "مشرف", "يشرف"),
        ),
        attribute="supervises",
        widget=YesNoWidget(),
    )

    def __init__(self, actor: User | None = None, **_known: Any) -> None:
        super().__init__()
        if actor is not None:
            self.fields["department"].widget.known = known_departments(actor)


def known_departments(actor: User) -> dict[str, str]:
    """Return the codes of the actor's departments by what people may write for them."""
    departments: list[Department] = list(departments_coordinated_by(actor))
    names = {header_key(department.name): department.code for department in departments}
    return names | {header_key(department.code): department.code for department in departments}
