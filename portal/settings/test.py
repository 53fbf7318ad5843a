"""Tests: quick hashing, mail in memory, no broker; the database comes from DATABASE_URL as everywhere."""

import tempfile
from pathlib import Path

from portal.settings.base import *  # noqa: F403 - settings are layers of one namespace
from portal.settings.base import STORAGES

ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
OUTBOX_HINTS = False
# Tests sign people in without a password; those of the second factor switch it on.
SECOND_FACTOR_NEEDED = False
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = True
DATA_DIR = Path(tempfile.mkdtemp(prefix="practicum-test-"))
MEDIA_ROOT = DATA_DIR / "media"
STORAGES["incoming"]["OPTIONS"] = {"location": str(DATA_DIR / "incoming")}
IDENTITY_LOOPBACK = True
LANGUAGE_CODE = "en"
