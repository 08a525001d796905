"""Where rows and the cache are kept."""

from icpportal.configuration.environment import VAR_DIR, address, env, secret

# --- database: SQLite in WAL, opened IMMEDIATE, unless DATABASE_URL says otherwise -----------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
DATABASE_URL = secret("DATABASE_URL", demo=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": address("DATABASE_URL", DATABASE_URL, env.db_url_config)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # the last to close takes the files beside the database along, and on a full volume nobody could make them again
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file: in memory, threads lock each other out
else:
    DATABASES["default"]["ENGINE"] = "icpportal.database"  # PostgreSQL: `icpportal/database/base.py`
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- cache (rate limits of the account pages live here) --------------------------------------
REDIS_URL = address("REDIS_URL", env.str("REDIS_URL", default=""), str)
CACHES = {
    "default": {"BACKEND": "icpportal.codes.cache.SteadyCache", "LOCATION": REDIS_URL}  # the database while it is away
    if REDIS_URL
    else {"BACKEND": "icpportal.codes.file_cache.FileCache", "LOCATION": VAR_DIR / "cache"}
}
