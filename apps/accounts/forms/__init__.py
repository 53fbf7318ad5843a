"""Forms of accounts: of who comes in, and of the workspace."""

from apps.accounts.forms.entrance import (
    AddressForm,
    ChangeAddressForm,
    CompanyNewcomerForm,
    NewcomerForm,
    PictureForm,
    PlaceForm,
    ProgrammesByDepartment,
    ReachForm,
    ResetForm,
    StudiesForm,
)
from apps.accounts.forms.workspace import (
    AccessForm,
    CohortForm,
    GrantForm,
    ImportForm,
    JoinForm,
    PersonForm,
    RoleForm,
    StudentForm,
    as_cells,
    student_values,
)

__all__ = [
    "AccessForm",
    "AddressForm",
    "ChangeAddressForm",
    "CohortForm",
    "CompanyNewcomerForm",
    "GrantForm",
    "ImportForm",
    "JoinForm",
    "NewcomerForm",
    "PersonForm",
    "PictureForm",
    "PlaceForm",
    "ProgrammesByDepartment",
    "ReachForm",
    "ResetForm",
    "RoleForm",
    "StudentForm",
    "StudiesForm",
    "as_cells",
    "student_values",
]
