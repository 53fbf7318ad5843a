"""The workspace of coordinators and superusers: people, organisations, imports, operations."""

from apps.accounts.admin import (
    companies,
    home,
    import_schedules,
    imports,
    links,
    mail,
    mass_mail,
    operations,
    organisations,
    people,
    provisioning,
    signon,
    site,
    students,
    webhooks,
)
from apps.accounts.selectors import history_of
from portal.kernel.admin import read_history_with

read_history_with(history_of)

__all__ = [
    "companies",
    "home",
    "import_schedules",
    "imports",
    "links",
    "mail",
    "mass_mail",
    "operations",
    "organisations",
    "people",
    "provisioning",
    "signon",
    "site",
    "students",
    "webhooks",
]
