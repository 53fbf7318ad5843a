"""The app as Django sees it."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """Registers the app's tasks and reactions at start."""

    name = "apps.reporting"

    def ready(self) -> None:
        """Import the modules that register something."""
        from apps.reporting import receivers, tasks  # noqa: F401, PLC0415 - they need the loaded models
        from apps.reporting.services import privacy, reminders, seals  # noqa: F401, PLC0415 - what is held; due; sealed
