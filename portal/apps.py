"""The portal as Django apps: the roof's own commands and tags, and the coordinators' admin site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """Holds template tags, management commands and system checks; no table."""

    name = "portal"

    def ready(self) -> None:
        """Register the system checks, the facts of pages, and the Celery app as the one that ``send_task`` uses."""
        from portal import celery, checks  # noqa: F401, PLC0415 - they register; need the loaded settings
        from portal.kernel.admin import facts  # noqa: F401, PLC0415 - it registers; needs the loaded models


class PortalAdminConfig(AdminConfig):
    """The admin with our site in the place of the stock one."""

    default_site = "portal.admin_site.CoordinatorSite"
