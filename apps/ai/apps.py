"""The app as Django sees it."""

from django.apps import AppConfig


class AiConfig(AppConfig):
    """Registers the app's tasks and reactions at start."""

    name = "apps.ai"

    def ready(self) -> None:
        """Import the modules that register something."""
        from apps.ai import receivers, tasks  # noqa: F401, PLC0415 - they need the loaded models
        from apps.ai.services import privacy  # noqa: F401, PLC0415 - says what is held about people
