"""The app as Django sees it."""

from django.apps import AppConfig


class VacanciesConfig(AppConfig):
    """Registers the app's tasks and reactions at start."""

    name = "apps.vacancies"

    def ready(self) -> None:
        """Import the modules that register something."""
        from apps.vacancies import receivers, resources, tasks  # noqa: F401, PLC0415 - they need the loaded models
        from apps.vacancies.services import privacy  # noqa: F401, PLC0415 - says what is held about people
