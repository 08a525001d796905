"""The database and the cache."""

from icpportal.configuration.environment import VAR_DIR, address, database, env, redis, secret

# --- database: SQLite in WAL, opened IMMEDIATE, unless DATABASE_URL says otherwise -----------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
# a PostgreSQL that falls silent without closing would block every web process until TCP gives up;
# a Unix socket ignores these options, and PgBouncer does not get them
POSTGRES_OPTIONS = {
    "connect_timeout": 5,  # seconds, for each host
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds until sent data must be acknowledged
}
DATABASE_URL = secret("DATABASE_URL", demo=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": address("DATABASE_URL", DATABASE_URL, database)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # the last connection would delete the files beside the database, and on a full disk they could not be recreated
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file: in memory, threads lock each other out
else:
    DATABASES["default"]["ENGINE"] = "icpportal.database"  # PostgreSQL: `icpportal/database/base.py`
    DATABASES["default"]["OPTIONS"] = POSTGRES_OPTIONS | DATABASES["default"].get("OPTIONS", {})  # the URL wins
    DATABASES["default"]["CONN_MAX_AGE"] = env.whole("CONN_MAX_AGE", 60, least=0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- cache (rate limits of the account pages live here) --------------------------------------
REDIS_URL = address("REDIS_URL", env.str("REDIS_URL", default=""), redis)
CACHES = {
    "default": (
        {"BACKEND": "icpportal.codes.cache.SteadyCache", "LOCATION": REDIS_URL}  # falls back to the database
        if REDIS_URL
        else {"BACKEND": "icpportal.codes.file_cache.FileCache", "LOCATION": VAR_DIR / "cache"}
    )
    | {"KEY_FUNCTION": "icpportal.codes.file_cache.key_of"}
}
