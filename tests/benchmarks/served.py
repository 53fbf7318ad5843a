"""The settings of a served portal: the embedded default as installed, without what an installation does beforehand."""

from portal.settings.base import *  # noqa: F403 - settings are layers of one namespace
from portal.settings.base import STORAGES

ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.benchmarks.hello"
# To compress every file takes a minute, and no figure asks for one.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Nobody signs in by password here; the people only have to be made quickly.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
