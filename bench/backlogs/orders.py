"""Orders a month overdue: drafts, returned ones, and ones waiting for a photo; moved by the sweep, and by plain SQL.

Importing it sets the portal up: DATABASE_URL names an empty database made for this.
"""

from collections.abc import Callable
from datetime import timedelta

from bench import world  # noqa: F401 -- first: it sets the portal up

# isort: split
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from bench.backlogs.done import Run, time_run
from icpportal.accounts.models import User
from icpportal.outbox.models import Message
from tests.transfers import states
from tests.transfers.archive import fill
from tests.transfers.builders import make_user
from transfers.deadlines.sweep import sweep
from transfers.models import Order, OrderEvent
from transfers.notifications.notices import CHANNEL

OWNERS = 50
STATES = (states.DRAFT, states.RETURNED, states.PHOTO_DUE)
# the rows that a sweep writes, without any rule
CHANGES = """
WITH moved AS (
    UPDATE transfers_order SET state = 'expired', version = version + 1, due_at = NULL, entered_at = due_at,
        password_digest = '', password_kept = false, came_back = ''
    WHERE due_at <= now() RETURNING id, reference, entered_at
), told AS (
    INSERT INTO transfers_orderevent (order_id, move, from_state, to_state, by, note, words, at)
    SELECT id, 'expire_draft', 'draft', 'expired', 'clock', '', '', entered_at FROM moved RETURNING id, order_id
)
INSERT INTO outbox_message (id, key, channel, template, event, reference, payload, is_secret, state, attempts, unknown,
    next_at, receipt, last_error, created_at)
SELECT gen_random_uuid(), 'draft_expired:' || told.id || ':notice', 'notice', 'draft_expired',
    'draft_expired:' || told.id, moved.reference, repeat('x', 700), false, 'waiting', 0, 0, now(), '', '', now()
FROM moved JOIN told ON told.order_id = moved.id
"""


class Backlog:
    """A number of due orders, new ones for each round."""

    def __init__(self, number: int, used: Callable[[], float]) -> None:
        self.number, self.used, self.begin = number, used, 0
        call_command("migrate", verbosity=0)
        self.owners: list[User] = [
            make_user(f"bench{place}@example.com", mobile=f"137{place:08d}") for place in range(OWNERS)
        ]
        sweep()  # imports what a worker imports at its start

    def by_sql(self) -> Run:
        return self._turn(_by_sql)

    def by_sweep(self) -> Run:
        return self._turn(lambda: sweep())

    def _turn(self, act: Callable[[], object]) -> Run:
        self._fill()
        done = time_run(self.number, act, self.used)
        self._check()
        return done

    def _fill(self) -> None:
        filled = fill(self.number, self.owners, begin=self.begin)
        self.begin += self.number
        over = timezone.now() - timedelta(days=30)
        for place, order in enumerate(filled):
            order.state, order.due_at, order.report = STATES[place % len(STATES)], over + timedelta(seconds=place), 0
        Order.objects.bulk_update(filled, ["state", "due_at", "report"], batch_size=500)
        OrderEvent.objects.all().delete()
        Message.objects.all().delete()
        with connection.cursor() as cursor:
            for table in ("transfers_order", "transfers_orderevent", "outbox_message"):
                cursor.execute(f"VACUUM ANALYZE {table}")
            cursor.execute("CHECKPOINT")

    def _check(self) -> None:
        """Each order has moved once, with one event and one notice."""
        found = (OrderEvent.objects.count(), Message.objects.filter(channel=CHANNEL).count())
        if found != (self.number, self.number) or Order.objects.filter(due_at__lte=timezone.now()).exists():
            raise AssertionError(f"{self.number} orders were due: {found[0]} events, {found[1]} notices")


def _by_sql() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
