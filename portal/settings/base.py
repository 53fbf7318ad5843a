"""Settings that every installation shares; what differs comes from ``env.py``."""

from typing import Any

import django_stubs_ext
from corsheaders.defaults import default_headers
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from portal.settings import admin as workspace
from portal.settings import env as environment

django_stubs_ext.monkeypatch()

ROOT = environment.ROOT
UNFOLD = workspace.UNFOLD
ENV = environment.load()

SECRET_KEY = ENV.secret_key
AUDIT_KEY = ENV.audit_key
DEBUG = ENV.debug
DEMO = ENV.demo
SITE_URL = ENV.site_url
ALLOWED_HOSTS = ENV.allowed_hosts
UNIVERSITY_NAME = ENV.university_name
DIGEST_HOUR = ENV.digest_hour
BOUNCE_ADDRESS = ENV.bounce_address
MAILS_A_MINUTE = ENV.mails_a_minute
ALLOW_STUDENT_REGISTRATION = ENV.allow_student_registration
ALLOW_COMPANY_REGISTRATION = ENV.allow_company_registration
TRUSTED_PROXIES = ENV.trusted_proxies
SOFFICE = ENV.soffice
AI = ENV.ai
DATA_DIR = ENV.data_dir

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "portal.apps.PortalConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "guardian",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
    "django_htmx",
    "django_filters",
    "csp",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "apps.accounts",
    "apps.ai",
    "apps.vacancies",
    "apps.applications",
    "apps.logbook",
    "apps.reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.gates.TriesMiddleware",
    "portal.gates.GatesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.PrivatePagesMiddleware",
    "portal.middleware.FormOnlyMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.context_processors.portal",
            ],
            "builtins": ["portal.templatetags.practicum"],
        },
    },
]

FORM_RENDERER = "portal.forms_renderer.PortalFormRenderer"

DATABASES = {"default": ENV.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "portal.kernel.hashing.PortalArgon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "apps.accounts.services.passwords.LengthValidator"},
    {"NAME": "apps.accounts.services.passwords.GuessableValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
# People register on our own pages, which confirm the address before there is an account.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_FORMS = {
    "reset_password": "apps.accounts.forms.ResetForm",
    "add_email": "apps.accounts.forms.ChangeAddressForm",
}
# Counted in our own table instead (services/limits.py): a flushed cache must not open the door.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reset_password": None, "signup": None}
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_ADAPTER = "apps.accounts.adapters.PortalAccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
SOCIALACCOUNT_ADAPTER = "apps.accounts.sso.adapter.PortalSocialAccountAdapter"
# Who somebody is at a provider is (issuer, subject); an address proves nothing and links nothing.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {"provider_class": "apps.accounts.sso.oidc.provider.PortalOIDCProvider"},
    "saml": {"provider_class": "apps.accounts.sso.saml.provider.PortalSAMLProvider"},
}
# Hosts of identity providers that may have addresses inside the university's network; loopback is for development.
IDENTITY_PRIVATE_HOSTS = ENV.identity_private_hosts
IDENTITY_LOOPBACK = ENV.debug
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
MFA_ADAPTER = "apps.accounts.adapters.PortalMFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody has an account without a confirmed address; a new one that waits for its link neither keeps a second factor
# from being switched on, nor is it refused to those who have one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# A phone's clock may be half a minute away from ours; RFC 6238 allows for one step, and used codes are refused.
MFA_TOTP_TOLERANCE = 1
# Browsers take this machine's own address for safe; allauth asks to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = SITE_URL.startswith("http://")
# The demonstration lets everybody look around with a password alone.
SECOND_FACTOR_NEEDED = not DEMO
# guardian holds grants on departments, cohorts and companies only; an anonymous user never has one.
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
SILENCED_SYSTEM_CHECKS = [
    # guardian asks for its own authentication backend; we read grants as one scope a request (kernel/access.py).
    "guardian.W001",
]

# -- time and language ----------------------------------------------------------------------------------------
LANGUAGE_CODE = ENV.language
LANGUAGES = [("en", _("English")), ("sw", _("Swahili")), ("ar", _("Arabic"))]
FORMAT_MODULE_PATH = ["portal.formats"]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = ENV.time_zone
USE_I18N = True
USE_TZ = True

# -- files ----------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = ENV.static_root
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_PERMISSIONS = 0o600
# A 5 MiB PDF as base64 inside JSON needs 6.7 MB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 7 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6000
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Where other programs lay tables for scheduled imports; only read from.
    "incoming": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": ENV.incoming},
}


def object_storage(s3: dict[str, str]) -> dict[str, Any]:
    """Return the storage for a bucket: private, nothing overwritten, addresses signed for a minute."""
    from botocore.config import Config  # noqa: PLC0415 - a portal with a folder of files does not load it

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            **s3,
            # Whoever uploads waits: a store that is away must be known so within fifteen seconds.
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                connect_timeout=2,
                read_timeout=5,
                retries={"total_max_attempts": 2},
            ),
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "querystring_expire": 60,
        },
    }


if ENV.s3:
    STORAGES["default"] = object_storage(ENV.s3)
if "bucket_name" in ENV.incoming:
    STORAGES["incoming"] = object_storage(ENV.s3 | ENV.incoming)

# -- mail -----------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
EMAIL_TIMEOUT = 15
if ENV.email:
    EMAIL_HOST, EMAIL_PORT = ENV.email["host"], ENV.email["port"]
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = ENV.email["user"], ENV.email["password"]
    EMAIL_USE_TLS, EMAIL_USE_SSL = ENV.email["tls"], ENV.email["ssl"]
else:
    # Without a mail server every mail becomes a file that can be opened, and nothing leaves the machine.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

# -- background work ------------------------------------------------------------------------------------------
CELERY_BROKER_URL = ENV.broker_url
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {"socket_timeout": 5, "socket_connect_timeout": 1}
if ENV.broker_url.startswith("filesystem"):
    # The host means nothing here; without one the client warns at every start.
    CELERY_BROKER_URL = "filesystem://localhost//"
    _queue = str(DATA_DIR / "queue")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _queue,
        "data_folder_out": _queue,
        "control_folder": str(DATA_DIR / "queue-control"),
        "polling_interval": 0.3,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SOFT_TIME_LIMIT = 900
CELERY_TASK_TIME_LIMIT = 960
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Off in tests, which drain the outbox themselves.
OUTBOX_HINTS = True

CACHES: dict[str, dict[str, Any]] = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if ENV.redis_url:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": ENV.redis_url}

# -- safety ---------------------------------------------------------------------------------------------------
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# django-unfold needs more; see portal/middleware.py and decision 0006.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}
# Browsers check the target of a form again after a redirect, so pages that lead to the university's sign-in name it.
SIGN_IN_FORM_TARGETS = ["https:", *(["http://127.0.0.1:*"] if IDENTITY_LOOPBACK else [])]
CORS_ALLOWED_ORIGINS = ENV.cors_origins
CORS_URLS_REGEX = r"^/api/.*$"
# What clients of the report generator send with every request, signing in included.
CORS_ALLOW_HEADERS = (
    *default_headers,
    *("x-request-nonce", "x-device-fingerprint", "x-device-fingerprint-confidence", "x-device-confidence"),
    *("x-device-useragent", "x-device-locale", "x-device-platform", "x-device-screen", "x-device-timezone"),
)
# The names of files, and when to come again.
CORS_EXPOSE_HEADERS = ("content-disposition", "retry-after")

# -- API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.accounts.api.access.ServiceTokenAuthentication",
        "apps.accounts.api.access.PortalJWTAuthentication",
        "portal.kernel.api.access.PortalSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["portal.kernel.api.programs.PeopleOrPrograms"],
    "DEFAULT_PARSER_CLASSES": [
        "portal.kernel.api.parsing.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "portal.kernel.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "portal.kernel.api.answers.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["portal.kernel.api.limits.ToldThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min"},
    "COERCE_DECIMAL_TO_STRING": False,
    # `?format=pdf` belongs to our clients; as DRF's override it answers 404.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Practicum",
    "DESCRIPTION": "Practical training: places, daily logs, verification, reports. "
    "A typed client is one file of Python: [practicum_client.py](/api/v1/client.py).\n\n"
    "What no program should do in somebody's name stays on the pages: giving roles and scopes (who coordinates what), "
    "passwords, second factors and passkeys, confirming an address, identity providers and what a directory's groups "
    "give, switches and colours of the installation, deciding behind a link from a mail, and everything about carrying "
    "out an erasure before it is due. Nobody acts as somebody else.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.kernel.api.schema.refuse_alike",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ReportStateEnum": "apps.reporting.states.GeneralReportState",
        "QuestionKindEnum": "apps.logbook.states.CriterionKind",
        "ExportKindEnum": "apps.accounts.services.import_kinds.kind_names",
        **{
            f"{name}Enum": f"apps.{app}.states.{name}"
            for app, names in {
                "accounts": "CompanyState JobState ImportState MemberKind IndustryType NoticeFrequency",
                "vacancies": "VacancyState",
                "applications": "ApplicationState PlacementState SupervisorKind AgreementState AgreementKind "
                "AmendmentState AmendmentKind LetterState Party SigningWay DisclosureWay AllocationState "
                "AllocationWay PriorityState PriorityKind",
                "logbook": "ChainState ArrivalState AssessmentState AssessmentKind MarkRuleKind",
                "reporting": "TemplateState TemplateKind IssuedState IssuedKind CredentialState",
            }.items()
            for name in names.split()
        },
    },
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"secrets": {"()": "portal.kernel.logs.MaskSecrets"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["console"], "level": ENV.log_level},
    # These come with handlers of their own, which would write paths with secrets unmasked.
    "loggers": {
        name: {"handlers": [], "propagate": True}
        for name in ("django", "django.server", "gunicorn.access", "gunicorn.error")
    },
}
