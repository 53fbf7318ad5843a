"""Addresses of pages, and the form of a company as a browser sends it."""

from django.db.models import Model
from django.urls import reverse

from apps.accounts.models import Company
from portal.kernel.admin import version_token


def address(model: type[Model], what: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)


def company_form(company: Company, **changes: str) -> dict[str, str]:
    values = {
        "_version": version_token(company),
        "name": company.name,
        "industry_type": company.industry_type,
        "country": company.country,
        "radius_m": str(company.radius_m),
        "capacities-TOTAL_FORMS": "0",
        "capacities-INITIAL_FORMS": "0",
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
    }
    return values | changes
