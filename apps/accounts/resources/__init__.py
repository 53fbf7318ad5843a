"""The columns of tables, declared once for import and export: how people call them, how cells become values."""

from apps.accounts.resources.companies import CompanyResource, SupervisorResource
from apps.accounts.resources.staff import StaffResource
from apps.accounts.resources.students import EnrolmentResource, StudentResource

__all__ = ["CompanyResource", "EnrolmentResource", "StaffResource", "StudentResource", "SupervisorResource"]
