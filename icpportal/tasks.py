"""The tasks of workers: each has at most ids as arguments and one line of body, and may run twice."""

from time import monotonic

from celery import Task, states

from filings.legacy_import import runner
from icpportal.alarms import restored
from icpportal.approvals import actions as approvals
from icpportal.audit import checkpoints
from icpportal.celery import app
from icpportal.fields.types import Json
from icpportal.gateways.errors import Refused, Retryable
from icpportal.gateways.miit import base as ministry
from icpportal.gateways.miit.line import bodies
from icpportal.metrics.counters import count_task
from icpportal.operations import cleanup, retention
from icpportal.operations import heartbeat as pulse
from icpportal.operations import reconcile as reconciliation
from icpportal.operations.monitoring import clock_jumps, parts
from icpportal.operations.monitoring import watch as watching
from icpportal.outbox import delivery
from icpportal.outbox.receipts import supplier_reports
from transfers.authority import results as authority
from transfers.deadlines import sweep as deadlines
from transfers.durations import counting
from transfers.footer import actions as footers
from transfers.phones import windows as phone_windows
from transfers.review import decisions
from transfers.review.figures import daily_count as desk
from transfers.review.search import backfill
from transfers.rights import sweep as rights
from transfers.rights.exports import worker as exports
from verification.documents import deletion, examination
from verification.documents import sweep as sweeping


class Job(Task):
    """A task that records its success, and that its queue works.

    In a portal restored from a backup it does nothing until released, unless it `goes_on`.
    """

    abstract = True
    goes_on = False  # True for jobs that send nothing and move nothing by the clock
    ends_times = False  # True for jobs that end a deadline or a retention: they wait when the clock is in doubt
    throws = (Retryable, Refused)  # outages of outside systems are logged without a traceback

    began: float | None = None  # a worker process runs one task at a time

    def __call__(self, *args: Json, **kwargs: Json) -> object:
        if not self.goes_on and restored.is_held():
            return None
        if self.ends_times:
            clock_jumps.refuse_doubtful()
        return super().__call__(*args, **kwargs)

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]

    def before_start(self, *args: Json, **kwargs: Json) -> None:
        self.began = monotonic()

    def after_return(self, status: str, *args: Json, **kwargs: Json) -> None:
        count_task(self.short_name, status.lower(), None if self.began is None else monotonic() - self.began)
        pulse.record_job(self.short_name, app.conf.task_routes[self.name]["queue"], is_well=status == states.SUCCESS)


@app.task(base=Job)
def deliver_codes() -> None:
    """Delivers the codes that people wait for."""
    delivery.drain(codes=True)


@app.task(base=Job)
def deliver_outbox() -> None:
    """Delivers all other messages."""
    delivery.drain(codes=False)


@app.task(base=Job)
def ask_receipts() -> None:
    """Asks the supplier of text messages about deliveries."""
    supplier_reports.ask()


@app.task(base=Job)
def send_reports() -> None:
    """Sends queued reports to the authority, one file after the other."""
    ministry.authority().send()


@app.task(base=Job)
def pull_answers() -> None:
    """Fetches the authorities' answers, when it is time."""
    authority.pull(if_due=True)


@app.task(base=Job)
def ask_phones() -> None:
    """Asks who has verified a phone."""
    phone_windows.ask()


@app.task(base=Job, goes_on=True)
def examine_document(document_id: str) -> None:
    """Examines one uploaded document or photo."""
    examination.examine(document_id)


@app.task(base=Job, goes_on=True)
def clear_documents(holder: str) -> None:
    """Deletes replaced files of one holder."""
    deletion.clear_of(holder)


@app.task(base=Job, goes_on=True, ends_times=True)
def sweep_documents() -> None:
    """Examines overdue uploads, and deletes due files."""
    sweeping.sweep_documents()


@app.task(base=Job)
def finish_decisions() -> None:
    """Carries out what reviewers decided and did not take back."""
    decisions.finish_due()


@app.task(base=Job, ends_times=True)
def finish_lone_requests() -> None:
    """Carries out requests of people who hold their duty alone and have waited a day."""
    approvals.finish_due()


@app.task(base=Job, ends_times=True)
def sweep_deadlines() -> None:
    """Moves every order whose time has run out."""
    deadlines.sweep()


@app.task(base=Job, ends_times=True)
def sweep_rights() -> None:
    """Carries out people's requests about their own data."""
    rights.sweep()


@app.task(base=Job)
def build_export(export_id: str) -> None:
    """Builds the requested copy of somebody's data."""
    exports.run(export_id)


@app.task(base=Job)
def check_footers() -> None:
    """Reads home pages whose owners asked for it."""
    footers.check_asked()


@app.task(base=Job, goes_on=True)
def store_bodies() -> None:
    """Moves finished files of the ministry out of the database."""
    bodies.store()


@app.task(base=Job)
def run_import(import_id: str) -> None:
    """Imports the chosen records of one old account."""
    runner.run(import_id)


@app.task(base=Job)
def sweep_imports() -> None:
    """Continues imports whose worker was killed."""
    runner.sweep()


@app.task(base=Job, goes_on=True)
def reconcile() -> None:
    """Looks for stuck rows and for files without rows."""
    reconciliation.reconcile()


@app.task(base=Job, goes_on=True)
def keep_audit() -> None:
    """Links remaining audit entries, and signs the end of their chain once a day."""
    checkpoints.keep()


@app.task(base=Job, ends_times=True)
def retain() -> None:
    """Deletes personal data past its retention."""
    retention.retain()


@app.task(base=Job, goes_on=True)
def count_durations() -> None:
    """Counts how long recently approved orders have taken."""
    counting.count_days()


@app.task(base=Job, goes_on=True)
def count_desk() -> None:
    """Counts what the review desk did recently."""
    desk.count_days()


@app.task(base=Job, goes_on=True)
def fill_natures() -> None:
    """Writes the nature of orders from before an upgrade, a portion at a time."""
    backfill.fill_natures()


@app.task(base=Job, ends_times=True)
def tidy() -> None:
    """Deletes what is no longer needed."""
    cleanup.cleanup()


@app.task(base=Job, goes_on=True)
def watch() -> None:
    """Alarms operations when something is wrong, and pings the dead-man's switch."""
    watching.watch()


@app.task(base=Job, goes_on=True)
def heartbeat() -> None:
    """Shows that a worker works, and records whether outside systems and our own parts do."""
    parts.examine()
