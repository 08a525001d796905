"""Where rows and the cache are kept."""

from icpportal.configuration.environment import VAR_DIR, address, database, env, redis, secret

# --- database: SQLite in WAL, opened IMMEDIATE, unless DATABASE_URL says otherwise -----------
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
# a PostgreSQL that falls silent, with no word that it is gone, would hold every process of the web for as long as TCP
# is patient; a Unix socket takes no notice, and PgBouncer is not told
POSTGRES_OPTIONS = {
    "connect_timeout": 5,  # seconds, for each host
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds that something sent may wait for the other side to have it
}
DATABASE_URL = secret("DATABASE_URL", demo=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")
DATABASES = {"default": address("DATABASE_URL", DATABASE_URL, database)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
    # the last to close takes the files beside the database along, and on a full volume nobody could make them again
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}  # a file: in memory, threads lock each other out
else:
    DATABASES["default"]["ENGINE"] = "icpportal.database"  # PostgreSQL: `icpportal/database/base.py`
    DATABASES["default"]["OPTIONS"] = POSTGRES_OPTIONS | DATABASES["default"].get("OPTIONS", {})  # the address wins
    DATABASES["default"]["CONN_MAX_AGE"] = env.whole("CONN_MAX_AGE", 60, least=0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# --- cache (rate limits of the account pages live here) --------------------------------------
REDIS_URL = address("REDIS_URL", env.str("REDIS_URL", default=""), redis)
CACHES = {
    "default": (
        {"BACKEND": "icpportal.codes.cache.SteadyCache", "LOCATION": REDIS_URL}  # the database while it is away
        if REDIS_URL
        else {"BACKEND": "icpportal.codes.file_cache.FileCache", "LOCATION": VAR_DIR / "cache"}
    )
    | {"KEY_FUNCTION": "icpportal.codes.file_cache.key_of"}
}
