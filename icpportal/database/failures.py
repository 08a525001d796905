"""What an error of the database means for the person who runs a command, and what to do.

Never the values of a statement: `LINE 1` of PostgreSQL's message, and `DETAIL`, may be personal data.
"""

from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from icpportal.time_format import to_beijing

LOCKED = "55P03"
READ_ONLY = "25006"
SAYS = {
    LOCKED: "Another session holds a lock that this command needs, and lock_timeout ran out",
    "57014": "A statement was cancelled: by statement_timeout, or by somebody",
    "40P01": "Another session and this command waited for each other, so PostgreSQL stopped this one: run it again",
    "40001": "Another session changed the same rows: run the command again",
    "42P01": "A table is missing: run manage.py migrate",
    "42703": "A column is missing: run manage.py migrate",
    "42501": "The database user lacks a right: grant it, or run the command as the owner",
    "53100": "PostgreSQL has no room left on its disk: make room there, then run the command again",
    "53200": "PostgreSQL has no memory left: run the command again, and look at its log",
    "53300": "PostgreSQL accepts no more connections: raise max_connections, or stop processes",
    "57P01": "PostgreSQL was stopped while the command ran: run it again",
    "57P03": "PostgreSQL is starting or stopping: try again in a minute",
    READ_ONLY: "The database can only be read: DATABASE_URL names a replica, PostgreSQL is in recovery, or somebody "
    "set default_transaction_read_only",
}
# SQLite, and connections that are refused, have no codes: by a part of the message
WORDS = {
    "no such table": SAYS["42P01"],
    "no such column": SAYS["42703"],
    "database is locked": "Another process holds the lock of the database file: run the command again when it is done",
    "disk is full": "The disk of the database is full: make room, then run the command again",
    "readonly database": "The database file cannot be written: run the command as the user of the portal",
    "too many clients": SAYS["53300"],
    "remaining connection slots": SAYS["53300"],
    "starting up": SAYS["57P03"],
    "shutting down": SAYS["57P03"],
    "invalid connection option": "DATABASE_URL has an option behind its ? that PostgreSQL does not know",
    "FATAL": "The database refuses the connection: check DATABASE_URL",
}
AWAY = "The database does not answer"
HOLDERS = """
    SELECT pid, usename, application_name, coalesce(host(client_addr), 'this host'), xact_start
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start LIMIT 3
"""


def explain(problem: Exception) -> str:
    """One line, or several where other sessions are to be named; "" when the error is a fault of ours."""
    says, text = _says(problem), _text(problem)
    if not says:
        return ""
    return "\n".join([f"{says}: {text}" if text else says, *(_holders() if says == SAYS[LOCKED] else [])])


def is_outage(problem: Exception) -> bool:
    """Whether the database is away or can only be read: no fault of ours, and no page can be saved."""
    if isinstance(problem, InterfaceError):
        return True
    return isinstance(problem, DatabaseError) and _says(problem) in (AWAY, SAYS[READ_ONLY])


def outage_words(problem: Exception) -> str:
    """One line about it."""
    return AWAY if isinstance(problem, InterfaceError) else explain(problem)


def _says(problem: Exception) -> str:
    """What is the matter; "" when the error is a fault of ours."""
    if code := getattr(problem.__cause__, "sqlstate", None):
        return SAYS.get(code, "")
    text = _text(problem)
    known = next((says for word, says in WORDS.items() if word in text), "")
    return known or (AWAY if isinstance(problem, OperationalError) else "")


def _text(problem: Exception) -> str:
    return " ".join(str(problem).partition("LINE 1:")[0].partition("DETAIL:")[0].split())


def _holders() -> list[str]:
    """The sessions with the oldest transactions: one of them holds the lock."""
    try:
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(HOLDERS)
            rows = cursor.fetchall()
    except DatabaseError:
        return []
    if not rows:
        return ["The lock has been released since: run the command again."]
    return [
        "Sessions with an open transaction, oldest first:",
        *(_holder(*row) for row in rows),
        "Wait until they end (a backup, a migration), then run the command again. If one is forgotten or hangs, end "
        "it in psql, which undoes its transaction: SELECT pg_terminate_backend(PROCESS)",
    ]


def _holder(pid: int, user: str, program: str, address: str, since: datetime) -> str:
    seconds = round((datetime.now(UTC) - since).total_seconds())
    began = f"{to_beijing(since):%Y-%m-%d %H:%M:%S} Beijing time"
    return f"  process {pid}: {program or 'no name'} of {user} from {address}, since {began} ({seconds} s)"
