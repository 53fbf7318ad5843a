"""The embedded default: SQLite, files on disk, one machine."""

from portal.settings.base import *  # noqa: F403 - settings are layers of one namespace
from portal.settings.base import STORAGES, TEMPLATES

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
TEMPLATES[0]["OPTIONS"]["debug"] = True
