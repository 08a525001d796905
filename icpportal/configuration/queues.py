"""The workers: the queue of each task, beat's schedule, and the broker."""

from kombu import Exchange, Queue

from icpportal.configuration.database import REDIS_URL
from icpportal.configuration.environment import DEMO, VAR_DIR
from icpportal.fields.types import Json

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND_THREAD_SAFE = True  # there is none: without this, each thread that sends a task makes its own
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # after Celery's default of 100, 47 minutes, the worker would exit for good
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # LOGGING, with its redaction, stays in force
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = bool(REDIS_URL)  # with a broker of files it would only leave files behind
CELERY_TIMEZONE = "UTC"


# In which queue each task waits, so that no code waits for a picture and nothing for the ministry. A worker listens to
# all of them, or to those that its `--queues` names.
QUEUES = {
    "codes": ("deliver_codes",),
    "pictures": ("examine_document", "clear_documents", "sweep_documents"),
    "ministry": ("send_reports", "pull_answers", "ask_phones"),
    "rest": (
        "deliver_outbox",
        "ask_receipts",
        "sweep_deadlines",
        "finish_decisions",
        "finish_lone_requests",
        "run_import",
        "sweep_imports",
        "heartbeat",
        "watch",
        "reconcile",
        "store_bodies",
        "count_durations",
        "count_desk",
        "fill_natures",
        "check_footers",
        "keep_audit",
        "sweep_rights",
        "build_export",
        "retain",
        "tidy",
    ),
}
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_DEFAULT_QUEUE = "rest"
CELERY_TASK_ROUTES = {f"icpportal.tasks.{task}": {"queue": name} for name, tasks in QUEUES.items() for task in tasks}


def every(task: str, seconds: int) -> dict[str, Json]:
    """A beat entry; a run that no worker took before the next is due is dropped."""
    return {"task": f"icpportal.tasks.{task}", "schedule": seconds, "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULER = "icpportal.operations.scheduler.SteadyScheduler"
CELERY_BEAT_SCHEDULE = {
    "codes": every("deliver_codes", 5),
    "outbox": every("deliver_outbox", 5),
    "receipts": every("ask_receipts", 60),
    "reports": every("send_reports", 3 if DEMO else 10),
    "answers": every("pull_answers", 3 if DEMO else 10),
    "phones": every("ask_phones", 3 if DEMO else 10),
    "documents": every("sweep_documents", 20),
    "deadlines": every("sweep_deadlines", 60),
    "decisions": every("finish_decisions", 10),
    "lone_requests": every("finish_lone_requests", 60),
    "bodies": every("store_bodies", 60),
    "imports": every("sweep_imports", 60),
    "heartbeat": every("heartbeat", 60),
    "watch": every("watch", 60),
    "reconcile": every("reconcile", 600),
    "footers": every("check_footers", 20),
    "rights": every("sweep_rights", 60),
    "durations": every("count_durations", 3600),
    "desk": every("count_desk", 3600),
    "natures": every("fill_natures", 60),
    "audit": every("keep_audit", 60),
    "retention": every("retain", 3600),
    "tidy": every("tidy", 3600),
}
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Json] = {
        "visibility_timeout": 900,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 4,  # otherwise a broker that hangs would block publishers for ever
        "socket_timeout": 10,
    }
    if REDIS_URL.startswith("redis://"):  # of TLS and sentinels, kombu hears only by the name of its own transport
        CELERY_BROKER_TRANSPORT = "icpportal.celery.broker:Transport"
else:
    BROKER_DIR = VAR_DIR / "broker"
    for folder in ("messages", "control", "processed"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "control_folder": str(BROKER_DIR / "control"),
        "processed_folder": str(BROKER_DIR / "processed"),
        "store_processed": False,
        "polling_interval": 0.2,
    }
    CELERY_BROKER_TRANSPORT = "icpportal.operations.file_broker:Transport"
