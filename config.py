"""Settings, read once from the environment; every name FAB or we look up is here."""

import os
import re
import secrets
from contextlib import suppress
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.core.errors import Misconfigured

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = os.environ.get("APP_ENV", "development")
if ENVIRONMENT not in ("development", "production", "testing"):  # "prod" must not mean development
    raise Misconfigured(f"APP_ENV: {ENVIRONMENT!r} is not development, production or testing")
DEMO = os.environ.get("TUMEN_DEMO") == "1"  # set by `run.py --demo`
if DEMO and ENVIRONMENT == "production":
    raise Misconfigured("APP_ENV: the demonstration is no production; its passwords are public")

INSTANCE_FOLDER = Path(os.environ.get("INSTANCE_FOLDER", ROOT / "instance")).resolve()
UPLOAD_FOLDER = str(Path(os.environ.get("UPLOAD_FOLDER", ROOT / "uploads")).resolve())


def writable(folder: Path, name: str) -> Path:
    """*folder*, made if need be; one clear line when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise Misconfigured(f"{name}: cannot write to {folder} ({error.strerror})") from None
    return folder


def _keep_first(kept: Path, text: str) -> None:
    """Write *kept*, whole and for us alone; of many that begin at once, the first one's holds."""
    mine = kept.with_name(f".{kept.name}-{os.getpid()}")
    with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    with suppress(FileExistsError):
        os.link(mine, kept)
    mine.unlink()


def secret_key() -> str:
    """SECRET_KEY, or one that is made once and kept in the instance folder."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    if ENVIRONMENT == "production":
        raise Misconfigured("SECRET_KEY is not set; APP_ENV=production does not start without one")
    kept = writable(INSTANCE_FOLDER, "INSTANCE_FOLDER") / "secret_key"
    try:
        if not kept.exists():
            _keep_first(kept, secrets.token_urlsafe(48))
        secret = kept.read_text()
    except OSError as error:
        raise Misconfigured(f"SECRET_KEY: cannot use {kept} ({error.strerror})") from None
    if not secret:
        raise Misconfigured(f"SECRET_KEY: {kept} is empty; remove it to have a new one made")
    return secret


def database_url() -> str:
    """DATABASE_URL, else an SQLite file of our own; PostgreSQL always by psycopg 3.

    The demonstration keeps to its own file, whatever the shell names: its passwords are public.
    """
    given = "" if DEMO else os.environ.get("DATABASE_URL", "")
    try:
        known = not given or make_url(given).get_backend_name() in {
            "sqlite",
            "postgres",
            "postgresql",
        }
    except (ArgumentError, ValueError):
        known = False
    if not known:  # the address itself stays unsaid: it may hold a password
        raise Misconfigured("DATABASE_URL: not the address of an SQLite or PostgreSQL database")
    for scheme in ("postgres://", "postgresql://"):
        if given.startswith(scheme):
            return "postgresql+psycopg://" + given.removeprefix(scheme)
    if given:
        return given
    writable(INSTANCE_FOLDER, "INSTANCE_FOLDER")
    return f"sqlite:///{INSTANCE_FOLDER / ('demo.db' if DEMO else 'tumen.db')}"


QUEUES = ("sqlite", "postgresql", "redis", "rediss", "memory")


def huey_url() -> str:
    """HUEY_URL, else an SQLite file of our own; it holds nothing that may not be lost."""
    given = os.environ.get("HUEY_URL", "")
    scheme = given.partition("://")[0]
    if given and scheme not in QUEUES:
        raise Misconfigured(f"HUEY_URL: not the address of one of {', '.join(QUEUES)}")
    if scheme in ("redis", "rediss") and find_spec("redis") is None:
        raise Misconfigured("HUEY_URL: the package redis is missing; pip install redis")
    if given:
        return given
    writable(INSTANCE_FOLDER, "INSTANCE_FOLDER")
    return f"sqlite:///{INSTANCE_FOLDER / ('demo-jobs.db' if DEMO else 'jobs.db')}"


def number(name: str, default: float) -> float:
    """A number of seconds, or of things, that is more than nothing."""
    text = os.environ.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = 0
    if not 0 < value < 86400:
        raise Misconfigured(f"{name}: {text!r} is not a number from 0 to 86400")
    return value


SECRET_KEY = secret_key()
SQLALCHEMY_DATABASE_URI = database_url()
SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True, "pool_use_lifo": True}
HUEY_URL = huey_url()
JOBS_AT_ONCE = int(number("JOBS_AT_ONCE", 2)) or 1
# off: errors are explained, as warnings are, instead of holding up the submission
VALIDATION_BLOCK_ON_ERROR = os.environ.get("VALIDATION_BLOCK_ON_ERROR", "1") != "0"
# on: what a tier marked as in order, and is handed in again unchanged, stays marked
REVIEW_FAST_TRACK = os.environ.get("REVIEW_FAST_TRACK", "0") != "0"
JOBS_LEASE = number("JOBS_LEASE", 60)  # seconds without a word from a job until another takes it
JOBS_RETRY_AFTER = number("JOBS_RETRY_AFTER", 10)  # seconds; six times longer each time
JOBS_SWEEP = number("JOBS_SWEEP", 2)  # seconds
# what makes Office files ready to be shown: a program's name or path, "off"; empty: looked for
LIBREOFFICE = os.environ.get("LIBREOFFICE", "")
DOCUMENT_SECONDS = number("DOCUMENT_SECONDS", 60)  # until such a document is given up


def mail_address(name: str) -> str:
    """A plain address; nothing in it can begin a second header of a mail."""
    text = os.environ.get(name, "")
    if text and not re.fullmatch(r"[\w.+-]+@[A-Za-z0-9.-]+", text, re.ASCII):
        raise Misconfigured(f"{name}: {text!r} is not an e-mail address")
    return text


def mail_host() -> str:
    """MAIL_HOST, if all is there that mails need; empty: no mail is sent.

    The demonstration sends none, whatever the shell names: its people are invented.
    """
    host = os.environ.get("MAIL_HOST", "")
    if DEMO or not host:
        return ""
    if MAIL_TLS not in MAIL_PORTS:
        raise Misconfigured(f"MAIL_TLS: {MAIL_TLS!r} is not one of {', '.join(MAIL_PORTS)}")
    if not MAIL_FROM:
        raise Misconfigured("MAIL_FROM is not set; mails need a sender")
    if not re.fullmatch(r"https?://[^\s/?#]+", PUBLIC_URL):
        raise Misconfigured("PUBLIC_URL: mails need https://... by which people reach the platform")
    if MAIL_USER and MAIL_TLS == "none":
        raise Misconfigured("MAIL_TLS: MAIL_PASSWORD is not sent in the clear")
    return host


MAIL_PORTS = {"starttls": 587, "tls": 465, "none": 25}
MAIL_TLS = os.environ.get("MAIL_TLS", "starttls")
MAIL_PORT = int(number("MAIL_PORT", MAIL_PORTS.get(MAIL_TLS, 587)))
MAIL_USER = os.environ.get("MAIL_USER", "")
MAIL_PASSWORD = os.environ.get("MAIL_PASSWORD", "")
MAIL_FROM = mail_address("MAIL_FROM")
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")
MAIL_HOST = mail_host()

APP_NAME = "万企节能 Tumen"
BABEL_DEFAULT_LOCALE = "zh"
BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
BABEL_DEFAULT_FOLDER = "translations"
BABEL_TRANSLATION_DIRECTORIES = str(ROOT / "translations")
LANGUAGES = {"zh": {"flag": "cn", "name": "中文"}, "en": {"flag": "gb", "name": "English"}}

MAX_CONTENT_LENGTH = 21 << 20  # a file of 20 MiB and the form around it
MAX_FORM_MEMORY_SIZE = 2 << 20  # a sheet of forty carriers has a thousand cells

AUTH_TYPE = 1  # names and passwords of our own database
AUTH_ROLE_PUBLIC = "Public"
AUTH_RATE_LIMITED = False
RATELIMIT_ENABLED = False
FAB_CREATE_DB = False  # the schema comes by Alembic
FAB_UPDATE_PERMS = False  # rights come by `flask roles sync`
FAB_SECURITY_MANAGER_CLASS = "app.accounts.security.PlacedSecurityManager"
FAB_INDEX_VIEW = "app.reports.home.HomeView"
FAB_API_SWAGGER_UI = True
FAB_ADD_MENU_API = False
FAB_ADD_SECURITY_PERMISSION_VIEW = False
FAB_ADD_SECURITY_VIEW_MENU_VIEW = False
FAB_ADD_SECURITY_PERMISSION_VIEWS_VIEW = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = os.environ.get("COOKIE_SECURE", "0") == "1"  # set it behind TLS
PERMANENT_SESSION_LIFETIME = timedelta(hours=12)
WTF_CSRF_TIME_LIMIT = None  # as long as the session: a form may stay open all day
JWT_ACCESS_TOKEN_EXPIRES = timedelta(hours=1)
JSON_AS_ASCII = False
