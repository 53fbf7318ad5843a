"""Forms of accounts: of who comes in, and of the workspace."""

from apps.accounts.forms.choices import ChoicesForm
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
from apps.accounts.forms.imports import ImportForm, ImportScheduleForm
from apps.accounts.forms.mass_mail import MassMailForm
from apps.accounts.forms.tables import TableForm
from apps.accounts.forms.workspace import (
    AccessForm,
    CohortForm,
    GrantForm,
    IdentityProviderForm,
    JoinForm,
    PersonForm,
    RoleForm,
    StudentForm,
    TokenForm,
    TrialForm,
    WebhookForm,
    as_cells,
    student_values,
)

__all__ = [
    "AccessForm",
    "AddressForm",
    "ChangeAddressForm",
    "ChoicesForm",
    "CohortForm",
    "CompanyNewcomerForm",
    "GrantForm",
    "IdentityProviderForm",
    "ImportForm",
    "ImportScheduleForm",
    "JoinForm",
    "MassMailForm",
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
    "TableForm",
    "TokenForm",
    "TrialForm",
    "WebhookForm",
    "as_cells",
    "student_values",
]
