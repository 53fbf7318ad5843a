"""The app as Django sees it."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Registers the app's tasks and reactions at start."""

    name = "apps.applications"

    def ready(self) -> None:
        """Import the modules that register something."""
        from apps.applications import receivers, resources, tasks  # noqa: F401, PLC0415 - they need the loaded models
        from apps.applications.services import (  # noqa: F401, PLC0415 - whom to write to; held; jobs
            audiences,
            calendars,
            matching,
            papers_at_once,
            privacy,
            seals,
            supervisor_plan,
        )
