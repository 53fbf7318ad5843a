"""Coordinators' grants: guardian rows with real foreign keys, on three anchors and nowhere else."""

from django.db import models

from apps.accounts.models.organisations import Cohort, Company, Department
from portal.kernel.access import AnchorGrant


class DepartmentGrant(AnchorGrant):
    """Coordinates everything of a department."""

    content_object = models.ForeignKey(Department, on_delete=models.CASCADE, related_name="grants")

    class Meta(AnchorGrant.Meta):
        abstract = False


class CohortGrant(AnchorGrant):
    """Coordinates one cohort."""

    content_object = models.ForeignKey(Cohort, on_delete=models.CASCADE, related_name="grants")

    class Meta(AnchorGrant.Meta):
        abstract = False


class CompanyGrant(AnchorGrant):
    """Looks after one company."""

    content_object = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="grants")

    class Meta(AnchorGrant.Meta):
        abstract = False
