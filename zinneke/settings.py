"""Every setting, from the environment; and the Django settings that follow from them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from zinneke.kernel.registry import rooms

ENVIRONMENT = {
    "ZINNEKE_DATA": ("./var", "folder of the embedded stores"),
    "ZINNEKE_HOST": ("127.0.0.1", "address to listen on"),
    "ZINNEKE_PORT": ("8000", "port to listen on"),
    "ZINNEKE_DATABASE_URL": ("SQLite in the data folder", "`postgresql://user:password@host:port/name` for the people-sized records"),
    "ZINNEKE_CLICKHOUSE_URL": (
        "DuckDB in the data folder",
        "`http(s)://user:password@host:port/database`, with `?cluster=name` where there is one, or `chdb:///folder`, for the observations",
    ),
    "ZINNEKE_BUS_URL": (
        "none: one process",
        "`nats://user:password@host:port/city` (`tls://` for TLS) through which several processes of one city tell one another: see docs/scaling.md",
    ),
    "ZINNEKE_BUS_BYTES": ("256000000", "bytes of observations that may wait at the bus for the node that stores them; beyond them senders get a 503"),
    "ZINNEKE_NODE": ("main", "`ingest` for a further process, without stores, that takes observations in and hands them to the main one"),
    "ZINNEKE_PUBLIC_URL": ("none", "the address that people and machines use, when a proxy stands before the platform"),
    "ZINNEKE_HOSTS": ("this machine and the host of `ZINNEKE_PUBLIC_URL`", "further host names that are answered, separated by commas"),
    "ZINNEKE_PUBLISHER": ("Zinneke", "who answers for the catalogue, as DCAT names its publisher"),
    "ZINNEKE_SECRET": ("made once, in the data folder", "key that signs sessions"),
    "ZINNEKE_ZONE": ("Europe/Brussels", "the city's time zone"),
    "ZINNEKE_CITY_DATA": ("../shared/data where it exists", "folder that `zinneke load --first` reads"),
    "ZINNEKE_MAIL_URL": (
        "kept in the data folder",
        "`smtp://user:password@host:port` (`smtps://` for TLS from the start) through which letters leave",
    ),
    "ZINNEKE_MAIL_FROM": ("zinneke@ and the host of `ZINNEKE_PUBLIC_URL`", "the address that letters come from"),
    "ZINNEKE_FETCH_HOSTS": (
        "none",
        "hosts inside the network that may be fetched from, separated by commas; public ones always may",
    ),
    "ZINNEKE_DATABASES": (
        "none",
        "databases that publishers may read: hosts (`db.example`, `db.example:5433`) and folders of SQLite files, separated by commas",
    ),
    "ZINNEKE_FEEDS": ("none", "live addresses of sources that the platform asks itself, `solution/source` or `*`, separated by commas"),
    "ZINNEKE_MQTT_URL": ("none", "`mqtt://user:password@host:port` (`mqtts://` for TLS) of the broker to which devices publish"),
    "ZINNEKE_MQTT_PUBLIC_URL": ("ZINNEKE_MQTT_URL", "`mqtt://host:port` by which others know the broker, when they reach it by another name"),
    "ZINNEKE_MQTT_CLIENT": ("zinneke", "the name of our session at the broker; two servers at one broker need two names"),
    "ZINNEKE_MQTT_TOPICS": ("devices", "which families of topics are taken in, separated by commas: see docs/reference/topics.md"),
    "ZINNEKE_MQTT_SELECT": (
        "none",
        "selections with which SensorThings entities are also told, such as `phenomenonTime,result name`: see docs/sensorthings.md",
    ),
    "ZINNEKE_MQTT_CA": ("the machine's", "file with the certificates that vouch for the broker, for `mqtts://`"),
    "ZINNEKE_CERTIFICATE_PROXIES": (
        "none",
        "addresses (or networks, `10.0.3.0/24`) of the proxies whose `Client-Cert` is believed, separated by commas: see docs/devices.md",
    ),
    "ZINNEKE_DEBUG": ("0", "1 shows Django's own error pages; never on an open network"),
    "ZINNEKE_CONTROL": ("made at each start", "set by `zinneke serve` itself: the secret with which the command line hands work to the server"),
}
"""Every setting: its name, its default in words, its meaning. The reference is made from this."""


def _folder(name: str) -> Path:
    """Return a folder, made where it is missing; one that cannot be made ends the process with a sentence."""
    folder = Path(name).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise SystemExit(f"{folder} cannot be made: {fault.strerror}. Set ZINNEKE_DATA to a folder that you may write.") from None
    return folder


DATA = _folder(os.environ.get("ZINNEKE_DATA", "var"))
"""Folder of the embedded stores."""
HOST = os.environ.get("ZINNEKE_HOST", "127.0.0.1")
PORT = int(os.environ.get("ZINNEKE_PORT", "8000"))
DATABASE_URL = os.environ.get("ZINNEKE_DATABASE_URL", "")
"""`postgresql://user:password@host:port/name`; empty for SQLite in the data folder."""
CLICKHOUSE_URL = os.environ.get("ZINNEKE_CLICKHOUSE_URL", "")
"""Where ClickHouse keeps the observations; empty for DuckDB in the data folder."""
BUS_URL = os.environ.get("ZINNEKE_BUS_URL", "")
"""Through which the processes of one city tell one another; empty for a city of one process."""
BUS_BYTES = int(os.environ.get("ZINNEKE_BUS_BYTES", "256000000"))
NODE = os.environ.get("ZINNEKE_NODE", "main")
"""What this process is: `main` has the stores, `ingest` takes in and hands over."""
PUBLIC_URL = os.environ.get("ZINNEKE_PUBLIC_URL", "").rstrip("/")
"""The address that people and machines use, when a proxy stands before us."""
FEEDS = tuple(word for word in os.environ.get("ZINNEKE_FEEDS", "").replace(" ", "").split(",") if word)
"""Which live addresses of sources are asked."""
MQTT_URL = os.environ.get("ZINNEKE_MQTT_URL", "")
"""The broker to which devices publish; empty for none."""
MQTT_PUBLIC_URL = os.environ.get("ZINNEKE_MQTT_PUBLIC_URL", "")
"""By which name others know the broker; empty: as we do."""
MQTT_CLIENT = os.environ.get("ZINNEKE_MQTT_CLIENT", "zinneke")
MQTT_TOPICS = tuple(word for word in os.environ.get("ZINNEKE_MQTT_TOPICS", "devices").replace(" ", "").split(",") if word)
"""Which families of topics are taken in."""
MQTT_SELECT = tuple(tuple(each.split(",")) for each in os.environ.get("ZINNEKE_MQTT_SELECT", "").split())
CERTIFICATE_PROXIES = tuple(word for word in os.environ.get("ZINNEKE_CERTIFICATE_PROXIES", "").replace(" ", "").split(",") if word)
"""Whose word on a client's certificate is believed."""
CITY_ZONE = os.environ.get("ZINNEKE_ZONE", "Europe/Brussels")
DEBUG = os.environ.get("ZINNEKE_DEBUG", "") == "1"


BASE_DIR = Path(__file__).parent


def _secret() -> str:
    """Return the signing key: ours from the environment, else one made once and kept where only the owner reads it."""
    if given := os.environ.get("ZINNEKE_SECRET"):
        return given
    path = DATA / "secret"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        made = secrets.token_urlsafe(50)
        file.write(made)
    return made


def _database(url: str) -> dict[str, Any]:
    """Return Django's settings of the database for people-sized records."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "zinneke.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-4000; PRAGMA temp_store=MEMORY;",
            },
            "CONN_MAX_AGE": 600,  # opening the file and its pragmas costs a millisecond, which is more than most requests
            "TEST": {"NAME": DATA / "test.sqlite3"},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def _mail(url: str) -> dict[str, Any]:
    """Return Django's settings of outgoing mail; without a server, letters are kept in the data folder, one file each."""
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": DATA / "mail"}
    parts = urlsplit(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and parts.hostname not in ("127.0.0.1", "localhost"),
        "EMAIL_TIMEOUT": 20,
    }


SECRET_KEY = _secret()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]  # always: the command line of this machine hands its work to the server there
ALLOWED_HOSTS += [host for host in os.environ.get("ZINNEKE_HOSTS", "").split(",") if host] or ["testserver"]
ALLOWED_HOSTS += [name] if (name := urlsplit(PUBLIC_URL).hostname) else []
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *rooms(),
    "zinneke.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "zinneke.web.middleware.Visit",
]
ROOT_URLCONF = "zinneke.web.urls"
WSGI_APPLICATION = None
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],  # ours before those of the back office
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zinneke.web.context.shell",
            ],
            "builtins": ["django.templatetags.i18n", "zinneke.web.templatetags.zinneke"],
        },
    }
]
DATABASES = {"default": _database(DATABASE_URL)}
globals().update(_mail(os.environ.get("ZINNEKE_MAIL_URL", "")))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("ZINNEKE_MAIL_FROM") or f"zinneke@{urlsplit(PUBLIC_URL).hostname or 'localhost'}"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.Person"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign-in"
LANGUAGE_CODE = "en"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CITY_ZONE
USE_THOUSAND_SEPARATOR = True
STATIC_URL = "/static/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_AGE = 12 * 3600
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_URL.startswith("https://") else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SESSION_COOKIE_SECURE else 0
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
CSRF_FAILURE_VIEW = "zinneke.web.views.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS: list[str] = []
