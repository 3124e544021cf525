"""Every setting of the platform; the presence of a variable chooses a part, nothing depends on DEBUG."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from events_platform import calls, desk, embedded, env, logs, parts, people, policy, schedule, schema
from events_platform.celery import app as celery_app  # noqa: F401 - every process that has settings can enqueue

BASE_DIR = Path(__file__).resolve().parent.parent
HOME = env.folder("PLENARY_HOME", BASE_DIR / "var")

# The site ------------------------------------------------------------------------------------------------------
PORT = env.number("PORT", embedded.port(HOME), least=1, most=65535)
SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
HTTPS = SITE_URL.startswith("https://")
DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY") or embedded.secret_key(HOME)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("127.0.0.1", "localhost", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", (SITE_URL,))
ROOT_URLCONF = "events_platform.urls"
WSGI_APPLICATION = "events_platform.wsgi.application"
ASGI_APPLICATION = "events_platform.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
UI_PAGES = env.flag("UI_PAGES", default=not env.text("DATABASE_URL"))

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "apps.events.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "channels",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "anymail",
    "csp",
    "i18nfield",
    "storages",
    "apps.core",
    "apps.audit",
    "apps.live",
    "apps.intake",
    "apps.accounts",
    "apps.events",
    "apps.notifications",
    "apps.chat",
    "apps.media",
    "apps.tracks",
    "apps.polls",
    "apps.quizzes",
    "apps.questions",
    "apps.exhibitors",
    "apps.venue",
]

MIDDLEWARE = [
    "apps.core.middleware.AddressMiddleware",
    "apps.core.middleware.RefusingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.core.middleware.PrivateMiddleware",
    "apps.core.middleware.BoundsMiddleware",
    "apps.core.compression.CompressionMiddleware",
    "apps.core.middleware.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.events.middleware.LinkSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "apps.core.middleware.ReaderMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.OwnProofMiddleware",
    "apps.audit.middleware.AuditMiddleware",
    "apps.core.middleware.ReplicaMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "apps.core.forms.FormRenderer"
FORMS_URLFIELD_ASSUME_HTTPS = True  # Django 6's default; the setting itself goes with it

# State: PostgreSQL and Redis everywhere, private ones where no address is given ----------------------------------
DATABASES = parts.databases(embedded.database(HOME))
DATABASE_ROUTERS = ["apps.core.router.ReplicaRouter"] if "replica" in DATABASES else []
REDIS_URL = env.text("REDIS_URL") or embedded.redis_url(HOME)
EMBEDDED_DATABASE = not env.text("DATABASE_URL")
EMBEDDED_REDIS = not env.text("REDIS_URL")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "plenary",
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 5},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": "plenary"},
    }
}
LIVE = {"most_strangers_per_address": env.number("STRANGERS_PER_ADDRESS", 1000, least=1)}
PAGE_KEPT_MS = env.number("PAGE_KEPT_MS", 1000, most=60_000)
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# Work in the background ----------------------------------------------------------------------------------------
CELERY_BROKER_URL = embedded.celery_broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_TIME_LIMIT = 60 * 60 * 6
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60 * 60 * 7,
    "global_keyprefix": "celery.",
    # A worker empties its queues in the order it was given them.
    "queue_order_strategy": "priority",
}
CELERY_TASK_ROUTES = schedule.ROUTES
CELERY_BEAT_SCHEDULE = schedule.ROUNDS
CELERY_BEAT_SCHEDULE_FILENAME = str(HOME / "run" / "beat-schedule")

INTAKE = env.choice("INTAKE", "redis", ("redis", "direct"))
INTAKE_REDIS_URL = env.text("INTAKE_REDIS_URL") or REDIS_URL
INTAKE_QUEUE_URL = env.text("INTAKE_QUEUE_URL")
METRICS_TOKEN = env.text("METRICS_TOKEN")

# Files: S3 where a bucket is named, else signed files under PLENARY_HOME -----------------------------------------
AWS_STORAGE_BUCKET_NAME = env.text("AWS_STORAGE_BUCKET_NAME")
AWS_S3_ENDPOINT_URL = env.text("AWS_S3_ENDPOINT_URL") or None
AWS_S3_REGION_NAME = env.text("AWS_REGION") or None
AWS_S3_FILE_OVERWRITE = False
AWS_DEFAULT_ACL = None
AWS_QUERYSTRING_EXPIRE = 60 * 60 * 6
AWS_S3_CLIENT_CONFIG = parts.s3_client() if AWS_STORAGE_BUCKET_NAME else None
MEDIA_ROOT = HOME / "media"
CLOUDFRONT = parts.cloudfront()
if CLOUDFRONT is not None:
    AWS_S3_CUSTOM_DOMAIN = CLOUDFRONT.domain
    AWS_CLOUDFRONT_KEY_ID, AWS_CLOUDFRONT_KEY = CLOUDFRONT.key_id, CLOUDFRONT.key
MEDIA_ORIGINS = parts.file_origins(CLOUDFRONT)
ACCEL_PREFIX = env.text("ACCEL_PREFIX")
UPLOAD_MOST_BYTES = env.number("UPLOAD_MOST_BYTES", 20 * 1024**3, least=1)
UPLOAD_MOST_BYTES_PERSON = env.number("UPLOAD_MOST_BYTES_PERSON", 50 * 1024**3, least=1)
UPLOAD_MOST_BYTES_EVENT = env.number("UPLOAD_MOST_BYTES_EVENT", 1024**4, least=1)
UPLOAD_MOST_BYTES_ORGANISATION = env.number("UPLOAD_MOST_BYTES_ORGANISATION", 5 * 1024**4, least=1)
CLAMD = env.address("CLAMD_URL", ("tcp", "unix"))
FFMPEG = env.text("FFMPEG")
FFMPEG_NICENESS = env.number("FFMPEG_NICENESS", 10, most=19)
FFMPEG_THREADS = env.number("FFMPEG_THREADS", 0, most=64)
MEDIACONVERT = parts.mediaconvert()
WHISPER_MODEL = env.text("WHISPER_MODEL")
AMAZON_SPEECH, AMAZON_TRANSLATION = env.flag("AMAZON_SPEECH"), env.flag("AMAZON_TRANSLATION")
INGEST = parts.ingest(SITE_URL)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", HOME / "static")
NODE_MODULES = env.folder("NODE_MODULES", BASE_DIR / "node_modules")
STATICFILES_DIRS = [BASE_DIR / "static"]
FINDERS = "django.contrib.staticfiles.finders"
STATICFILES_FINDERS = [
    *(f"{FINDERS}.{where}Finder" for where in ("FileSystem", "AppDirectories")), "apps.core.packages.PackageFinder",
]  # fmt: skip
STORAGES = {
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage"
        if AWS_STORAGE_BUCKET_NAME
        else "django.core.files.storage.FileSystemStorage"
    },
    "staticfiles": {"BACKEND": "events_platform.static.StaticStorage"},
}

# Mail: a mailbox page in the app where no address is given --------------------------------------------------------
MAIL = env.address("EMAIL_URL", ("ses", "smtp", "smtps"))
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Plenary <plenary@localhost>")
EMAIL_TIMEOUT = 15
ANYMAIL_WEBHOOK_SECRET = parts.webhook_secret()
if MAIL is None:
    EMAIL_BACKEND = "apps.notifications.adapters.mailbox.MailboxBackend"
elif MAIL.scheme == "ses":
    EMAIL_BACKEND = "anymail.backends.amazon_ses.EmailBackend"
    ANYMAIL = parts.ses(MAIL)
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port or (465 if MAIL.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_SSL = MAIL.scheme == "smtps"
    EMAIL_USE_TLS = MAIL.scheme == "smtp" and MAIL.query.get("tls", "1") == "1"
MAILBOX_PAGES = MAIL is None

# People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:signin"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_ADAPTER = "apps.accounts.adapters.signing_in.AccountAdapter"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = people.RATES
MFA_RATE_LIMITS = people.KEY_RATES
MFA_ADAPTER = "apps.accounts.adapters.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # half a minute before or after: typed as it changed, by a clock that is off (RFC 6238, 5.2)
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = people.STEP_FORMS
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 60 * 10
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 60 * 15
ACCOUNT_EMAIL_NOTIFICATIONS = True
SIGNIN_LOOPBACK = env.flag("SIGNIN_LOOPBACK")
SIGNIN_TRUSTS_PROVIDER_STEP = env.flag("SIGNIN_TRUSTS_PROVIDER_STEP")
ORGANISATIONS_OPEN = env.flag("ORGANISATIONS_OPEN", default=EMBEDDED_DATABASE)
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

# Safety -----------------------------------------------------------------------------------------------------------
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0, most=9)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = policy.strict(MEDIA_ORIGINS)

# Languages and time -----------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = ["apps.core.formats"]
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("de", _("German")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]

# API ----------------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = calls.REST
SPECTACULAR_SETTINGS = schema.SETTINGS

# The organisers' admin ----------------------------------------------------------------------------------------------
UNFOLD = desk.THEME
WEBHOOK_LOOPBACK = env.flag("WEBHOOK_LOOPBACK")

# What staff did; half a year of it is kept whatever stands here ----------------------------------------------------
AUDIT_DAYS = env.number("AUDIT_DAYS", 730, least=180, most=36500)

# Logs ---------------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
LOGGING = logs.config(LOG_LEVEL, env.choice("LOG_FORMAT", "text", ("text", "json")))
