"""The drill: the database is copied, reports continue, the copy is restored; in the end the ministry has each once."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from icpportal.gateways.miit.line.lease import LeaseLost
from icpportal.gateways.miit.line.sender_calls import Caller
from icpportal.gateways.miit.models import MinistryLine, Report
from icpportal.gateways.miit.outgoing import report_queue, sender
from icpportal.outbox.actions import queue as owe_message
from tests.transfers import states
from tests.transfers.wired import put_on_record, wired_order
from transfers.authority import results as authority
from transfers.authority.reports import report_of
from transfers.models import Order

pytestmark = pytest.mark.django_db(transaction=True)


class Backup:
    """A copy of every table, beside the tables."""

    def __init__(self):
        self.tables = connection.introspection.django_table_names(only_existing=True)
        self._each("CREATE TABLE backup_of_{0} AS SELECT * FROM {0}")

    def restore(self):
        """Discards what was written since."""
        with transaction.atomic():  # foreign keys are checked when it ends
            self._each("DELETE FROM {0}")
            self._each("INSERT INTO {0} SELECT * FROM backup_of_{0}")

    def drop(self):
        self._each("DROP TABLE IF EXISTS backup_of_{0}")

    def _each(self, sentence):
        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(sentence.format(table))


@pytest.fixture
def backup():
    made = []

    def make():
        made.append(Backup())
        return made[0]

    yield make
    for each in made:
        each.drop()


@pytest.fixture
def ministry(on_the_wire):
    """The simulator, with a filing for each order."""
    return on_the_wire


def orders(ministry, *names):
    made = {name: wired_order(state=states.HANDING_OVER) for name in names}
    put_on_record(ministry, made.values(), phones=())
    return made


def queue(order):
    return report_queue.queue(report_of(order, 1))


def owe(order):
    """Accepted by a reviewer, and still in the outbox."""
    owe_message(channel="authority", key=f"{order.reference}.1", payload={"order": str(order.pk), "report": 1})


def number(monkeypatch, order):
    """The report has its number, and the process ends before sending it."""
    queue(order)

    def killed(*_given):
        raise LeaseLost

    with monkeypatch.context() as short:
        short.setattr(Caller, "upload", killed)
        sender.send_due()


def there(ministry):
    """Domain → the number of its reports at the ministry."""
    return Counter(report["domain"] for report in ministry.reports(limit=100))


def state_of(order):
    row = Report.objects.filter(reference=order.reference).first()
    return row.state if row else None


def resync(capsys, *arguments):
    capsys.readouterr()
    call_command("miit", "resync", *arguments)
    return capsys.readouterr().out.splitlines()


def later(monkeypatch):
    """The restored backup is older than our last contact with the ministry."""
    MinistryLine.objects.update(number_heard_at=timezone.now() - sender.HEARD)


def test_after_a_restore_nothing_is_sent_twice_and_everything_ends_once(ministry, backup, monkeypatch, capsys):
    made = orders(ministry, "accepted", "numbered", "owed", "queued", "last", "new")
    queue(made["accepted"])
    assert sender.send_due().accepted == 1
    authority.pull()
    number(monkeypatch, made["numbered"])
    queue(made["queued"])
    queue(made["last"])
    owe(made["owed"])
    copy = backup()

    assert sender.send_due().accepted == 3
    # the one in the outbox was sent between the others
    call_command("deliver_outbox")
    assert sender.send_due().accepted == 1
    before = there(ministry)
    assert len(before) == 5

    copy.restore()
    later(monkeypatch)
    queue(made["new"])
    stopped = sender.send_due()

    assert stopped.reason.startswith("14: the ministry has accepted files that are not known here")
    assert there(ministry) == before
    ministry.decide(ministry.reports(domain=made["queued"].domain)[0]["key"], "grant")
    authority.pull()  # fetching continues
    assert Order.objects.get(pk=made["queued"].pk).state == states.APPROVED

    output = resync(capsys)
    assert output[0] == "last accepted number: 1 here, 5 at the ministry"
    assert "not known here: 2 to 5; if a backup was restored, say --after-restore" in output
    assert there(ministry) == before

    output = resync(capsys, "--yes", "--after-restore")
    assert {name: state_of(order) for name, order in made.items()} == {
        "accepted": "accepted",
        "numbered": "accepted",  # it had its number: it was sent next
        "queued": "answered",  # by the ministry's answer in the meantime
        "last": "parked",
        "owed": "accepted",  # by its hash: it was the last
        "new": "parked",
    }
    assert output[-1] == "done"
    assert sender.send_due().accepted == 0

    for name in ("accepted", "numbered", "last", "owed"):
        ministry.decide(ministry.reports(domain=made[name].domain)[0]["key"], "grant")
    authority.pull()
    assert state_of(made["last"]) == "answered"  # its answer has settled it
    call_command("miit", "unpark", f"{made['new'].reference}.1")
    assert sender.send_due().accepted == 1
    ministry.decide(ministry.reports(domain=made["new"].domain)[0]["key"], "grant")
    authority.pull()

    assert there(ministry) == dict.fromkeys((order.domain for order in made.values()), 1)
    assert {order.state for order in Order.objects.all()} == {states.APPROVED}
    assert MinistryLine.objects.get().last_sequence == 6
