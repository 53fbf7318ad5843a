"""Reports and templates in the coordinators' workspace, and documents on the pages of placements."""

from apps.reporting.admin import issued, panels, reports, templates

__all__ = ["issued", "panels", "reports", "templates"]
