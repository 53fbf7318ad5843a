"""The app as Django sees it."""

from django.apps import AppConfig


class LogbookConfig(AppConfig):
    """Registers the app's tasks and reactions at start."""

    name = "apps.logbook"

    def ready(self) -> None:
        """Import the modules that register something."""
        from apps.logbook import receivers, resources, tasks  # noqa: F401, PLC0415 - they need the loaded models
        from apps.logbook.services import arrivals, calendars, counts, privacy, seals  # noqa: F401, PLC0415 - a part of a move; what is held
