"""Reports and templates in the coordinators' workspace, and documents on the pages of placements."""

from apps.reporting.admin import credentials, issued, panels, reports, templates

__all__ = ["credentials", "issued", "panels", "reports", "templates"]
