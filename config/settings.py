"""Django's settings: one module, safe by default, driven by config.environment."""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.templatetags.static import static

from config.catalogs import locale_folders
from config.environment import environment
from config.logs import logging_of

ENVIRONMENT = environment()
BASE_DIR = Path(__file__).resolve().parents[1]

DEBUG = ENVIRONMENT.debug
DEMO = ENVIRONMENT.demo
SECRET_KEY = ENVIRONMENT.secret_key
LINK_KEY = ENVIRONMENT.link_key
SEAL_KEY = bytes.fromhex(ENVIRONMENT.seal_key)
PUBLIC_URL = ENVIRONMENT.public_url.rstrip("/")
LIVE_URL = ENVIRONMENT.live_url.rstrip("/")
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Apps -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.ConfigConfig",  # first: its `migrate` and templates win
    "ledger.apps.LedgerConfig",
    "wallet.apps.WalletConfig",  # its templates before those of the login package
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "django_htmx",
    "csp",
    "django_structlog",
    *(["exchange.apps.ExchangeConfig"] if ENVIRONMENT.exchange else []),
    "django.forms",  # its templates, after the wallet's own of the same name
]
UNFOLD = {
    "SITE_TITLE": "Flow-coin",
    "SITE_HEADER": "Flow-coin",
    "SHOW_LANGUAGES": True,
    "STYLES": [lambda _request: static("audit/audit.css")],
    "DASHBOARD_CALLBACK": "ledger.audit.pages.desk_context",
}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.content_policy.LoosenedPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wallet.notify.pages.KeepLanguage",
    "config.refusals.RefusalPage",
    "config.api_voice.UtcAndEnglishForTheApi",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.site",
            ],
        },
    },
]

# Database and cache ---------------------------------------------------------------------------
DATABASES: dict[str, Any] = {"default": {"ENGINE": "django.db.backends.dummy"}}
if ENVIRONMENT.database_url:
    DATABASES["default"] = dj_database_url.parse(
        ENVIRONMENT.database_url, conn_max_age=60, conn_health_checks=True
    )
    # A connection's calls of `ledger.operations.answer_of` are prepared when it repeats them;
    # Django's own statements never are.
    DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = 5
if ENVIRONMENT.database_owner_url:
    DATABASES["owner"] = dj_database_url.parse(ENVIRONMENT.database_owner_url)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if ENVIRONMENT.redis_url:
    CACHES["default"] = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.redis_url,
        "KEY_PREFIX": "flowcoin",
    }
REDIS_URL = ENVIRONMENT.redis_url

# A month's close is the database's work: each process keeps one of its cores busy. A stage of few
# holders has 16 parts; more workers than half of that would wait for each other.
SETTLE_WORKERS = ENVIRONMENT.settle_workers or min(len(os.sched_getaffinity(0)), 8)

# People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "wallet.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "wallet.holders.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "request_login_code": "wallet.holders.adapter.AskForCode",
    "confirm_login_code": "wallet.holders.adapter.CodeOfPhone",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300  # seconds
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ACCOUNT_PREVENT_ENUMERATION = True
# Three guesses a code: twenty codes a day leave a guesser one chance in 16,000.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,20/d/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if ENVIRONMENT.behind_proxy else 0
# Names the class that checks real names; the demo's believes nearly everybody.
IDENTITY_VERIFIER = f"wallet.identity.verifier.{'SimulatedVerifier' if DEMO else 'NoVerifier'}"
# The classes that bring texts and e-mails; without a name nothing is sent that way.
TEXT_GATEWAY = next(
    (
        gateway
        for gateway, is_ours in (
            ("wallet.holders.texts.ShownTexts", DEMO),
            ("wallet.gateways.http_texts.HttpTexts", bool(ENVIRONMENT.sms_url)),
            ("wallet.gateways.console.Console", DEBUG),
        )
        if is_ours
    ),
    "",
)
MAIL_GATEWAY = next(
    (
        gateway
        for gateway, is_ours in (
            ("wallet.gateways.console.Nowhere", DEMO),
            ("wallet.gateways.mails.ServerMails", bool(ENVIRONMENT.email_host)),
            ("wallet.gateways.console.Console", DEBUG),
        )
        if is_ours
    ),
    "",
)
SMS_URL = ENVIRONMENT.sms_url
SMS_KEY_ID = ENVIRONMENT.sms_key_id
SMS_SECRET = ENVIRONMENT.sms_secret

# Language and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = locale_folders()
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Static files ---------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = ENVIRONMENT.static_root or None
# Without a collected folder, files are served from where the packages keep them.
WHITENOISE_USE_FINDERS = True

# Security -------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = ENVIRONMENT.is_secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENVIRONMENT.is_secure
SECURE_HSTS_PRELOAD = ENVIRONMENT.is_secure
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.behind_proxy else None
SESSION_COOKIE_SECURE = ENVIRONMENT.is_secure
CSRF_COOKIE_SECURE = ENVIRONMENT.is_secure
SESSION_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        **({"connect-src": [SELF, LIVE_URL]} if LIVE_URL else {}),
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576  # bytes; larger files come by commands, which stream

# Mail, to administrators and to those who left an address ---------------------------------------
ADMINS = [(address, address) for address in ENVIRONMENT.admin_emails]
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if ENVIRONMENT.email_host else 'dummy'}.EmailBackend"
)
EMAIL_HOST = ENVIRONMENT.email_host
EMAIL_PORT = ENVIRONMENT.email_port
EMAIL_HOST_USER = ENVIRONMENT.email_user
EMAIL_HOST_PASSWORD = ENVIRONMENT.email_password
EMAIL_USE_TLS = True
EMAIL_TIMEOUT = 20  # seconds
SERVER_EMAIL = ENVIRONMENT.email_from
EMAIL_SUBJECT_PREFIX = "[Flow-coin] "

# API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.bodies.JsonBody"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_METADATA_CLASS": None,  # the OpenAPI file describes; OPTIONS would guess
    "EXCEPTION_HANDLER": "config.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Flow-coin",
    "DESCRIPTION": "Wallet and market of flow coins (流量币). 1 coin = 1 MB.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.with_problems",
    ],
    # A set of choices met under two names keeps one in the description.
    "ENUM_NAME_OVERRIDES": {
        "SideEnum": ["buy", "sell"],
        "OrderKindEnum": [("limit", "Limit"), ("market", "Market")],
        "OwnDataStateEnum": "wallet.rollover.models.Deposit.State",
        "ConversionStateEnum": "wallet.convert.models.Conversion.State",
        "InstructionStateEnum": "wallet.carriers.models.Instruction.State",
        "ClearingLineStateEnum": "wallet.clearing.models.ClearingLine.State",
        "InvoiceSideEnum": "wallet.invoices.models.Invoice.Side",
        "NoticeChannelEnum": "wallet.notify.models.Channel",
    },
}

# Logs -----------------------------------------------------------------------------------------
LOGGING = logging_of(level=ENVIRONMENT.log_level, as_lines=DEBUG or DEMO)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
