"""The settings of an installation, but for what is slow and tried elsewhere."""

from portal.settings.production import *  # noqa: F403 - settings are layers of one namespace
from portal.settings.production import STORAGES

# To compress every file takes a minute; `make check` does it.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
