"""PostgreSQL, Redis, S3, several processes; refuses to start with a mistake in the environment."""

from portal.settings import env as environment
from portal.settings.base import *  # noqa: F403 - settings are layers of one namespace
from portal.settings.base import TRUSTED_PROXIES

environment.load(production=True)

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
