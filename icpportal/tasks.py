"""What workers do: each task carries ids at most and has one line of body. Every one may run twice."""

from celery import Task

from filings.legacy import running
from icpportal import pulse, reconciliation, tidying
from icpportal.celery import app
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import bodies, seam
from icpportal.outbox import delivery
from transfers import authority, deadlines, phone_windows
from verification.documents import examination, sweeping


class Job(Task):
    """A task that leaves a pulse when it ended well, so that a job that stopped is seen, and one of its queue."""

    abstract = True
    throws = (Retryable, Refused)  # an outside system's trouble: one line in the log, no traceback

    def on_success(self, *args: object, **kwargs: object) -> None:
        pulse.beat(self.name.rpartition(".")[2])

    def after_return(self, *args: object, **kwargs: object) -> None:
        pulse.beat_queue(app.conf.task_routes[self.name]["queue"])


@app.task(base=Job)
def deliver_codes() -> None:
    """Delivers the codes that people wait for."""
    delivery.drain(codes=True)


@app.task(base=Job)
def deliver_outbox() -> None:
    """Delivers everything else that is owed to the outside world."""
    delivery.drain(codes=False)


@app.task(base=Job)
def send_reports() -> None:
    """Sends the authority what is queued for it, one file after the other."""
    seam.authority().send()


@app.task(base=Job)
def pull_answers() -> None:
    """Fetches what the authorities have decided, when it is time."""
    authority.pull(if_due=True)


@app.task(base=Job)
def ask_phones() -> None:
    """Asks who has confirmed a phone."""
    phone_windows.ask()


@app.task(base=Job)
def examine_document(document_id: str) -> None:
    """Judges one uploaded paper or photo."""
    examination.examine(document_id)


@app.task(base=Job)
def sweep_documents() -> None:
    """Examines what was left lying, and clears what is owed to the bin."""
    sweeping.sweep_documents()


@app.task(base=Job)
def sweep_deadlines() -> None:
    """Moves every order whose time has run out."""
    deadlines.sweep()


@app.task(base=Job)
def store_bodies() -> None:
    """Moves what the ministry has taken in, or we have, out of the database."""
    bodies.store()


@app.task(base=Job)
def run_import(import_id: str) -> None:
    """Brings over what was chosen of one old account."""
    running.run(import_id)


@app.task(base=Job)
def sweep_imports() -> None:
    """Goes on with imports whose worker was killed."""
    running.sweep()


@app.task(base=Job)
def reconcile() -> None:
    """Looks for what stands still and for files without rows."""
    reconciliation.reconcile()


@app.task(base=Job)
def tidy() -> None:
    """Deletes what is not needed any more."""
    tidying.tidy()


@app.task(base=Job)
def heartbeat() -> None:
    """Proves that a worker works, and notes whether the outside systems answer."""
    pulse.ask_gateways()
